package network

import (
	"fmt"
	"sync"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/spec"
)

// registered is what the engine would be asked for.
type registered struct {
	token, name, parent, provider string
	protect                       bool
	inputs                        map[string]any
	dependsOn                     []string
}

// mocks records registrations and answers look-ups of an existing VPC.
type mocks struct {
	mu      sync.Mutex
	all     map[string]registered // by name
	invoked []string
	vpc     map[string]any
	subnets map[string]map[string]any
}

func (m *mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := registered{token: args.TypeToken, name: args.Name, provider: args.Provider, inputs: args.Inputs.Mappable()}
	if rpc := args.RegisterRPC; rpc != nil {
		r.parent, r.protect, r.dependsOn = rpc.GetParent(), rpc.GetProtect(), rpc.GetDependencies()
	}
	m.all[args.Name] = r
	out := args.Inputs.Copy()
	for _, computed := range []resource.PropertyKey{"arn", "allocationId", "publicIp", "name"} {
		if _, given := out[computed]; !given {
			out[computed] = resource.NewStringProperty(args.Name + "." + string(computed))
		}
	}
	return args.Name + "-id", out, nil
}

func (m *mocks) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.invoked = append(m.invoked, args.Token+" "+args.Provider)
	id := args.Args["id"].StringValue()
	switch args.Token {
	case "aws:ec2/getVpc:getVpc":
		return resource.NewPropertyMapFromMap(m.vpc), nil
	case "aws:ec2/getSubnet:getSubnet":
		if s, ok := m.subnets[id]; ok {
			return resource.NewPropertyMapFromMap(s), nil
		}
		return nil, fmt.Errorf("no subnet %q", id)
	}
	return nil, fmt.Errorf("call %s is not expected", args.Token)
}

func environment() Environment {
	return Environment{Stage: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Owner: "platform",
		Protect: true, Tags: map[string]string{"cost-centre": "42"}}
}

func config() spec.Config {
	return spec.Config{CIDR: "10.20.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []string{"apne2-az1", "apne2-az2"}}
}

// run makes networks under mocks, on an explicit provider.
func run(t *testing.T, m *mocks, program func(*pulumi.Context, pulumi.ResourceOption) error) error {
	t.Helper()
	m.all = map[string]registered{}
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-2")})
		if err != nil {
			return err
		}
		return program(ctx, pulumi.Provider(p))
	}, pulumi.WithMocks("ladder", "dev", m))
}

// made is the registrations of one network with this configuration.
func made(t *testing.T, c spec.Config, change ...func(*Args)) (map[string]registered, *Network) {
	t.Helper()
	m, args := &mocks{}, Args{Key: "main", Config: c, Environment: environment(), ClusterNames: []string{"dev-main"}}
	for _, f := range change {
		f(&args)
	}
	var n *Network
	err := run(t, m, func(ctx *pulumi.Context, on pulumi.ResourceOption) (err error) {
		n, err = New(ctx, "network-main", args, on)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.all, n
}
