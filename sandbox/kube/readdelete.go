package kube

import (
	"context"
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Read refreshes or imports an object: A10.1, A4.4.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if string(req.Type) == tokenRelease {
		return p.readRelease(req)
	}
	inputs, _ := plainMap(req.Inputs)
	gvk, err := kindOf(string(req.Type), inputs)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ns, name := splitID(string(req.ID))
	var live *world.Object
	var problem error
	p.deps.World.View(func(tx *world.Tx) {
		a, err := p.connectReadOnly(tx, string(req.URN))
		if err != nil {
			problem = err
			return
		}
		if !a.namespaced(gvk) {
			ns = ""
		} else if ns == "" {
			ns = p.namespace()
		}
		live, _ = a.find(gvk, ns, name)
	})
	if problem != nil {
		return p.readUnreachable(req, problem)
	}
	p.deps.Report(deps.Operation{URN: string(req.URN), Verb: "read", Kind: string(req.Type), ID: string(req.ID), Service: "kubernetes", Latency: latencyRead})
	if live == nil {
		return plugin.ReadResponse{Status: resource.StatusOK}, nil
	}
	in := readInputs(live, req.Inputs)
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: resource.ID(live.ID), Inputs: in, Outputs: outputs(live, in),
	}, Status: resource.StatusOK}, nil
}

func (p *Provider) readUnreachable(req plugin.ReadRequest, problem error) (plugin.ReadResponse, error) {
	if _, ok := asUnreachable(problem); !ok {
		return plugin.ReadResponse{}, problem
	}
	switch {
	case p.settings.deleteUnreachable:
		return plugin.ReadResponse{Status: resource.StatusOK}, nil
	case p.settings.skipUnreachable:
		return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: req.Inputs, Outputs: req.State}, Status: resource.StatusOK}, nil
	}
	return plugin.ReadResponse{}, fmt.Errorf("failed to read resource state due to unreachable cluster. %s", unreachableAdvice)
}

// Delete removes an object and waits until it is gone: A10.2.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if string(req.Type) == tokenRelease {
		return p.deleteRelease(req)
	}
	inputs, _ := plainMap(req.Inputs)
	gvk, err := kindOf(string(req.Type), inputs)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	op := &operation{p: p, urn: req.URN, verb: "delete", kind: string(req.Type), id: string(req.ID), latency: latencyObject}
	defer op.done()
	var stuck []string
	err = p.deps.World.Tx(func(tx *world.Tx) error {
		a, err := p.connect(tx, string(req.URN))
		if err != nil {
			return err
		}
		ns, name := splitID(string(req.ID))
		if err := a.authorize("delete", gvk, ns); err != nil {
			return err
		}
		if o, ok := a.find(gvk, ns, name); ok {
			stuck = a.remove(o)
			a.reconcile()
		}
		return nil
	})
	if _, ok := asUnreachable(err); ok {
		if p.settings.deleteUnreachable {
			return plugin.DeleteResponse{Status: resource.StatusOK}, nil
		}
		return plugin.DeleteResponse{Status: resource.StatusOK}, fmt.Errorf("configured Kubernetes cluster is unreachable. %s", unreachableAdvice)
	}
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	skipped := nested.Text(inputs, "metadata", "annotations", skipAwait) == "true"
	if len(stuck) > 0 && !skipped {
		op.latency = timeout(gvk, inputs, req.Timeout)
		reason := ruleFinalizers.Errorf(strings.Join(stuck, "; ")).Error()
		p.log.warn(req.URN, reason)
		return plugin.DeleteResponse{}, fmt.Errorf("the Kubernetes API server reported that %q failed to fully initialize or become live: "+
			"timed out waiting for the condition: %s", req.ID, reason)
	}
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}
