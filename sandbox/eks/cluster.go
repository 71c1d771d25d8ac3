package eks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Versions of the provider SDKs that @pulumi/eks 2.8.1 resolves to and sends
// with its children (facts/eks-component.json, 2026-11-21).
const (
	awsVersion        = "6.83.4"
	kubernetesVersion = "4.34.2"
)

// Construct answers the engine's Construct call for eks:index:Cluster.
func Construct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	if req.GetType() != "eks:index:Cluster" {
		return nil, fmt.Errorf("sandbox: eks: component %q is not simulated; only eks:index:Cluster is", req.GetType())
	}
	m, closeConn, err := dial(req)
	if err != nil {
		return nil, err
	}
	resp, err := construct(ctx, m)
	return resp, errors.Join(err, closeConn())
}

// component is one Cluster under construction.
type component struct {
	*monitor
	name string
	self *node
	args map[string]value
}

func construct(ctx context.Context, m *monitor) (*pulumirpc.ConstructResponse, error) {
	c := &component{monitor: m, name: m.req.GetName()}
	if err := c.decode(); err != nil {
		return nil, err
	}
	if err := c.supported(); err != nil {
		return nil, err
	}
	self, err := m.registerComponent(ctx, c.args)
	if err != nil {
		return nil, err
	}
	c.self = self
	outs, err := c.build(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.outputs(ctx, c.self.urn, outs); err != nil {
		return nil, err
	}
	return c.response(outs)
}

// decode reads the arguments.
func (c *component) decode() error {
	props, err := plugin.UnmarshalProperties(c.req.GetInputs(), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true,
	})
	if err != nil {
		return fmt.Errorf("sandbox: eks: decode the arguments: %w", err)
	}
	c.args = map[string]value{}
	for k, v := range props {
		deps := map[string]bool{}
		x := value{v: flatten(v, deps), deps: deps}
		for _, u := range c.req.GetInputDependencies()[string(k)].GetUrns() {
			deps[u] = true
		}
		if !x.isNull() {
			c.args[string(k)] = x
		}
	}
	return nil
}

func (c *component) arg(name string) value {
	if v, ok := c.args[name]; ok {
		return v
	}
	return value{v: resource.NewNullProperty()}
}

func (c *component) response(outs map[string]value) (*pulumirpc.ConstructResponse, error) {
	state, err := plugin.MarshalProperties(object(outs).v.ObjectValue(), plugin.MarshalOptions{
		KeepUnknowns: c.req.GetDryRun(), KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return nil, fmt.Errorf("sandbox: eks: marshal the result: %w", err)
	}
	deps := map[string]*pulumirpc.ConstructResponse_PropertyDependencies{}
	for k, v := range outs {
		deps[k] = &pulumirpc.ConstructResponse_PropertyDependencies{Urns: v.urns()}
	}
	return &pulumirpc.ConstructResponse{Urn: c.self.urn, State: state, StateDependencies: deps}, nil
}

// known are the arguments that decide nothing or that are modelled; what they may be is checked in supported.
var known = []string{
	"accessEntries", "authenticationMode", "clusterSecurityGroup", "clusterSecurityGroupTags", "clusterTags",
	"createOidcProvider", "defaultAddonsToRemove", "enableConfigMapMutable", "enabledClusterLogTypes",
	"encryptionConfigKeyArn", "endpointPrivateAccess", "endpointPublicAccess", "instanceRole", "instanceRoles", "ipFamily",
	"kubernetesServiceIpAddressRange", "name", "nodeSecurityGroupTags", "privateSubnetIds", "providerCredentialOpts",
	"publicAccessCidrs", "publicSubnetIds", "serviceRole", "skipDefaultNodeGroup", "subnetIds", "tags",
	"useDefaultVpcCni", "version", "vpcId",
}

// supported refuses what this package does not model, and what the component itself refuses in its own words.
func (c *component) supported() error {
	for _, k := range slices.Sorted(maps.Keys(c.args)) {
		if !slices.Contains(known, k) {
			return fmt.Errorf("sandbox: eks: argument %q of eks.Cluster %q is not simulated; set the property on the child with a transform, or leave it out", k, c.name)
		}
	}
	subnets, public, private := c.arg("subnetIds"), c.arg("publicSubnetIds"), c.arg("privateSubnetIds")
	if !subnets.isNull() && (!public.isNull() || !private.isNull()) {
		return errors.New("subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. Choose a single approach.") //nolint:staticcheck // the component's own words
	}
	if c.arg("instanceRole").truthy() && c.arg("instanceRoles").truthy() {
		return errors.New("instanceRole and instanceRoles are mutually exclusive, and cannot both be set.") //nolint:staticcheck // the component's own words
	}
	mode := plain(c.arg("authenticationMode").v)
	if !mode.IsString() || mode.StringValue() != "API" {
		return fmt.Errorf("sandbox: eks: authenticationMode of eks.Cluster %q must be \"API\": aws-auth ConfigMaps are not simulated", c.name)
	}
	if roles := plain(c.arg("instanceRoles").v); roles.IsArray() && len(roles.ArrayValue()) > 0 {
		return errors.New("The 'instanceRoles' property does not support non-empty values when 'authenticationMode' is set to 'API'.") //nolint:staticcheck // the component's own words
	}
	for name, want := range map[string]bool{"skipDefaultNodeGroup": true, "useDefaultVpcCni": true, "createOidcProvider": false} {
		if c.arg(name).truthy() != want {
			return fmt.Errorf("sandbox: eks: %s of eks.Cluster %q must be %t: anything else is not simulated", name, c.name, want)
		}
	}
	if c.arg("vpcId").isNull() {
		return fmt.Errorf("sandbox: eks: vpcId of eks.Cluster %q is needed: the default VPC is not simulated", c.name)
	}
	return nil
}
