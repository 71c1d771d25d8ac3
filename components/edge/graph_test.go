package edge

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/mocks"
)

const testStack = "dev"

// answer is what AWS would compute.
func answer(args pulumi.MockResourceArgs, out resource.PropertyMap) {
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

// build runs the component and returns its graph.
func build(t *testing.T, change func(*Args)) mocks.Graph {
	t.Helper()
	g, err := tryBuild(change)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func tryBuild(change func(*Args)) (mocks.Graph, error) {
	r := &mocks.Recorder{Answer: answer}
	err := r.Run(func(ctx *pulumi.Context) error {
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
	})
	return r.Graph(), err
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
