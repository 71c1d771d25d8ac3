package eks

import (
	"context"
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"
)

// monitor talks to the engine's resource monitor on behalf of one Construct call.
type monitor struct {
	client pulumirpc.ResourceMonitorClient
	req    *pulumirpc.ConstructRequest
}

func dial(req *pulumirpc.ConstructRequest) (*monitor, func() error, error) {
	conn, err := grpc.NewClient(req.GetMonitorEndpoint(),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return nil, nil, fmt.Errorf("dial the resource monitor: %w", err)
	}
	return &monitor{client: pulumirpc.NewResourceMonitorClient(conn), req: req}, conn.Close, nil
}

// child is a resource that the component registers.
type child struct {
	typ, name, parent string
	component         bool
	inputs            map[string]value
	dependsOn         []value
	ignoreChanges     []string
	version           string
}

// node is a registered resource.
type node struct {
	urn, id string
	outs    resource.PropertyMap
	deps    map[string]bool
	dryRun  bool
}

type propertyDependencies = map[string]*pulumirpc.RegisterResourceRequest_PropertyDependencies

// marshalInputs gives inputs in the form of a request, with what each and all of them depend on.
func marshalInputs(name string, inputs map[string]value) (*structpb.Struct, propertyDependencies, map[string]bool, error) {
	object, byProperty, all := resource.PropertyMap{}, propertyDependencies{}, map[string]bool{}
	for k, v := range inputs {
		if v.isNull() {
			continue
		}
		object[resource.PropertyKey(k)] = v.v
		byProperty[k] = &pulumirpc.RegisterResourceRequest_PropertyDependencies{Urns: v.urns()}
		maps.Copy(all, v.deps)
	}
	rpc, err := plugin.MarshalProperties(object, plugin.MarshalOptions{
		Label: name, KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("marshal the inputs of %s: %w", name, err)
	}
	return rpc, byProperty, all, nil
}

func (m *monitor) register(ctx context.Context, c child) (*node, error) {
	object, propertyDeps, all, err := marshalInputs(c.name, c.inputs)
	if err != nil {
		return nil, err
	}
	for _, d := range c.dependsOn {
		maps.Copy(all, d.deps)
	}
	req := &pulumirpc.RegisterResourceRequest{
		Type: c.typ, Name: c.name, Parent: c.parent, Custom: !c.component, Object: object,
		Protect:      m.req.Protect, // retainOnDelete is handed down by the engine
		Dependencies: value{deps: all}.urns(), PropertyDependencies: propertyDeps,
		IgnoreChanges: c.ignoreChanges, Version: c.version,
		AcceptSecrets: true, AcceptResources: true, SupportsPartialValues: true, AliasSpecs: true,
	}
	m.inheritProvider(req)
	return m.send(ctx, req)
}

// inheritProvider gives a child its package's provider. Components and provider resources have none.
func (m *monitor) inheritProvider(req *pulumirpc.RegisterResourceRequest) {
	typ := tokens.Type(req.Type)
	if !req.Custom || typ.Package() == "pulumi" {
		return
	}
	req.Provider = m.req.GetProviders()[typ.Package().String()]
}

// registerComponent registers the component itself with every option that the program gave it.
func (m *monitor) registerComponent(ctx context.Context, args map[string]value) (*node, error) {
	r := m.req
	object, propertyDeps, all, err := marshalInputs(r.GetName(), args)
	if err != nil {
		return nil, err
	}
	for _, d := range r.GetDependencies() {
		all[d] = true
	}
	req := &pulumirpc.RegisterResourceRequest{
		Type: r.GetType(), Name: r.GetName(), Parent: r.GetParent(), Object: object, PropertyDependencies: propertyDeps,
		Protect: r.Protect, RetainOnDelete: r.RetainOnDelete, DeletedWith: r.GetDeletedWith(),
		Dependencies: value{deps: all}.urns(), Aliases: r.GetAliases(), AliasSpecs: true,
		Providers: r.GetProviders(), AdditionalSecretOutputs: r.GetAdditionalSecretOutputs(),
		IgnoreChanges: r.GetIgnoreChanges(), ReplaceOnChanges: r.GetReplaceOnChanges(), ReplaceWith: r.GetReplaceWith(),
		ReplacementTrigger: r.GetReplacementTrigger(),
		AcceptSecrets:      true, AcceptResources: true, SupportsPartialValues: true,
	}
	if r.DeleteBeforeReplace != nil {
		req.DeleteBeforeReplace, req.DeleteBeforeReplaceDefined = r.GetDeleteBeforeReplace(), true
	}
	if t := r.GetCustomTimeouts(); t != nil {
		req.CustomTimeouts = &pulumirpc.RegisterResourceRequest_CustomTimeouts{
			Create: t.GetCreate(), Update: t.GetUpdate(), Delete: t.GetDelete(), Read: t.GetRead(),
		}
	}
	return m.send(ctx, req)
}

func (m *monitor) send(ctx context.Context, req *pulumirpc.RegisterResourceRequest) (*node, error) {
	resp, err := m.client.RegisterResource(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("register %s %q: %w", req.Type, req.Name, err)
	}
	outs, err := m.unmarshal(resp.GetObject(), req.Name)
	if err != nil {
		return nil, err
	}
	n := &node{urn: resp.GetUrn(), id: resp.GetId(), outs: outs, dryRun: m.req.GetDryRun()}
	n.deps = map[string]bool{n.urn: true}
	return n, nil
}

func (m *monitor) unmarshal(props *structpb.Struct, label string) (resource.PropertyMap, error) {
	out, err := plugin.UnmarshalProperties(props, plugin.MarshalOptions{
		Label: label, KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return nil, fmt.Errorf("decode the answer for %s: %w", label, err)
	}
	return out, nil
}

// rehydrate turns a resource reference into a node with the resource's state, as SDKs do with pulumi:pulumi:getResource.
func (m *monitor) rehydrate(ctx context.Context, ref value) (*node, error) {
	v := plain(ref.v)
	if !v.IsResourceReference() {
		return nil, fmt.Errorf("expected a resource reference, got %s", v.TypeString())
	}
	r := v.ResourceReferenceValue()
	args, err := plugin.MarshalProperties(resource.PropertyMap{"urn": resource.NewProperty(string(r.URN))}, plugin.MarshalOptions{})
	if err != nil {
		return nil, err
	}
	resp, err := m.client.Invoke(ctx, &pulumirpc.ResourceInvokeRequest{
		Tok: "pulumi:pulumi:getResource", Args: args, AcceptResources: true,
	})
	if err != nil {
		return nil, fmt.Errorf("read the state of %s: %w", r.URN, err)
	}
	ret, err := m.unmarshal(resp.GetReturn(), string(r.URN))
	if err != nil {
		return nil, err
	}
	n := &node{urn: string(r.URN), dryRun: m.req.GetDryRun(), outs: resource.PropertyMap{}}
	n.deps = maps.Clone(ref.deps)
	if n.deps == nil {
		n.deps = map[string]bool{}
	}
	n.deps[n.urn] = true
	if id := ret["id"]; id.IsString() {
		n.id = id.StringValue()
	}
	if state := ret["state"]; state.IsObject() {
		n.outs = state.ObjectValue()
	}
	return n, nil
}

// invoke calls a function of the component's own provider.
func (m *monitor) invoke(ctx context.Context, tok string) (value, error) {
	resp, err := m.client.Invoke(ctx, &pulumirpc.ResourceInvokeRequest{
		Tok: tok, Provider: m.req.GetProviders()["aws"], Version: awsVersion, AcceptResources: true,
	})
	if err != nil {
		return value{}, fmt.Errorf("invoke %s: %w", tok, err)
	}
	for _, f := range resp.GetFailures() {
		return value{}, fmt.Errorf("invoke %s: %s %s", tok, f.GetProperty(), f.GetReason())
	}
	ret, err := m.unmarshal(resp.GetReturn(), tok)
	if err != nil {
		return value{}, err
	}
	if len(ret) == 0 { // the provider's own configuration is unknown
		return value{v: resource.MakeComputed(resource.NewProperty(""))}, nil
	}
	return value{v: resource.NewProperty(ret)}, nil
}

func (m *monitor) outputs(ctx context.Context, urn string, outs map[string]value) error {
	rpc, err := plugin.MarshalProperties(object(outs).v.ObjectValue(), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return fmt.Errorf("marshal the outputs: %w", err)
	}
	_, err = m.client.RegisterResourceOutputs(ctx, &pulumirpc.RegisterResourceOutputsRequest{Urn: urn, Outputs: rpc})
	return err
}

// out is an output property of a registered resource; in a preview what is not known yet is unknown.
func (n *node) out(name string) value {
	v, ok := n.outs[resource.PropertyKey(name)]
	switch {
	case ok:
	case n.dryRun:
		v = resource.MakeComputed(resource.NewProperty(""))
	default:
		v = resource.NewNullProperty()
	}
	return value{v: v, deps: n.deps}
}

// identity is the resource's ID as an output.
func (n *node) identity() value {
	if n.id == "" {
		return value{v: resource.MakeComputed(resource.NewProperty("")), deps: n.deps}
	}
	return value{v: resource.NewProperty(n.id), deps: n.deps}
}

// ref is the resource as a reference, for outputs and for inputs that take a resource.
func (n *node) ref() value {
	id := n.identity().v
	return value{v: resource.NewProperty(resource.ResourceReference{URN: resource.URN(n.urn), ID: id}), deps: n.deps}
}
