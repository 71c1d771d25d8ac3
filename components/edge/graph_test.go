package edge

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/mocks"
)

// registered is one resource that the component asked the engine for.
type registered struct {
	typ, name, parent, provider string
	dependencies                []string
	protect, retain, early      bool // early: deleted before it is replaced
	inputs                      map[string]any
}

// graph records what a component registers, by URN.
type graph struct {
	mu        sync.Mutex
	resources map[string]registered
}

const (
	testProject = "ladder"
	testStack   = "dev"
)

// NewResource answers what AWS would compute.
func (g *graph) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	rpc := args.RegisterRPC
	if rpc == nil {
		return "", nil, fmt.Errorf("%s %s is read, not registered", args.TypeToken, args.Name)
	}
	urn := mocks.URN(testProject, testStack, args)
	g.mu.Lock()
	g.resources[urn] = registered{
		typ: args.TypeToken, name: args.Name, parent: rpc.GetParent(), provider: args.Provider, dependencies: rpc.GetDependencies(),
		protect: rpc.GetProtect(), retain: rpc.GetRetainOnDelete(), early: rpc.GetDeleteBeforeReplace(), inputs: args.Inputs.Mappable(),
	}
	g.mu.Unlock()
	out := args.Inputs.Copy()
	for _, key := range []resource.PropertyKey{"arn", "zoneId", "dnsName", "arnSuffix", "bucket", "fqdn", "name"} {
		if _, given := out[key]; !given {
			out[key] = resource.NewProperty(args.Name + "." + string(key))
		}
	}
	switch args.TypeToken {
	case "aws:route53/zone:Zone":
		out["nameServers"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty("ns-1.test"), resource.NewProperty("ns-2.test")})
	case "aws:acm/certificate:Certificate":
		out["domainValidationOptions"] = proofs(args.Inputs)
	}
	return args.Name + "-id", out, nil
}

// proofs are what ACM asks for, in an order of its own.
func proofs(in resource.PropertyMap) resource.PropertyValue {
	names := []string{in["domainName"].StringValue()}
	if more, ok := in["subjectAlternativeNames"]; ok {
		for _, n := range more.ArrayValue() {
			names = append(names, n.StringValue())
		}
	}
	slices.Reverse(names)
	var out []resource.PropertyValue
	for _, n := range names {
		base := strings.TrimPrefix(n, "*.")
		out = append(out, resource.NewProperty(resource.PropertyMap{
			"domainName": resource.NewProperty(n), "resourceRecordName": resource.NewProperty("_proof." + base + "."),
			"resourceRecordType": resource.NewProperty("CNAME"), "resourceRecordValue": resource.NewProperty("_value." + base),
		}))
	}
	return resource.NewProperty(out)
}

// Call refuses every look-up: a preview needs none.
func (g *graph) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, fmt.Errorf("unexpected invoke %s", args.Token)
}

// find is the only resource of a type whose name ends so.
func (g *graph) find(t *testing.T, typ, suffix string) (string, registered) {
	t.Helper()
	var urns []string
	for urn, r := range g.resources {
		if r.typ == typ && strings.HasSuffix(r.name, suffix) {
			urns = append(urns, urn)
		}
	}
	if len(urns) != 1 {
		t.Fatalf("%d resources of type %s end in %q: %v", len(urns), typ, suffix, urns)
	}
	return urns[0], g.resources[urns[0]]
}

// names are the logical names of a type, sorted.
func (g *graph) names(typ string) []string {
	var out []string
	for _, r := range g.resources {
		if r.typ == typ {
			out = append(out, r.name)
		}
	}
	slices.Sort(out)
	return out
}

// reaches says whether from depends on to, directly, through others, through its
// parent, which the engine registers first, or through its provider.
func (g *graph) reaches(from, to string) bool {
	seen := map[string]bool{}
	var walk func(string) bool
	walk = func(urn string) bool {
		if urn == to {
			return true
		}
		if seen[urn] {
			return false
		}
		seen[urn] = true
		r := g.resources[urn]
		return slices.ContainsFunc(r.dependencies, walk) || (r.parent != "" && walk(r.parent))
	}
	return walk(from)
}

// build runs the component and returns its graph.
func build(t *testing.T, change func(*Args)) *graph {
	t.Helper()
	g, err := tryBuild(change)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func tryBuild(change func(*Args)) (*graph, error) {
	g := &graph{resources: map[string]registered{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		account, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-2")})
		if err != nil {
			return err
		}
		zone, err := aws.NewProvider(ctx, "zone", &aws.ProviderArgs{Region: pulumi.String("ap-northeast-2")})
		if err != nil {
			return err
		}
		args := testArgs()
		args.ZoneProvider = zone
		for _, key := range []string{"route", "mesh"} {
			var r pulumi.CustomResourceState
			if err := ctx.RegisterResource("test:index:Thing", key, pulumi.Map{}, &r); err != nil {
				return err
			}
			if key == "route" {
				args.Network.WayOut = []pulumi.Resource{&r}
				continue
			}
			c := args.Clusters["main"]
			c.Ready = []pulumi.Resource{&r}
			args.Clusters["main"] = c
		}
		if change != nil {
			change(&args)
		}
		for key, c := range args.Clusters {
			if c.Provider, err = kubernetes.NewProvider(ctx, "k8s-"+key, &kubernetes.ProviderArgs{}); err != nil {
				return err
			}
			args.Clusters[key] = c
		}
		_, err = New(ctx, "edge", args, pulumi.Providers(account))
		return err
	}, pulumi.WithMocks(testProject, testStack, g))
	return g, err
}

func testCluster(name string) Cluster {
	gateway := func(key string) Gateway {
		return Gateway{Namespace: "istio-ingress", Service: "gateway-" + key, HTTPPort: 8080, HTTPSPort: 8443, ReadinessPort: 15021, Labels: map[string]string{"istio": "gateway-" + key}}
	}
	charts := map[string]Chart{}
	for _, c := range []string{spec.ChartController, spec.ChartExternalDNS, spec.ChartCertManager} {
		charts[c] = Chart{Name: c, Repository: "https://charts.test", Version: "1.0.0"}
	}
	return Cluster{Name: name, SecurityGroupID: pulumi.String("sg-" + name), Charts: charts,
		Gateways: map[string]Gateway{"application": gateway("application"), "management": gateway("management")}}
}

func testArgs() Args {
	zones := []string{"apne2-az1", "apne2-az2"}
	public, private := map[string]pulumi.StringInput{}, map[string]pulumi.StringInput{}
	for _, z := range zones {
		public[z], private[z] = pulumi.String("subnet-public-"+z), pulumi.String("subnet-private-"+z)
	}
	return Args{
		Stack:       testStack,
		Environment: Environment{Stage: "dev", Owner: "platform", Region: "ap-northeast-2", AccountID: "111111111111", Protect: true},
		Network:     Network{VPCID: pulumi.String("vpc-1"), Zones: zones, PublicSubnets: public, PrivateSubnets: private},
		Clusters:    map[string]Cluster{"main": testCluster("dev-main")},
		Config: spec.Config{
			Domain: spec.Domain{Name: "dev.example.com", Zone: spec.Zone{Create: true, Parent: &spec.ParentZone{ID: "ZPARENT"}}},
			Application: spec.Application{
				Hosts: map[string]spec.Host{
					"shop.dev.example.com": {Routes: []spec.Route{
						{Prefix: "/", Service: spec.Service{Namespace: "shop", Name: "web", Port: 80}},
						{Prefix: "/cart", Rewrite: "/v2", Service: spec.Service{Namespace: "shop", Name: "cart", Port: 8080}},
					}},
				},
				Redirects: map[string]string{"www.dev.example.com": "shop.dev.example.com"},
			},
			Management: &spec.Management{Allow: []string{"203.0.113.0/24", "198.51.100.0/24"}, Hosts: map[string]spec.Host{
				"grafana.dev.example.com": {Routes: []spec.Route{{Prefix: "/", Service: spec.Service{Namespace: "monitoring", Name: "grafana", Port: 80}}}},
			}},
			WAF: &spec.WAF{RateLimit: &spec.RateLimit{Requests: 2000, Action: "block"}, Deny: []string{"192.0.2.0/24"},
				Managed: map[string]spec.ManagedGroup{"AWSManagedRulesCommonRuleSet": {Action: "block", CountRules: []string{"SizeRestrictions_BODY"}}, "AWSManagedRulesSQLiRuleSet": {}}},
		},
	}
}
