package eks

import (
	"context"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// version is the release of pulumi-eks whose component is reproduced.
var version = semver.MustParse("2.8.1")

// Provider is the eks package: one component, no resources of its own.
type Provider struct {
	plugin.UnimplementedProvider
}

// New makes the provider. It needs nothing of the simulated cloud: the children
// that it registers are created by the aws and kubernetes providers.
func New() *Provider { return &Provider{} }

// RawConstruct is how sandbox/serve reaches Construct: plugin.Provider has no
// access to the request as the engine sent it.
func (*Provider) RawConstruct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return Construct(ctx, req)
}

func (*Provider) Pkg() tokens.Package { return "eks" }

func (*Provider) Close() error { return nil }

func (*Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true}, nil
}

func (*Provider) Attach(string) error { return nil }

func (*Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

func (*Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte(`{"name":"eks","version":"` + version.String() + `"}`)}, nil
}

func (*Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: req.News}, nil
}

func (*Provider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffResult{Changes: plugin.DiffNone}, nil
}

func (*Provider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (*Provider) SignalCancellation(context.Context) error { return nil }
