package edge

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
)

const (
	typeBalancer   = "aws:lb/loadBalancer:LoadBalancer"
	typeListener   = "aws:lb/listener:Listener"
	typeGroup      = "aws:lb/targetGroup:TargetGroup"
	typeRecord     = "aws:route53/record:Record"
	typeZone       = "aws:route53/zone:Zone"
	typeIngress    = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgress     = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	typeRelease    = "kubernetes:helm.sh/v3:Release"
	typeBinding    = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	typeValidation = "aws:acm/certificateValidation:CertificateValidation"
	typeACL        = "aws:wafv2/webAcl:WebAcl"
	typeIdentity   = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
)

func TestOrderIsInTheGraph(t *testing.T) {
	g := build(t, nil)
	type end struct{ typ, suffix string }
	tests := map[string]struct{ from, to end }{
		"load balancers go before the network's way out": {end{typeBalancer, "edge-application"}, end{"test:index:Thing", "route"}},
		"a load balancer waits for its logs' policy":     {end{typeBalancer, "edge-application"}, end{"aws:s3/bucketPolicy:BucketPolicy", "policy"}},
		"HTTPS waits until the certificate is issued":    {end{typeListener, "application-https"}, end{typeValidation, "application-cert"}},
		"the certificate waits for its proof":            {end{typeValidation, "application-cert"}, end{typeRecord, "validation-shop.dev.example.com"}},
		"the certificate waits for the delegation":       {end{typeValidation, "application-cert"}, end{typeRecord, "edge-delegation"}},
		"the controller waits for its identity":          {end{typeRelease, "main-controller"}, end{typeIdentity, "main-controller"}},
		"the controller waits for its kinds":             {end{typeRelease, "main-controller"}, end{"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "targetgroupbindings"}},
		"a binding goes before the controller":           {end{typeBinding, "edge-application"}, end{typeRelease, "main-controller"}},
		"a binding waits for the mesh":                   {end{typeBinding, "edge-application"}, end{"test:index:Thing", "mesh"}},
		"a name waits for the pods behind it":            {end{typeRecord, "edge-name-shop.dev.example.com"}, end{typeBinding, "edge-application"}},
		"a name waits for the firewall":                  {end{typeRecord, "edge-name-shop.dev.example.com"}, end{"aws:wafv2/webAclAssociation:WebAclAssociation", "waf"}},
		"the WAF's log waits for the ACL":                {end{"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "waf-logs"}, end{typeACL, "waf"}},
		"routes wait for the mesh":                       {end{"kubernetes:networking.istio.io/v1:VirtualService", "host-shop-dev-example-com"}, end{"test:index:Thing", "mesh"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			from, _ := g.Find(t, tt.from.typ, tt.from.suffix)
			to, _ := g.Find(t, tt.to.typ, tt.to.suffix)
			if !g.Reaches(from, to) {
				t.Errorf("%s does not depend on %s; it depends on %v", from, to, g[from].Dependencies)
			}
		})
	}
}

func TestNoWayFromThePublicSideToManagement(t *testing.T) {
	g := build(t, nil)
	_, public := g.Find(t, "aws:ec2/securityGroup:SecurityGroup", "edge-application-sg")
	_, private := g.Find(t, "aws:ec2/securityGroup:SecurityGroup", "edge-management-sg")
	var allowed []string
	for _, r := range g {
		if r.Type != typeIngress || r.Plain()["securityGroupId"] != private.Name+"-id" {
			continue
		}
		if r.Plain()["fromPort"] != 443. || r.Plain()["toPort"] != 443. {
			t.Errorf("%s opens port %v to %v", r.Name, r.Plain()["fromPort"], r.Plain()["toPort"])
		}
		allowed = append(allowed, r.Plain()["cidrIpv4"].(string))
	}
	slices.Sort(allowed)
	if diff := cmp.Diff([]string{"198.51.100.0/24", "203.0.113.0/24"}, allowed); diff != "" {
		t.Errorf("management admits (-want +got):\n%s", diff)
	}
	_, front := g.Find(t, typeBalancer, "edge-application")
	if diff := cmp.Diff([]any{public.Name + "-id"}, front.Plain()["securityGroups"]); diff != "" {
		t.Errorf("the public load balancer has (-want +got):\n%s", diff)
	}
	// The public load balancer forwards to the application's gateway only, whose
	// routes hold no management host.
	_, listener := g.Find(t, typeListener, "application-https")
	if got := listener.Plain()["defaultActions"].([]any)[0].(map[string]any)["targetGroupArn"]; got != "edge-app-main.arn" {
		t.Errorf("the public listener forwards to %v", got)
	}
	_, binding := g.Find(t, typeBinding, "edge-application")
	if got := binding.Plain()["spec"].(map[string]any)["serviceRef"].(map[string]any)["name"]; got != "gateway-application" {
		t.Errorf("the public target group holds pods of %v", got)
	}
	for _, r := range g {
		if r.Type != "kubernetes:networking.istio.io/v1:VirtualService" {
			continue
		}
		in := r.Plain()["spec"].(map[string]any)
		host, gateway := in["hosts"].([]any)[0].(string), in["gateways"].([]any)[0].(string)
		if want := map[string]string{"shop.dev.example.com": "edge-application", "grafana.dev.example.com": "edge-management"}[host]; gateway != want {
			t.Errorf("%s is bound to gateway %s", host, gateway)
		}
	}
}

func TestLoadBalancersReachTheGatewaysPortsOnly(t *testing.T) {
	g := build(t, nil)
	var got []string
	for _, r := range g {
		if r.Type == typeEgress {
			if r.Plain()["referencedSecurityGroupId"] != "sg-dev-main" || r.Plain()["fromPort"] != r.Plain()["toPort"] {
				t.Errorf("%s opens %v", r.Name, r.Plain())
			}
			got = append(got, r.Name)
		}
		if r.Type == typeIngress && r.Plain()["securityGroupId"] == "sg-dev-main" {
			if r.Plain()["cidrIpv4"] != nil || !strings.HasSuffix(r.Plain()["referencedSecurityGroupId"].(string), "-sg-id") {
				t.Errorf("%s admits %v to the pods", r.Name, r.Plain())
			}
			got = append(got, r.Name)
		}
	}
	slices.Sort(got)
	want := []string{
		"edge-application-out-main-health", "edge-application-out-main-http", "edge-application-pods-main-health", "edge-application-pods-main-http",
		"edge-management-out-main-health", "edge-management-out-main-http", "edge-management-pods-main-health", "edge-management-pods-main-http",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestADelegationIsAskedFor: before ACM waits, and not where nobody can know.
func TestADelegationIsAskedFor(t *testing.T) {
	zone := func(private bool, answer []string, failure error) func(*Args) {
		return func(a *Args) {
			a.Config.Domain.PrivateZone = private
			a.Config.Domain.Zone = spec.Zone{Create: true, Delegated: true, RoleARN: a.Config.Domain.Zone.RoleARN}
			a.NameServers = func(_ context.Context, domain string) ([]string, error) {
				if domain != "dev.example.com" {
					t.Errorf("DNS is asked about %q", domain)
				}
				return answer, failure
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*Args)
		want   string // "" is none
	}{
		"delegated":                        {zone(false, []string{"ns-1.test."}, nil), ""},
		"to nobody":                        {zone(false, nil, nil), "DNS knows no name server for it"},
		"to another zone":                  {zone(false, []string{"ns-7.test."}, nil), "it delegates to ns-7.test"},
		"a private zone may hide it":       {zone(true, []string{"ns-0.awsdns-00.com."}, nil), ""},
		"no DNS here":                      {zone(false, nil, errors.New("network is unreachable")), ""},
		"a delegation that the stack made": {func(a *Args) { a.NameServers = func(context.Context, string) ([]string, error) { panic("asked") } }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := tryBuild(c.change)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				_, v := g.Find(t, typeValidation, "application-cert")
				if v.Plain()["certificateArn"] != "edge-application-cert.arn" {
					t.Errorf("waits for %v", v.Plain()["certificateArn"])
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want the words %q", err, c.want)
			}
			if got := g.Names(typeValidation); len(got) > 0 {
				t.Errorf("%v wait all the same", got)
			}
		})
	}
}

func TestALB(t *testing.T) {
	g := build(t, nil)
	_, balancer := g.Find(t, typeBalancer, "edge-application")
	_, plain := g.Find(t, typeListener, "application-http")
	_, secure := g.Find(t, typeListener, "application-https")
	_, group := g.Find(t, typeGroup, "edge-app-main")
	_, binding := g.Find(t, typeBinding, "edge-application")
	_, record := g.Find(t, typeRecord, "edge-name-www.dev.example.com")
	for _, tt := range []struct {
		what string
		got  any
		want any
	}{
		{"name", balancer.Plain()["name"], "dev-application"},
		{"deletion protection", balancer.Plain()["enableDeletionProtection"], true},
		{"malformed headers", balancer.Plain()["dropInvalidHeaderFields"], true},
		{"subnets", balancer.Plain()["subnets"], []any{"subnet-public-apne2-az1", "subnet-public-apne2-az2"}},
		{"access logs", balancer.Plain()["accessLogs"], map[string]any{"bucket": "edge-access-logs.bucket", "enabled": true, "prefix": "application"}},
		{"plain HTTP", plain.Plain()["defaultActions"].([]any)[0].(map[string]any)["redirect"], map[string]any{"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}},
		{"TLS policy", secure.Plain()["sslPolicy"], tlsPolicy},
		{"target type", group.Plain()["targetType"], "ip"},
		{"deregistration", group.Plain()["deregistrationDelay"], 20.},
		{"health check", group.Plain()["healthCheck"], map[string]any{"enabled": true, "healthyThreshold": 2., "interval": 10., "matcher": "200",
			"path": "/healthz/ready", "port": "15021", "protocol": "HTTP", "timeout": 5., "unhealthyThreshold": 2.}},
		{"binding", binding.Plain()["spec"], map[string]any{"ipAddressType": "ipv4", "serviceRef": map[string]any{"name": "gateway-application", "port": 80.},
			"targetGroupARN": "edge-app-main.arn", "targetType": "ip", "vpcID": "vpc-1"}},
		{"a redirected name's record", record.Plain()["aliases"], []any{map[string]any{"evaluateTargetHealth": false, "name": "edge-application.dnsName", "zoneId": "edge-application.zoneId"}}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.what, diff)
		}
	}
	if listeners := g.Names(typeListener); !slices.Equal(listeners, []string{"edge-application-http", "edge-application-https", "edge-management-https"}) {
		t.Errorf("listeners are %v", listeners)
	}
}

func TestProtection(t *testing.T) {
	for _, on := range []bool{true, false} {
		g := build(t, func(a *Args) { a.Environment.Protect = on })
		_, zone := g.Find(t, typeZone, "edge-zone")
		_, logs := g.Find(t, "aws:s3/bucketV2:BucketV2", "access-logs")
		_, balancer := g.Find(t, typeBalancer, "edge-management")
		for what, got := range map[string]bool{"zone": zone.Protect, "logs": logs.Protect, "load balancer": balancer.Plain()["enableDeletionProtection"] == true, "objects in the bucket": logs.Plain()["forceDestroy"] != true} {
			if got != on {
				t.Errorf("protection %v: %s has %v", on, what, got)
			}
		}
	}
}

func TestProofsAreFoundByName(t *testing.T) {
	g := build(t, func(a *Args) {
		a.Config.Application.Certificate = &spec.Certificate{Wildcard: true}
		a.Config.Management.Certificate = &spec.Certificate{Wildcard: true}
	})
	var proofs []string
	for _, r := range g {
		if r.Type == typeRecord && strings.HasPrefix(r.Name, "edge-validation-") {
			proofs = append(proofs, r.Name)
			if r.Plain()["name"] != "_proof.dev.example.com" || r.Plain()["records"].([]any)[0] != "_value.dev.example.com" {
				t.Errorf("%s is %v", r.Name, r.Plain())
			}
		}
	}
	if !slices.Equal(proofs, []string{"edge-validation-dev.example.com"}) {
		t.Errorf("a wildcard, its domain and a second certificate of both are proved by %v, want one record", proofs)
	}
}

func TestTheZoneAloneUntilItIsDelegatedTo(t *testing.T) {
	g := build(t, func(a *Args) { a.Config.Domain.Zone = spec.Zone{Create: true} })
	var got []string
	for _, r := range g {
		if strings.HasPrefix(r.Name, "edge") {
			got = append(got, r.Type)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{typeZone, typeToken}, got); diff != "" {
		t.Errorf("nobody can validate a certificate yet (-want +got):\n%s", diff)
	}
}

func TestZoneInAnotherAccount(t *testing.T) {
	g := build(t, func(a *Args) {
		a.Config.Domain.Zone = spec.Zone{ID: "Z1234567890", RoleARN: "arn:aws:iam::999999999999:role/dns"}
	})
	for _, r := range g {
		if !strings.HasPrefix(r.Type, "aws:") || !strings.HasPrefix(r.Parent, "urn:pulumi:dev::ladder::ladder:edge") {
			continue
		}
		if elsewhere := strings.Contains(r.Provider, "::zone::"); elsewhere != (r.Type == typeRecord) {
			t.Errorf("%s of type %s is made by provider %q", r.Name, r.Type, r.Provider)
		}
	}
}

func TestSharesOfTwoClusters(t *testing.T) {
	g := build(t, func(a *Args) {
		a.Clusters = map[string]Cluster{"blue": testCluster("dev-blue"), "green": testCluster("dev-green")}
		a.Config.Shift = map[string]int{"blue": 90, "green": 10}
	})
	_, listener := g.Find(t, typeListener, "application-https")
	want := map[string]any{
		"stickiness":   map[string]any{"enabled": false, "duration": 1.},
		"targetGroups": []any{map[string]any{"arn": "edge-app-blue.arn", "weight": 90.}, map[string]any{"arn": "edge-app-green.arn", "weight": 10.}},
	}
	if diff := cmp.Diff(want, listener.Plain()["defaultActions"].([]any)[0].(map[string]any)["forward"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, key := range []string{"blue", "green"} {
		_, r := g.Find(t, typeRelease, key+"-controller")
		if !strings.Contains(r.Provider, "::k8s-"+key+"::") {
			t.Errorf("the controller of %s is installed by %s", key, r.Provider)
		}
		_, b := g.Find(t, typeBinding, "binding-"+key+"-edge-application")
		if got := b.Plain()["spec"].(map[string]any)["targetGroupARN"]; got != "edge-app-"+key+".arn" {
			t.Errorf("%s is bound to %v", key, got)
		}
	}
}

func nlb(a *Args) {
	a.Config.WAF = nil
	a.Config.Application.LoadBalancer, a.Config.Application.Redirects, a.Config.Application.StaticAddresses = spec.NLB, nil, true
	a.Config.Application.TLS = &spec.GatewayTLS{Issuer: spec.IssuerCertManager}
	a.Config.CertManager = &spec.CertManager{Email: "platform@example.com"}
	a.Config.Application.Hosts["raw.dev.example.com"] = spec.Host{Passthrough: &spec.Service{Namespace: "shop", Name: "raw", Port: 8443}}
}

func TestNLB(t *testing.T) {
	g := build(t, nlb)
	_, balancer := g.Find(t, typeBalancer, "edge-application")
	if balancer.Plain()["loadBalancerType"] != "network" || len(balancer.Plain()["subnetMappings"].([]any)) != 2 || balancer.Plain()["subnets"] != nil {
		t.Errorf("the load balancer is %v", balancer.Plain())
	}
	for _, role := range []string{"http", "tls"} {
		_, group := g.Find(t, typeGroup, "edge-app-"+role+"-main")
		if group.Plain()["proxyProtocolV2"] != true || group.Plain()["protocol"] != "TCP" || group.Plain()["preserveClientIp"] != "false" {
			t.Errorf("the client's address is lost: %v", group.Plain())
		}
		if got := group.Plain()["healthCheck"].(map[string]any)["protocol"]; got != "TCP" {
			t.Errorf("health is asked by %v, which the proxy protocol's header breaks", got)
		}
	}
	_, cert := g.Find(t, "kubernetes:cert-manager.io/v1:Certificate", "main-certificate")
	if diff := cmp.Diff([]any{"shop.dev.example.com"}, cert.Plain()["spec"].(map[string]any)["dnsNames"]); diff != "" {
		t.Errorf("the gateway's certificate (-want +got):\n%s", diff)
	}
	filter, _ := g.Find(t, "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter", "proxy-protocol-main")
	if filter == "" {
		t.Error("the gateway does not read the proxy protocol")
	}
	if got := g.Names("aws:acm/certificate:Certificate"); !slices.Equal(got, []string{"edge-management-cert"}) {
		t.Errorf("certificates of ACM are %v", got)
	}
	if got := g.Names("aws:ec2/eip:Eip"); !slices.Equal(got, []string{"edge-eip-apne2-az1", "edge-eip-apne2-az2"}) {
		t.Errorf("addresses are %v", got)
	}
}

func TestGatewayAPIRouting(t *testing.T) {
	g := build(t, func(a *Args) { a.Config.Routing = spec.RoutingGatewayAPI })
	if n := len(g.Names("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")); n != 3 {
		t.Errorf("%d HTTPRoutes, want one for each of three routes", n)
	}
	if n := len(g.Names("kubernetes:networking.istio.io/v1:VirtualService")); n != 0 {
		t.Errorf("%d VirtualServices beside them", n)
	}
}

func TestFirewall(t *testing.T) {
	g := build(t, nil)
	_, acl := g.Find(t, typeACL, "waf")
	actions := map[string]any{}
	for _, rule := range acl.Plain()["rules"].([]any) {
		r := rule.(map[string]any)
		for _, kind := range []string{"action", "overrideAction"} {
			if a, ok := r[kind].(map[string]any); ok {
				for does := range a {
					actions[r["name"].(string)] = kind + " " + does
				}
			}
		}
	}
	want := map[string]any{"deny": "action block", "rate": "action block", "AWSManagedRulesCommonRuleSet": "overrideAction none", "AWSManagedRulesSQLiRuleSet": "overrideAction count"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, association := g.Find(t, "aws:wafv2/webAclAssociation:WebAclAssociation", "waf")
	if !association.DeleteFirst || association.Plain()["resourceArn"] != "edge-application.arn" {
		t.Errorf("the association is %+v", association)
	}
	_, log := g.Find(t, "aws:cloudwatch/logGroup:LogGroup", "waf-logs")
	if log.Plain()["name"] != "aws-waf-logs-dev" {
		t.Errorf("WAF does not write into %v", log.Plain()["name"])
	}
}

func TestExternalDNS(t *testing.T) {
	g := build(t, func(a *Args) { a.Config.ExternalDNS = &spec.ExternalDNS{Subdomain: "apps"} })
	_, r := g.Find(t, typeRelease, "main-external-dns")
	values := r.Plain()["values"].(map[string]any)
	if values["policy"] != "upsert-only" || values["txtOwnerId"] != "dev-main" || !cmp.Equal(values["domainFilters"], []any{"apps.dev.example.com"}) {
		t.Errorf("values are %v", values)
	}
	_, zone := g.Find(t, typeZone, "workload-zone")
	if zone.Plain()["name"] != "apps.dev.example.com" {
		t.Errorf("its zone is %v", zone.Plain()["name"])
	}
}

func TestControllerMayDoWhatItsBindingsNeed(t *testing.T) {
	groups := []string{"arn:aws:elasticloadbalancing:ap-northeast-2:111111111111:targetgroup/edge-app-main-1234567/0123456789abcdef"}
	allowed := map[string][]string{}
	for _, s := range controllerStatements(groups) {
		for _, a := range s.Actions {
			allowed[a] = s.Resources
		}
	}
	needed := 0
	for what, calls := range controllerCalls {
		for _, call := range calls {
			needed++
			on, ok := allowed[call]
			if !ok {
				t.Errorf("to %s it needs %s, which the policy lacks", what, call)
			}
			verb := call[strings.Index(call, ":")+1:]
			if !strings.HasPrefix(verb, "Describe") && !cmp.Equal(on, groups) {
				t.Errorf("%s is allowed on %v", call, on)
			}
		}
	}
	if len(allowed) != needed {
		t.Errorf("the policy allows %d actions, %d are needed", len(allowed), needed)
	}
	g := build(t, nil)
	_, r := g.Find(t, typeRelease, "main-controller")
	values := r.Plain()["values"].(map[string]any)
	for _, off := range []string{"enableServiceMutatorWebhook", "enableBackendSecurityGroup", "enableWafv2", "enableShield"} {
		if values[off] != false {
			t.Errorf("%s is %v; what it makes, the policy does not allow", off, values[off])
		}
	}
	if hook := values["podMutatorWebhookConfig"].(map[string]any); hook["failurePolicy"] != "Fail" {
		t.Errorf("the webhook for readiness gates is %v: a pod without one lets a rollout go on too early", hook["failurePolicy"])
	}
	if r.Plain()["skipCrds"] != true {
		t.Error("the chart installs its own CRDs, which Helm never upgrades")
	}
}

func TestARecordKeepsTheNameThatRoute53Keeps(t *testing.T) {
	_, proof := build(t, nil).Find(t, typeRecord, "validation-shop.dev.example.com")
	if got := proof.Plain()["name"]; got != "_proof.shop.dev.example.com" {
		t.Errorf("the record is %v; after a refresh a dot at its end would be a replacement", got)
	}
}

func TestEveryChildHasItsParent(t *testing.T) {
	for name, change := range map[string]func(*Args){"alb": nil, "nlb": nlb} {
		g := build(t, change)
		for urn, r := range g {
			if r.Type == typeToken || strings.HasPrefix(r.Type, "pulumi:") || r.Type == "test:index:Thing" {
				continue
			}
			want := typeToken + "::edge"
			if strings.Contains(urn, "$"+insideToken+"$") {
				want = insideToken + "::edge-main"
			}
			if !strings.HasSuffix(r.Parent, want) {
				t.Errorf("%s: %s has parent %q", name, urn, r.Parent)
			}
			if strings.HasPrefix(r.Type, "kubernetes:") != strings.Contains(r.Provider, "::k8s-main::") {
				t.Errorf("%s: %s has provider %q", name, urn, r.Provider)
			}
		}
	}
}

func TestBadInputRegistersNothing(t *testing.T) {
	tests := map[string]struct {
		change func(*Args)
		want   string
	}{
		"a finding of the configuration":  {func(a *Args) { a.Config.Management.Allow = []string{"0.0.0.0/0"} }, `"0.0.0.0/0" is the whole internet`},
		"a cluster without the gateway":   {func(a *Args) { delete(a.Clusters["main"].Gateways, "management") }, `the mesh of cluster "main" has no gateway "management"`},
		"a release without the chart":     {func(a *Args) { delete(a.Clusters["main"].Charts, spec.ChartController) }, `the release of cluster "main" has no chart "aws-load-balancer-controller"`},
		"a network without a public side": {func(a *Args) { a.Network.PublicSubnets = map[string]pulumi.StringInput{} }, "the network has no public subnet in apne2-az1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g, err := tryBuild(tt.change)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
			if n := len(g.Names(typeToken)); n != 0 {
				t.Errorf("the component was registered all the same")
			}
		})
	}
}

func TestPrioritiesDoNotMove(t *testing.T) {
	few, more := priorities([]string{"a.example.com", "c.example.com"}), priorities([]string{"a.example.com", "b.example.com", "c.example.com"})
	seen := map[int]bool{}
	for name, rank := range more {
		if before, ok := few[name]; ok && before != rank {
			t.Errorf("%s moved from %d to %d", name, before, rank)
		}
		if rank < 1 || rank > maxPriority || seen[rank] {
			t.Errorf("%s has priority %d", name, rank)
		}
		seen[rank] = true
	}
}
