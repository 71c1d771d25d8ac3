package permissions

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	pulumiaws "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/sandbox/aws"
)

const (
	arns   = "arn:aws:elasticloadbalancing:ap-northeast-2:111111111111:"
	own    = "own"    // a target group of this cluster's bindings
	others = "others" // a target group of somebody else
	every  = "*"      // the action knows no resources
	zone   = "arn:aws:route53:::hostedzone/edge-zone.zoneId"
	work   = "arn:aws:route53:::hostedzone/edge-workload-zone.zoneId"
)

// call is one that a controller makes.
type call struct {
	action, resource string
	context          map[string][]string
}

// feature is something that a controller does, with the calls behind it.
type feature struct {
	does  string
	needs bool // enabled here
	calls []call
}

func on(resource string, actions ...string) []call {
	var out []call
	for _, a := range actions {
		out = append(out, call{action: a, resource: resource})
	}
	return out
}

func elb(resource string, actions ...string) []call {
	out := on(resource, actions...)
	for i := range out {
		out[i].action = "elasticloadbalancing:" + out[i].action
	}
	return out
}

// loadBalancerController: kubernetes-sigs/aws-load-balancer-controller v3.5,
// pkg/targetgroupbinding, pkg/networking, pkg/deploy, pkg/backend, pkg/shield,
// pkg/wafv2, and docs/install/iam_policy.json, read 2026-11.
var loadBalancerController = []feature{
	{"look a binding's target group up", true, elb(every, "DescribeTargetGroups")},
	{"compare targets with pods", true, elb(every, "DescribeTargetHealth")},
	{"register the pods of a binding", true, elb(own, "RegisterTargets", "DeregisterTargets")},
	{"tell addresses of the VPC from others", true, on(every, "ec2:DescribeVpcs")},
	{"look for rules that an earlier binding left", true, on(every, "ec2:DescribeSecurityGroups")},

	{"register pods elsewhere", false, elb(others, "RegisterTargets", "DeregisterTargets")},
	{"make load balancers for Ingress, Service and Gateway", false, elb(every, "CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule",
		"AddTags", "SetSecurityGroups", "SetSubnets", "ModifyLoadBalancerAttributes", "AddListenerCertificates")},
	{"change or delete what Pulumi made", false, elb(own, "ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup", "AddTags", "RemoveTags")},
	{"delete load balancers", false, elb(every, "DeleteLoadBalancer", "DeleteListener", "DeleteRule", "DeleteTargetGroup")},
	{"manage security groups and their rules", false, on(every, "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:CreateTags")},
	{"make a role for itself", false, on(every, "iam:CreateServiceLinkedRole", "iam:PassRole")},
	{"find certificates", false, on(every, "acm:ListCertificates", "acm:DescribeCertificate", "iam:ListServerCertificates")},
	{"put web ACLs and Shield before load balancers", false, on(every, "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "waf-regional:AssociateWebACL", "shield:CreateProtection", "shield:DeleteProtection")},
	{"log users in", false, on(every, "cognito-idp:DescribeUserPoolClient")},
}

func change(zone, name, kind, action string) call {
	return call{"route53:ChangeResourceRecordSets", zone, map[string][]string{
		"route53:ChangeResourceRecordSetsNormalizedRecordNames": {name}, "route53:ChangeResourceRecordSetsRecordTypes": {kind}, "route53:ChangeResourceRecordSetsActions": {action}}}
}

// externalDNS: kubernetes-sigs/external-dns v0.23, provider/aws/aws.go, read 2026-11.
var externalDNS = []feature{
	{"find its zone", true, on(every, "route53:ListHostedZones")},
	{"compare records with objects", true, on(work, "route53:ListResourceRecordSets")},
	{"write records of its zone", true, []call{change(work, "shop.apps.dev.example.com", "A", "UPSERT"), change(work, "shop.apps.dev.example.com", "TXT", "CREATE")}},

	{"write into the stack's own zone", false, []call{change(zone, "shop.dev.example.com", "A", "UPSERT")}},
	{"make or delete zones", false, on(work, "route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:AssociateVPCWithHostedZone")},
}

// certManager: cert-manager v1.21, pkg/issuer/acme/dns/route53, read 2026-11.
var certManager = []feature{
	{"prove a name", true, []call{change(zone, "_acme-challenge.shop.dev.example.com", "TXT", "UPSERT"), change(zone, "_acme-challenge.shop.dev.example.com", "TXT", "DELETE")}},
	{"wait until the proof is everywhere", true, on("arn:aws:route53:::change/C0123456789", "route53:GetChange")},

	{"lead a name elsewhere", false, []call{change(zone, "shop.dev.example.com", "A", "UPSERT"), change(zone, "shop.dev.example.com", "CNAME", "UPSERT")}},
	{"write any TXT record", false, []call{change(zone, "shop.dev.example.com", "TXT", "UPSERT")}},
	{"delegate a part of the zone", false, []call{change(zone, "_acme-challenge.shop.dev.example.com", "NS", "UPSERT")}},
	{"prove names of another zone", false, []call{change(work, "_acme-challenge.x.apps.dev.example.com", "TXT", "UPSERT")}},
}

func TestControllersMayDoWhatTheirFeaturesNeedAndNoMore(t *testing.T) {
	made := build(t)
	for account, features := range map[string][]feature{"controller": loadBalancerController, "external-dns": externalDNS, "cert-manager": certManager} {
		document := made.policy(t, account)
		for _, f := range features {
			t.Run(account+"/"+f.does, func(t *testing.T) {
				for _, c := range f.calls {
					for _, resource := range made.resources(t, c.resource) {
						if got := aws.Allowed([]string{document}, aws.Ask{Action: c.action, Resource: resource, Context: c.context}); got != f.needs {
							t.Errorf("%s on %s %v: allowed %v, want %v\n%s", c.action, resource, c.context, got, f.needs, document)
						}
					}
				}
			})
		}
	}
}

// made are the resources that matter here, by what was registered.
type made struct {
	lock     sync.Mutex
	policies map[string]string // inline policies by logical name
	groups   []string          // ARNs of target groups
}

func (m *made) policy(t *testing.T, suffix string) string {
	t.Helper()
	for name, text := range m.policies {
		if strings.HasSuffix(name, "main-"+suffix) {
			return text
		}
	}
	t.Fatalf("no policy of %s among %v", suffix, m.policies)
	return ""
}

func (m *made) resources(t *testing.T, which string) []string {
	t.Helper()
	switch which {
	case own:
		if len(m.groups) == 0 {
			t.Fatal("no target group was registered")
		}
		return m.groups
	case others:
		return []string{arns + "targetgroup/somebody/0123456789abcdef"}
	}
	return []string{which}
}

func (m *made) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	out := args.Inputs.Copy()
	for _, key := range []resource.PropertyKey{"arn", "zoneId", "dnsName", "arnSuffix", "bucket", "fqdn", "name"} {
		if _, given := out[key]; !given {
			out[key] = resource.NewProperty(args.Name + "." + string(key))
		}
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	switch args.TypeToken {
	case "aws:lb/targetGroup:TargetGroup":
		arn := arns + "targetgroup/" + args.Name + "/0123456789abcdef"
		out["arn"] = resource.NewProperty(arn)
		m.groups = append(m.groups, arn)
	case "aws:iam/rolePolicy:RolePolicy":
		m.policies[args.Name] = args.Inputs["policy"].StringValue()
	case "aws:route53/zone:Zone":
		out["nameServers"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty("ns-1.test")})
	case "aws:acm/certificate:Certificate":
		out["domainValidationOptions"] = proofs(args.Inputs)
	}
	return args.Name + "-id", out, nil
}

func proofs(in resource.PropertyMap) resource.PropertyValue {
	names := []string{in["domainName"].StringValue()}
	if more, ok := in["subjectAlternativeNames"]; ok {
		for _, n := range more.ArrayValue() {
			names = append(names, n.StringValue())
		}
	}
	var out []resource.PropertyValue
	for _, n := range names {
		out = append(out, resource.NewProperty(resource.PropertyMap{
			"domainName": resource.NewProperty(n), "resourceRecordName": resource.NewProperty("_p." + n),
			"resourceRecordType": resource.NewProperty("CNAME"), "resourceRecordValue": resource.NewProperty("_v." + n)}))
	}
	return resource.NewProperty(out)
}

func (m *made) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, fmt.Errorf("unexpected invoke %s", args.Token)
}

// build registers an edge with everything that has a role.
func build(t *testing.T) *made {
	t.Helper()
	m := &made{policies: map[string]string{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		account, err := pulumiaws.NewProvider(ctx, "aws", &pulumiaws.ProviderArgs{Region: pulumi.String("ap-northeast-2")})
		if err != nil {
			return err
		}
		cluster, err := kubernetes.NewProvider(ctx, "k8s", &kubernetes.ProviderArgs{})
		if err != nil {
			return err
		}
		args := arguments()
		c := args.Clusters["main"]
		c.Provider = cluster
		args.Clusters["main"] = c
		_, err = edge.New(ctx, "edge", args, pulumi.Providers(account))
		return err
	}, pulumi.WithMocks("ladder", "dev", m))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func arguments() edge.Args {
	subnets := func(kind string) map[string]pulumi.StringInput {
		return map[string]pulumi.StringInput{"apne2-az1": pulumi.String(kind + "-1"), "apne2-az2": pulumi.String(kind + "-2")}
	}
	gateway := func(key string) edge.Gateway {
		return edge.Gateway{Namespace: "istio-ingress", Service: "gateway-" + key, HTTPPort: 8080, HTTPSPort: 8443, ReadinessPort: 15021, Labels: map[string]string{"istio": "gateway-" + key}}
	}
	charts := map[string]edge.Chart{}
	for _, c := range []string{spec.ChartController, spec.ChartExternalDNS, spec.ChartCertManager} {
		charts[c] = edge.Chart{Name: c, Repository: "https://charts.test", Version: "1.0.0"}
	}
	web := []spec.Route{{Prefix: "/", Service: spec.Service{Namespace: "shop", Name: "web", Port: 80}}}
	return edge.Args{
		Stack:       "dev",
		Environment: edge.Environment{Stage: "dev", Owner: "platform", Region: "ap-northeast-2", AccountID: "111111111111"},
		Network:     edge.Network{VPCID: pulumi.String("vpc-1"), Zones: []string{"apne2-az1", "apne2-az2"}, PublicSubnets: subnets("public"), PrivateSubnets: subnets("private")},
		Clusters: map[string]edge.Cluster{"main": {Name: "dev-main", SecurityGroupID: pulumi.String("sg-main"), Charts: charts,
			Gateways: map[string]edge.Gateway{"application": gateway("application"), "management": gateway("management")}}},
		Config: spec.Config{
			Domain:      spec.Domain{Name: "dev.example.com", Zone: spec.Zone{Create: true, Delegated: true}},
			Application: spec.Application{Hosts: map[string]spec.Host{"shop.dev.example.com": {Routes: web}}},
			Management:  &spec.Management{Allow: []string{"203.0.113.0/24"}, Hosts: map[string]spec.Host{"grafana.dev.example.com": {Routes: web}}},
			ExternalDNS: &spec.ExternalDNS{Subdomain: "apps"},
			CertManager: &spec.CertManager{Email: "platform@example.com"},
		},
	}
}
