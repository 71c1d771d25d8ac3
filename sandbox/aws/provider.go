package aws

import (
	"context"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

// Version is the provider version that the sandbox stands in for.
const Version = "6.83.2"

type provider struct {
	plugin.UnimplementedProvider
	deps   deps.Deps
	schema *schema.Package
	conf   config
}

// New is one provider instance over d.World; each explicit provider of a
// program gets its own.
func New(d deps.Deps) plugin.Provider {
	return &provider{deps: d, schema: schema.AWS()}
}

func (p *provider) Close() error { return nil }

func (p *provider) SignalCancellation(context.Context) error { return nil }

func (p *provider) Pkg() tokens.Package { return "aws" }

func (p *provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

// Attach answers the engine's attach call for a provider that runs already.
func (p *provider) Attach(string) error { return nil }

func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	v := semver.MustParse(Version)
	return plugin.PluginInfo{Version: &v}, nil
}

func (p *provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte(`{"name":"aws","version":"` + Version + `"}`)}, nil
}

func (p *provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

func (p *provider) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// Diff compares inputs; what a service adds to the schema's replacement rules
// is in its kind.
func (p *provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResult, error) {
	token := string(req.URN.Type())
	res, err := p.schema.Diff(token, req.OldInputs, req.NewInputs, req.IgnoreChanges)
	if err != nil {
		return res, err
	}
	if k := kindOf(token); k.diff != nil {
		k.diff(toMap(req.OldInputs), toMap(req.NewInputs), &res)
	}
	return res, nil
}

// Read is refresh and import: the object as it is now, or nothing.
func (p *provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	token := string(req.URN.Type())
	if _, ok := p.schema.Resource(token); !ok {
		_, err := p.schema.Check(token, nil)
		return plugin.ReadResponse{}, err
	}
	c := p.call(token, req.URN, "read")
	var out plugin.ReadResponse
	c.view(func() {
		obj, ok := c.tx.Get(c.key(string(req.ID)))
		if !ok {
			return
		}
		out.ID = resource.ID(obj.ID)
		out.Outputs = p.outputs(c.res, obj)
		out.Inputs = p.inputsOf(c.res, obj, req.Inputs)
	})
	p.record(c, string(req.ID))
	return out, nil
}
