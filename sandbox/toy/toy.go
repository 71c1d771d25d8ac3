package toy

import (
	"context"
	"fmt"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Token is the one resource type.
const Token = "toy:index:Thing"

// Scope is where its objects are.
const Scope = "toy"

var version = semver.MustParse("1.0.0")

var ruleRefuse = rule.Register(rule.Rule{Name: "toy.refuse", Service: "toy",
	Source: "this package", Text: "the toy refuses %q"})

// Provider keeps things. Inputs with a meaning: "force" replaces when it
// changes (deleting first if "deleteFirst" is set), "seconds" is the latency,
// "refuse" is refused, "secret" is kept as a secret.
type Provider struct {
	plugin.UnimplementedProvider
	deps deps.Deps
	// Hook runs in the middle of every operation, before it is done; nil for none.
	Hook func(ctx context.Context, verb, name string)
}

// New makes the provider.
func New(d deps.Deps) plugin.Provider { return &Provider{deps: d} }

// Hooked makes providers whose operations call hook.
func Hooked(hook func(ctx context.Context, verb, name string)) func(deps.Deps) plugin.Provider {
	return func(d deps.Deps) plugin.Provider { return &Provider{deps: d, Hook: hook} }
}

func (p *Provider) Pkg() tokens.Package { return "toy" }

func (p *Provider) Close() error { return nil }

func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true}, nil
}

func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte(`{"name":"toy","version":"1.0.0"}`)}, nil
}

func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: req.News}, nil
}

func (p *Provider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffResult{Changes: plugin.DiffNone}, nil
}

func (p *Provider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (p *Provider) SignalCancellation(context.Context) error { return nil }

// Check accepts everything.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	return plugin.CheckResponse{Properties: req.News}, nil
}

// Diff compares the inputs key by key.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResult, error) {
	res := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	keys := map[resource.PropertyKey]bool{}
	for k := range req.OldInputs {
		keys[k] = true
	}
	for k := range req.NewInputs {
		keys[k] = true
	}
	for k := range keys {
		if req.OldInputs[k].DeepEquals(req.NewInputs[k]) {
			continue
		}
		res.Changes = plugin.DiffSome
		kind := plugin.DiffUpdate
		if k == "force" {
			kind = plugin.DiffUpdateReplace
			res.ReplaceKeys = append(res.ReplaceKeys, k)
			res.DeleteBeforeReplace = req.NewInputs["deleteFirst"].IsBool()
		}
		res.ChangedKeys = append(res.ChangedKeys, k)
		res.DetailedDiff[string(k)] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
	}
	return res, nil
}

// Create makes a thing.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.Preview {
		out := req.Properties.Copy()
		out["made"] = resource.MakeComputed(resource.NewProperty(""))
		return plugin.CreateResponse{Properties: out}, nil
	}
	p.hook(ctx, deps.Create, req.URN.Name())
	var o *world.Object
	err := p.deps.World.Tx(func(tx *world.Tx) error {
		if err := p.refused(req.Properties); err != nil {
			return err
		}
		o = &world.Object{Kind: Token, Scope: Scope, ID: tx.NewID("toy-", string(req.URN), 8), Name: req.URN.Name(),
			URN: string(req.URN), Owner: world.OwnerPulumi, Attrs: attrs(req.Properties), Secret: []string{"secret"}}
		o.Attrs["made"] = o.ID
		tx.Put(o)
		return nil
	})
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	p.report(req.URN, deps.Create, o.ID, req.Properties)
	return plugin.CreateResponse{ID: resource.ID(o.ID), Properties: outputs(o)}, nil
}

// Read says what is there.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	var o *world.Object
	p.deps.World.View(func(tx *world.Tx) {
		o, _ = tx.Get(world.Key{Kind: Token, Scope: Scope, ID: string(req.ID)})
	})
	p.report(req.URN, deps.Read, string(req.ID), nil)
	if o == nil {
		return plugin.ReadResponse{}, nil
	}
	in := outputs(o)
	delete(in, "made")
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: in, Outputs: outputs(o)}}, nil
}

// Update replaces the inputs of a thing.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if req.Preview {
		out := req.NewInputs.Copy()
		out["made"] = req.OldOutputs["made"]
		return plugin.UpdateResponse{Properties: out}, nil
	}
	p.hook(ctx, deps.Update, req.URN.Name())
	var out resource.PropertyMap
	err := p.deps.World.Tx(func(tx *world.Tx) error {
		o, ok := tx.Get(world.Key{Kind: Token, Scope: Scope, ID: string(req.ID)})
		if !ok {
			return fmt.Errorf("the toy %q does not exist", req.ID)
		}
		if err := p.refused(req.NewInputs); err != nil {
			return err
		}
		o.Attrs = attrs(req.NewInputs)
		o.Attrs["made"] = o.ID
		tx.Put(o)
		out = outputs(o)
		return nil
	})
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	p.report(req.URN, deps.Update, string(req.ID), req.NewInputs)
	return plugin.UpdateResponse{Properties: out}, nil
}

// Delete removes a thing; one that is gone stays gone.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	p.hook(ctx, deps.Delete, req.URN.Name())
	err := p.deps.World.Tx(func(tx *world.Tx) error {
		tx.Delete(world.Key{Kind: Token, Scope: Scope, ID: string(req.ID)})
		return nil
	})
	p.report(req.URN, deps.Delete, string(req.ID), req.Inputs)
	return plugin.DeleteResponse{}, err
}

func (p *Provider) refused(in resource.PropertyMap) error {
	if v := in["refuse"]; p.deps.Rules.On(ruleRefuse) && v.IsString() {
		return ruleRefuse.Errorf(v.StringValue())
	}
	return nil
}

func (p *Provider) hook(ctx context.Context, verb, name string) {
	if p.Hook != nil {
		p.Hook(ctx, verb, name)
	}
}

func (p *Provider) report(urn resource.URN, verb, id string, in resource.PropertyMap) {
	seconds := 1.0
	if v := in["seconds"]; v.IsNumber() {
		seconds = v.NumberValue()
	}
	p.deps.Report(deps.Operation{URN: string(urn), Verb: verb, Kind: Token, ID: id, Service: "toy",
		Latency: time.Duration(seconds * float64(time.Second))})
}

func attrs(in resource.PropertyMap) map[string]any {
	m := map[string]any{}
	for k, v := range in {
		for v.IsSecret() || v.IsOutput() {
			if v.IsSecret() {
				v = v.SecretValue().Element
			} else {
				v = v.OutputValue().Element
			}
		}
		m[string(k)] = v.Mappable()
	}
	return m
}

func outputs(o *world.Object) resource.PropertyMap {
	m := resource.NewPropertyMapFromMap(o.Attrs)
	if v, ok := m["secret"]; ok {
		m["secret"] = resource.MakeSecret(v)
	}
	return m
}

// Thing is the program's side of the resource.
type Thing struct {
	pulumi.CustomResourceState
	Made pulumi.StringOutput `pulumi:"made"`
}

// NewThing registers a thing.
func NewThing(ctx *pulumi.Context, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*Thing, error) {
	t := &Thing{}
	return t, ctx.RegisterResource(Token, name, inputs, t, opts...)
}
