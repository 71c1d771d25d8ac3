package kube

import (
	"context"
	"fmt"
	"time"

	"github.com/blang/semver"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// version of the pulumi-kubernetes provider whose behaviour is reproduced.
var version = semver.MustParse("4.34.2")

const tokenRelease = "kubernetes:helm.sh/v3:Release"

// Provider is one configured kubernetes provider.
type Provider struct {
	plugin.UnimplementedProvider
	deps     deps.Deps
	settings settings
	log      logger
}

// New makes a provider on the given world.
func New(d deps.Deps) plugin.Provider { return &Provider{deps: d} }

func (p *Provider) Pkg() tokens.Package { return "kubernetes" }

func (p *Provider) Close() error { return p.log.close() }

func (p *Provider) Handshake(_ context.Context, req plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	p.log.address = req.EngineAddress
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// Attach notes the engine's address, where warnings go.
func (p *Provider) Attach(address string) error {
	p.log.address = address
	return nil
}

func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte(`{"name":"kubernetes","version":"` + version.String() + `"}`)}, nil
}

func (p *Provider) SignalCancellation(context.Context) error { return nil }

// Check writes the defaults that the provider adds to an object: A5.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	if string(req.Type) == tokenRelease {
		return p.checkRelease(req)
	}
	obj, _ := plainMap(req.News)
	gvk, err := kindOf(string(req.Type), obj)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	props := req.News.Copy()
	props["apiVersion"] = resource.NewProperty(gvk.GroupVersion().String())
	props["kind"] = resource.NewProperty(gvk.Kind)
	meta := resource.PropertyMap{}
	if m := bare(props["metadata"]); m.IsObject() {
		meta = m.ObjectValue().Copy()
	} else if m.IsComputed() {
		return plugin.CheckResponse{Properties: props}, nil
	}
	if !bare(meta["generateName"]).IsNull() && p.settings.serverSideApply {
		return plugin.CheckResponse{}, fmt.Errorf("the `.metadata.generateName` field is not supported in Server-Side Apply mode")
	}
	if err := name(req, meta); err != nil {
		return plugin.CheckResponse{}, err
	}
	p.defaultNamespace(gvk, meta)
	props["metadata"] = resource.NewProperty(meta)
	if gvk.Group == "" && gvk.Kind == "Secret" {
		foldSecret(props)
	}
	return plugin.CheckResponse{Properties: props}, nil
}

// name is the auto-name: A5.1, A5.2.
func name(req plugin.CheckRequest, meta resource.PropertyMap) error {
	if !meta["name"].IsNull() || !meta["generateName"].IsNull() {
		return nil
	}
	annotations := resource.PropertyMap{}
	if a := bare(meta["annotations"]); a.IsObject() {
		annotations = a.ObjectValue().Copy()
	}
	mark := func(name string) {
		annotations[autonamed] = resource.NewProperty("true")
		meta["annotations"] = resource.NewProperty(annotations)
		meta["name"] = resource.NewProperty(name)
	}
	old, _ := plainMap(req.Olds)
	if nested.Text(old, "metadata", "annotations", autonamed) == "true" {
		mark(nested.Text(old, "metadata", "name"))
		return nil
	}
	if a := req.Autonaming; a != nil {
		switch a.Mode {
		case plugin.AutonamingModeDisabled:
			return fmt.Errorf("autonaming is disabled, resource requires the .metadata.name field to be set")
		case plugin.AutonamingModeEnforce, plugin.AutonamingModePropose:
			if a.ProposedName != "" {
				mark(a.ProposedName)
				return nil
			}
		}
	}
	n, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 8, 0, []rune("0123456789abcdef"))
	if err != nil {
		return fmt.Errorf("auto-name %s: %w", req.URN.Name(), err)
	}
	mark(n)
	return nil
}

// defaultNamespace writes the provider's namespace into namespaced kinds: A1.7, A5.5.
func (p *Provider) defaultNamespace(gvk schema.GroupVersionKind, meta resource.PropertyMap) {
	namespaced := !clusterScoped[gvk.Kind] || !scheme.Recognizes(gvk)
	if !scheme.Recognizes(gvk) {
		p.deps.World.View(func(tx *world.Tx) {
			if clusterAt(tx, p.settings.server) != nil {
				a := &api{tx: tx, rules: p.deps.Rules, scope: p.settings.server}
				namespaced = a.namespaced(gvk)
			}
		})
	}
	if !namespaced || !meta["namespace"].IsNull() {
		return
	}
	meta["namespace"] = resource.NewProperty(p.namespace())
}

func (p *Provider) namespace() string {
	if p.settings.namespace != "" {
		return p.settings.namespace
	}
	return "default"
}

// Diff compares with the live object and knows what replaces: A6.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	if string(req.Type) == tokenRelease {
		return diffRelease(req), nil
	}
	obj, _ := plainMap(req.NewInputs)
	gvk, err := kindOf(string(req.Type), obj)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	out := diffObject(gvk, req, p.settings.mutable)
	if gvk.Kind == "Job" && nested.Text(obj, "metadata", "annotations", replaceUnready) == "true" && p.unready(gvk, req) {
		out = withReplace(out, replaceUnreadyPath)
	}
	return out, nil
}

// replaceUnreadyPath is what the provider reports for a Job that is made anew: A6.11.
const replaceUnreadyPath = `metadata.annotations["pulumi.com/replaceUnready"]`

// unready tells whether a Job that exists has not completed. Errors are ignored, as the provider does.
func (p *Provider) unready(gvk schema.GroupVersionKind, req plugin.DiffRequest) (not bool) {
	p.deps.World.View(func(tx *world.Tx) {
		a, err := p.connectReadOnly(tx, string(req.URN))
		if err != nil {
			return
		}
		ns, name := splitID(string(req.ID))
		if o, there := a.find(gvk, ns, name); there {
			not = number(o.Attrs, 0, "status", "succeeded") < 1
		}
	})
	return not
}

// operation is one call under way: it collects what must be reported.
type operation struct {
	p       *Provider
	urn     resource.URN
	verb    string
	kind    string
	id      string
	latency time.Duration
}

func (op *operation) done() {
	op.p.deps.Report(deps.Operation{
		URN: string(op.urn), Verb: op.verb, Kind: op.kind, ID: op.id, Service: "kubernetes", Latency: op.latency,
	})
}

// Create makes an object: A7, A8, A9.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if string(req.Type) == tokenRelease {
		return p.createRelease(req)
	}
	obj, unknown := plainMap(req.Properties)
	gvk, err := kindOf(string(req.Type), obj)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		err := p.dryRun(req.URN, gvk, obj, unknown, "created")
		return plugin.CreateResponse{Properties: req.Properties, Status: resource.StatusOK}, err
	}
	op := &operation{p: p, urn: req.URN, verb: "create", kind: string(req.Type), latency: latencyObject}
	defer op.done()
	var out *world.Object
	var reasons []string
	var took time.Duration
	var warning string
	err = p.deps.World.Tx(func(tx *world.Tx) error {
		a, err := p.connect(tx, string(req.URN))
		if err != nil {
			return err
		}
		if err := a.authorize("create", gvk, nested.Text(obj, "metadata", "namespace")); err != nil {
			return err
		}
		out, err = a.create(gvk, obj, world.OwnerPulumi)
		if err != nil {
			return err
		}
		a.reconcile()
		out, _ = tx.Get(world.Key{Kind: out.Kind, Scope: out.Scope, ID: out.ID})
		out.Attrs[managerKey] = tx.NewID("pulumi-kubernetes-", string(req.URN)+"manager", 8)
		tx.Put(out)
		reasons = a.await(gvk, out)
		took = a.took
		a.reconcile() // a Job that has ended leaves its node
		warning = a.outside(out)
		return nil
	})
	if err != nil {
		if retried(err) {
			op.latency = latencyRetries
		}
		return plugin.CreateResponse{}, createError(req.URN, gvk, err)
	}
	if warning != "" {
		p.log.warn(req.URN, warning)
	}
	op.id = out.ID
	props := outputs(out, req.Properties)
	if len(reasons) > 0 {
		op.latency = timeout(gvk, obj, req.Timeout)
		if took > 0 {
			op.latency = took
		}
		return plugin.CreateResponse{ID: resource.ID(out.ID), Properties: props, Status: resource.StatusPartialFailure},
			initError(out.ID, props, req.Properties, fmt.Sprintf("resource %q was successfully created, but the Kubernetes API server "+
				"reported that it failed to fully initialize or become live: %s", req.URN, reasons[0]), reasons[1:])
	}
	op.latency = max(ready(gvk), took)
	return plugin.CreateResponse{ID: resource.ID(out.ID), Properties: props, Status: resource.StatusOK}, nil
}

// ready is how long a successful wait takes.
func ready(gvk schema.GroupVersionKind) time.Duration {
	switch gvk.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "Pod":
		return latencyRollout
	}
	return latencyObject
}

// dryRun is the server's answer to a preview with known inputs: A7.3.
func (p *Provider) dryRun(urn resource.URN, gvk schema.GroupVersionKind, obj map[string]any, unknown bool, verb string) error {
	if unknown {
		return nil
	}
	var err error
	p.deps.World.View(func(tx *world.Tx) {
		a, problem := p.connectReadOnly(tx, string(urn))
		if problem != nil || a.served(gvk) != nil || a.authorize("create", gvk, "") != nil {
			return // unreachable, forbidden or without its CRD: the inputs are the answer
		}
		err = a.admit(gvk, obj)
		if err == nil && verb == "updated" {
			ns := nested.Text(obj, "metadata", "namespace")
			if !a.namespaced(gvk) {
				ns = ""
			}
			if old, ok := a.find(gvk, ns, nested.Text(obj, "metadata", "name")); ok {
				err = a.immutable(gvk, old.Attrs, obj)
			}
		}
	})
	switch {
	case err == nil:
		return nil
	case verb == "updated":
		return fmt.Errorf("update of resource %q failed: %w", urn, err)
	}
	return createError(urn, gvk, err)
}

// Update applies new inputs to the live object: A7.1.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if string(req.Type) == tokenRelease {
		return p.updateRelease(req)
	}
	obj, unknown := plainMap(req.NewInputs)
	gvk, err := kindOf(string(req.Type), obj)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		err := p.dryRun(req.URN, gvk, obj, unknown, "updated")
		return plugin.UpdateResponse{Properties: req.NewInputs, Status: resource.StatusOK}, err
	}
	op := &operation{p: p, urn: req.URN, verb: "update", kind: string(req.Type), id: string(req.ID), latency: latencyObject}
	defer op.done()
	old, _ := plainMap(req.OldInputs)
	var out *world.Object
	var reasons []string
	err = p.deps.World.Tx(func(tx *world.Tx) error {
		a, err := p.connect(tx, string(req.URN))
		if err != nil {
			return err
		}
		ns, name := splitID(string(req.ID))
		if err := a.authorize("patch", gvk, ns); err != nil {
			return err
		}
		live, ok := a.find(gvk, ns, name)
		if !ok {
			return notFound(gvk, name)
		}
		out, err = a.update(gvk, live, applied(live.Attrs, old, obj))
		if err != nil {
			return err
		}
		a.reconcile()
		reasons = a.await(gvk, out)
		return nil
	})
	if err != nil {
		return plugin.UpdateResponse{}, updateError(req.URN, gvk, err)
	}
	props := outputs(out, req.NewInputs)
	if len(reasons) > 0 {
		op.latency = timeout(gvk, obj, req.Timeout)
		return plugin.UpdateResponse{Properties: props, Status: resource.StatusPartialFailure},
			initError(out.ID, props, req.NewInputs, fmt.Sprintf("the Kubernetes API server reported that %q failed to fully initialize "+
				"or become live: %s", out.ID, reasons[0]), reasons[1:])
	}
	op.latency = ready(gvk)
	return plugin.UpdateResponse{Properties: props, Status: resource.StatusOK}, nil
}
