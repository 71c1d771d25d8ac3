package kube

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var gvkSecret = schema.GroupVersionKind{Version: "v1", Kind: "Secret"}

func (p *Provider) createRelease(req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.Preview {
		return plugin.CreateResponse{Properties: previewRelease(req.Properties), Status: resource.StatusOK}, nil
	}
	in, _ := plainMap(req.Properties)
	op := p.releaseOperation(req.URN, "create", "")
	defer op.report()
	o, reasons, err := p.helm(req.URN, in, "create", func(rel *release) (*world.Object, []string, error) {
		o, reasons, err := rel.install()
		if err == nil && len(reasons) > 0 && rel.flag("atomic") {
			rel.purge(o)
		}
		return o, reasons, err
	})
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	op.id = o.ID
	props := releaseOutputs(o, req.Properties)
	if len(reasons) > 0 {
		op.latency = releaseTimeout(in, req.Timeout)
		if atomic, _ := in["atomic"].(bool); atomic {
			return plugin.CreateResponse{}, fmt.Errorf("release %s failed, and has been uninstalled due to atomic being set: %s", o.Name, reasons[0])
		}
		return plugin.CreateResponse{ID: resource.ID(o.ID), Properties: props, Status: resource.StatusPartialFailure},
			p.releaseFailed(req.URN, o, props, req.Properties, reasons)
	}
	return plugin.CreateResponse{ID: resource.ID(o.ID), Properties: props, Status: resource.StatusOK}, nil
}

func (p *Provider) updateRelease(req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if req.Preview {
		return plugin.UpdateResponse{Properties: previewRelease(req.NewInputs), Status: resource.StatusOK}, nil
	}
	in, _ := plainMap(req.NewInputs)
	op := p.releaseOperation(req.URN, "update", string(req.ID))
	defer op.report()
	o, reasons, err := p.helm(req.URN, in, "update", (*release).upgrade)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	props := releaseOutputs(o, req.NewInputs)
	if len(reasons) > 0 {
		op.latency = releaseTimeout(in, req.Timeout)
		return plugin.UpdateResponse{Properties: props, Status: resource.StatusPartialFailure},
			p.releaseFailed(req.URN, o, props, req.NewInputs, reasons)
	}
	return plugin.UpdateResponse{Properties: props, Status: resource.StatusOK}, nil
}

// helm runs one operation of a release in a transaction.
func (p *Provider) helm(urn resource.URN, in map[string]any, verb string, f func(*release) (*world.Object, []string, error)) (*world.Object, []string, error) {
	var o *world.Object
	var reasons []string
	err := p.deps.World.Tx(func(tx *world.Tx) error {
		a, err := p.connect(tx, string(urn))
		if u, ok := asUnreachable(err); ok {
			return fmt.Errorf("can't %s Helm Release with unreachable cluster: %s", verb, u.reason)
		} else if err != nil {
			return err
		}
		if err := a.authorize("list", gvkSecret, nested.Text(in, "namespace")); err != nil {
			return fmt.Errorf("query: failed to query with labels: %w", err)
		}
		rel, err := a.release(in)
		if err != nil {
			return err
		}
		o, reasons, err = f(rel)
		return err
	})
	return o, reasons, err
}

func (p *Provider) releaseFailed(urn resource.URN, o *world.Object, props, inputs resource.PropertyMap, reasons []string) error {
	p.log.warn(urn, fmt.Sprintf("Helm release %q was created but has a failed status. Use the `helm` command to investigate the error, "+
		"correct it, then retry. Reason: %s", o.Name, reasons[0]))
	return initError(o.ID, props, inputs, ruleReleaseReady.Errorf(o.ID, reasons[0]).Error(), reasons[1:])
}

// previewRelease: a preview never contacts the cluster: B.7.
func previewRelease(inputs resource.PropertyMap) resource.PropertyMap {
	out := inputs.Copy()
	for _, k := range []resource.PropertyKey{"status", "resourceNames"} {
		out[k] = resource.MakeComputed(resource.NewProperty(""))
	}
	return out
}

// releaseOutputs: B.12.
func releaseOutputs(o *world.Object, inputs resource.PropertyMap) resource.PropertyMap {
	out := inputs.Copy()
	names := map[string][]any{}
	for _, v := range nested.List(o.Attrs, "objects") {
		s, _ := v.(string)
		kind, id, _ := strings.Cut(s, " ")
		gvk := gvkOfWorld(kind)
		key := gvk.Kind
		if gvk.Group != "" {
			key += "." + gvk.Group
		}
		key += "/" + gvk.GroupVersion().String()
		names[key] = append(names[key], id)
	}
	all := map[string]any{}
	for k, v := range names {
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		all[k] = v
	}
	ns, name := splitID(o.ID)
	out["resourceNames"] = resource.NewPropertyValue(all)
	out["status"] = resource.NewPropertyValue(map[string]any{
		"appVersion": o.Attrs["appVersion"], "chart": o.Attrs["chart"], "name": name, "namespace": ns,
		"revision": o.Attrs["revision"], "status": o.State, "version": o.Attrs["version"],
	})
	return out
}

// readRelease refreshes or imports a release; one that is gone leaves the state: B.11.
func (p *Provider) readRelease(req plugin.ReadRequest) (plugin.ReadResponse, error) {
	var o *world.Object
	var problem error
	p.deps.World.View(func(tx *world.Tx) {
		a, err := p.connectReadOnly(tx, string(req.URN))
		if err != nil {
			problem = err
			return
		}
		o, _ = tx.Get(world.Key{Kind: kindRelease, Scope: a.scope, ID: string(req.ID)})
	})
	if problem != nil {
		return p.readUnreachable(req, problem)
	}
	op := p.releaseOperation(req.URN, "read", string(req.ID))
	op.latency = latencyObject
	op.report()
	if o == nil {
		return plugin.ReadResponse{Status: resource.StatusOK}, nil
	}
	live := resource.NewPropertyValue(nested.Object(o.Attrs, "inputs")).ObjectValue()
	in := live
	if len(req.Inputs) > 0 {
		in = withSecrets(resource.NewProperty(live), resource.NewProperty(req.Inputs)).ObjectValue()
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: in, Outputs: releaseOutputs(o, in)}, Status: resource.StatusOK}, nil
}

// deleteRelease uninstalls: a release that is gone is an error, unlike any other kind: B.11.
func (p *Provider) deleteRelease(req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	in, _ := plainMap(req.Inputs)
	op := p.releaseOperation(req.URN, "delete", string(req.ID))
	defer op.report()
	var left, stuck []string
	err := p.deps.World.Tx(func(tx *world.Tx) error {
		a, err := p.connect(tx, string(req.URN))
		if u, ok := asUnreachable(err); ok {
			return fmt.Errorf("can't delete Helm Release with unreachable cluster. Reason: %q", u.reason)
		} else if err != nil {
			return err
		}
		if err := a.authorize("list", gvkSecret, nested.Text(in, "namespace")); err != nil {
			return fmt.Errorf("query: failed to query with labels: %w", err)
		}
		o, ok := tx.Get(world.Key{Kind: kindRelease, Scope: a.scope, ID: string(req.ID)})
		if !ok {
			if a.rules.On(ruleReleaseGone) {
				return ruleReleaseGone.Errorf()
			}
			return nil
		}
		rel := &release{api: a, in: in, id: string(req.ID)}
		left, stuck = rel.uninstall(o)
		return nil
	})
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if len(left) > 0 {
		p.log.warn(req.URN, "Helm uninstall returned information: \"These resources were kept due to the resource policy:\\n"+strings.Join(left, "\\n")+"\"")
	}
	if len(stuck) > 0 {
		op.latency = releaseTimeout(in, req.Timeout)
		return plugin.DeleteResponse{}, errors.New("uninstall: timed out waiting for the condition: " + ruleFinalizers.Errorf(strings.Join(stuck, "; ")).Error())
	}
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// Interrupt leaves behind what a Helm operation leaves when its process is killed
// half way: a release in a pending status, with nothing recorded by the engine.
// The fault "crash-after" calls it in place of Create or Update. It says whether
// the type can be left half way at all.
func (p *Provider) Interrupt(urn resource.URN, token string, inputs resource.PropertyMap, update bool) (bool, error) {
	if token != tokenRelease {
		return false, nil
	}
	in, unknown := plainMap(inputs)
	if unknown {
		return false, nil
	}
	_, _, err := p.helm(urn, in, "create", func(rel *release) (*world.Object, []string, error) {
		f, state := rel.install, statusInstalling
		old, known := rel.stored()
		if update {
			f, state = rel.upgrade, statusUpgrading
		}
		o, reasons, err := f()
		if err != nil {
			return nil, nil, err
		}
		o.State = state
		if update && known {
			o.Attrs[attrPrevious] = old.Attrs["inputs"]
			o.Secret = append(o.Secret, attrPrevious)
		}
		rel.tx.Put(o)
		return o, reasons, nil
	})
	return true, err
}

// attrPrevious are the inputs of the revision that was deployed before an
// upgrade that is pending: what a rollback goes back to.
const attrPrevious = "previous"

// Settle brings a release that a killed process left pending back to where it
// was, and returns the command that a person would do it with: an install that
// did not end is uninstalled, an upgrade rolled back. "" is for everything else.
// Source: facts, providers B.9.
func (in *Inside) Settle(tx *world.Tx, o *world.Object) (string, error) {
	if o.Kind != kindRelease || !pending(o) {
		return "", nil
	}
	ns, name := splitID(o.ID)
	a := in.open(tx, o.Scope)
	a.urn = o.URN
	inputs := nested.Object(o.Attrs, attrPrevious)
	if inputs == nil {
		rel, err := a.release(nested.Object(o.Attrs, "inputs"))
		if err != nil {
			return "", fmt.Errorf("helm uninstall %s: %w", o.ID, err)
		}
		if _, stuck := rel.uninstall(o); len(stuck) > 0 {
			return "", fmt.Errorf("helm uninstall %s: %s", o.ID, strings.Join(stuck, "; "))
		}
		return fmt.Sprintf("helm uninstall %s -n %s", name, ns), nil
	}
	rel, err := a.release(inputs)
	if err != nil {
		return "", fmt.Errorf("helm rollback %s: %w", o.ID, err)
	}
	if _, _, err := rel.apply(number(o.Attrs, 1, "revision") + 1); err != nil {
		return "", fmt.Errorf("helm rollback %s: %w", o.ID, err)
	}
	return fmt.Sprintf("helm rollback %s -n %s", name, ns), nil
}
