package spec

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func web() Host {
	return Host{Routes: []Route{{Prefix: "/", Service: Service{Namespace: "shop", Name: "web", Port: 80}}}}
}

func config() Config {
	return Config{
		Domain:      Domain{Name: "dev.example.com", Zone: Zone{ID: "Z0123456789"}},
		Application: Application{Hosts: map[string]Host{"shop.dev.example.com": web()}},
		Management:  &Management{Allow: []string{"203.0.113.0/24"}, Hosts: map[string]Host{"grafana.dev.example.com": web()}},
		WAF:         &WAF{},
	}
}

func input() ValidateInput {
	return ValidateInput{Stack: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Clusters: map[string]string{"main": "main"}}
}

// TestFindings holds what the corpus of stack files does not: rules that need
// several clusters, a mesh, or another account.
func TestFindings(t *testing.T) {
	tests := map[string]struct {
		change func(*Config, *ValidateInput)
		want   []string
	}{
		"a sound edge":             {func(*Config, *ValidateInput) {}, nil},
		"defaults filled in twice": {func(c *Config, in *ValidateInput) { *c = c.WithDefaults([]string{"main"}) }, nil},
		"two clusters without shares": {func(c *Config, in *ValidateInput) { in.Clusters = map[string]string{"blue": "main", "green": "main"} },
			[]string{"edge.shift: is missing, and the stack has 2 clusters; give each cluster its share, for example blue: 90 and green: 10"}},
		"two clusters of one network": {func(c *Config, in *ValidateInput) {
			in.Clusters, c.Shift = map[string]string{"blue": "main", "green": "main"}, map[string]int{"blue": 100, "green": 0}
		}, nil},
		"two clusters of two networks": {func(c *Config, in *ValidateInput) {
			in.Clusters, c.Shift = map[string]string{"blue": "east", "green": "west"}, map[string]int{"blue": 50, "green": 50}
		}, []string{"edge.shift: the clusters are in networks east and west; a load balancer reaches one; use clusters of one network"}},
		"a share below nothing": {func(c *Config, in *ValidateInput) {
			in.Clusters, c.Shift = map[string]string{"blue": "main", "green": "main"}, map[string]int{"blue": 110, "green": -10}
		}, []string{"edge.shift.blue: 110 is not a share in percent; use 0 to 100", "edge.shift.green: -10 is not a share in percent; use 0 to 100"}},
		"a cluster whose target groups have no room for a name": {func(c *Config, in *ValidateInput) { in.Clusters = map[string]string{"a-rather-long-key": "main"} },
			[]string{`edge.shift.a-rather-long-key: the target group's name "edge-mgmt-a-rather-long-key" has no room for the 8 characters that Pulumi adds, within 32; use a cluster key of at most 14 characters`}},
		"a cluster key that just fits": {func(c *Config, in *ValidateInput) { in.Clusters = map[string]string{"fourteen-chars": "main"} }, nil},
		"a namespace outside the mesh": {func(c *Config, in *ValidateInput) { in.Namespaces = map[string]bool{"other": true}; c.Management = nil },
			[]string{`edge.application.hosts.shop.dev.example.com.routes[0].service.namespace: namespace "shop" is not in the mesh, so requests would go to it without mTLS; add it to the mesh, or correct it`}},
		"gateways that the mesh has not": {func(c *Config, in *ValidateInput) { in.Gateways = map[string]bool{"application": true} },
			[]string{`edge.management: leads to the mesh's gateway "management", which does not exist; add mesh.gateways.management`}},
		"helpers over a zone of another account": {func(c *Config, in *ValidateInput) {
			c.Domain.Zone.RoleARN = "arn:aws:iam::999999999999:role/dns"
			c.ExternalDNS, c.CertManager = &ExternalDNS{Subdomain: "apps"}, &CertManager{Email: "platform@example.com"}
		}, []string{
			"edge.certManager: it proves names in the zone, which is in the account of domain.zone.roleArn, where pods of this one have no role; remove it, or use a zone of this account",
			"edge.externalDNS: its zone would be in the account of domain.zone.roleArn, where pods of this one have no role; remove it, or use a zone of this account",
		}},
		"a role that is none": {func(c *Config, in *ValidateInput) { c.Domain.Zone.RoleARN = "dns" },
			[]string{`edge.domain.zone.roleArn: "dns" is not the ARN of an IAM role; use arn:aws:iam::<account>:role/<name>`}},
		"delegation twice": {func(c *Config, in *ValidateInput) {
			c.Domain.Zone = Zone{Create: true, Delegated: true, Parent: &ParentZone{ID: "Z0PARENT"}}
		}, []string{"edge.domain.zone.delegated: the stack writes the delegation itself, into parent; remove it"}},
		"a parent of a zone that exists": {func(c *Config, in *ValidateInput) { c.Domain.Zone.Parent = &ParentZone{ID: "Z0PARENT"} },
			[]string{"edge.domain.zone.parent: has no effect on a zone that is not made here; remove it"}},
		"words": {func(c *Config, in *ValidateInput) { c.Routing, c.Application.LoadBalancer = "gateway", "alp" },
			[]string{`edge.application.loadBalancer: "alp" is none of alb, nlb; did you mean "alb"?`, `edge.routing: "gateway" is none of istio, gatewayAPI; did you mean "gatewayAPI"?`}},
		"redirects that lead nowhere": {func(c *Config, in *ValidateInput) {
			c.Application.Redirects = map[string]string{"a.dev.example.com": "b.dev.example.com", "b.dev.example.com": "shop.dev.example.com", "shop.dev.example.com": "shop.dev.example.com", "grafana.dev.example.com": "shop.dev.example.com"}
		}, []string{
			`edge.application.redirects.a.dev.example.com: "b.dev.example.com" redirects further; redirect to shop.dev.example.com`,
			`edge.application.redirects.b.dev.example.com: "shop.dev.example.com" redirects further; redirect to shop.dev.example.com`,
			`edge.application.redirects.grafana.dev.example.com: "shop.dev.example.com" redirects further; redirect to shop.dev.example.com`,
			`edge.application.redirects.grafana.dev.example.com: is a host of management too; a name leads to one load balancer; remove it`,
			`edge.application.redirects.shop.dev.example.com: is a host too, whose routes nobody would reach; remove it here, or from hosts`,
			`edge.application.redirects.shop.dev.example.com: redirects to itself; redirect to another name`,
		}},
		"nobody to come in": {func(c *Config, in *ValidateInput) {
			c.Management.Allow, c.Management.Hosts, c.Application.Hosts = nil, nil, nil
		}, []string{
			"edge.application.hosts: is empty: nothing can be reached; add one, for example shop.dev.example.com",
			"edge.management.allow: is missing: nobody could reach the entrance; name the company's blocks",
			"edge.management.hosts: is empty: nothing can be reached; add one, or remove management",
		}},
		"blocks in another form": {func(c *Config, in *ValidateInput) {
			c.Management.Allow = []string{"203.0.113.1/24", "2001:db8::/32", "203.0.113.7"}
		}, []string{
			`edge.management.allow[0]: "203.0.113.1/24" has bits set beyond its length; use 203.0.113.0/24`,
			`edge.management.allow[1]: "2001:db8::/32" is not an IPv4 block; use for example 203.0.113.0/24`,
			`edge.management.allow[2]: "203.0.113.7" is not an IPv4 block; use for example 203.0.113.0/24`,
		}},
		"rules that count in a group that counts": {func(c *Config, in *ValidateInput) {
			c.WAF.Managed = map[string]ManagedGroup{"AWSManagedRulesSQLiRuleSet": {CountRules: []string{"SQLi_BODY"}}}
		}, []string{"edge.waf.managed.AWSManagedRulesSQLiRuleSet.countRules: has no effect while the whole group counts; remove it, or set action to block"}},
		"a name that a load balancer cannot have": {func(c *Config, in *ValidateInput) { c.Application.Name = "internal-shop" },
			[]string{`edge.application.name: "internal-shop" is not a name that a load balancer can have; use letters, digits and hyphens, no hyphen at the ends, and not internal- in front`}},
		"a name of the longest stack": {func(c *Config, in *ValidateInput) { in.Stack = "a-stack-of-20-letter" }, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, in := config(), input()
			tt.change(&c, &in)
			found := c.Validate("edge", in)
			found.Sort()
			var got []string
			for _, f := range found {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultNamesFitLoadBalancers(t *testing.T) {
	for _, entrance := range []string{EntranceApplication, EntranceManagement} {
		if n := len(config().LoadBalancerName("a-stack-of-20-letter", entrance)); n > maxLBName {
			t.Errorf("the longest stack's load balancer of %s has a name of %d characters", entrance, n)
		}
	}
}

func TestWithDefaultsIsStable(t *testing.T) {
	for name, c := range map[string]Config{"alb": config(), "nothing": {}, "nlb": {Application: Application{LoadBalancer: NLB, TLS: &GatewayTLS{}}, CertManager: &CertManager{}}} {
		once := c.WithDefaults([]string{"main"})
		if diff := cmp.Diff(once, once.WithDefaults([]string{"main"})); diff != "" {
			t.Errorf("%s: filled in twice (-once +twice):\n%s", name, diff)
		}
	}
}

func TestCertificateNames(t *testing.T) {
	c := config()
	c.Application.Hosts["*.dev.example.com"] = web()
	c.Application.Redirects = map[string]string{"dev.example.com": "shop.dev.example.com"}
	c = c.WithDefaults([]string{"main"})
	names := c.CertificateNames(EntranceApplication)
	if want := []string{"*.dev.example.com", "dev.example.com", "shop.dev.example.com"}; !slices.Equal(names, want) {
		t.Errorf("names are %v, want %v", names, want)
	}
	if got, want := ValidationNames(names), []string{"dev.example.com", "shop.dev.example.com"}; !slices.Equal(got, want) {
		t.Errorf("proved are %v, want %v: a wildcard shares its domain's record", got, want)
	}
}

func TestWCU(t *testing.T) {
	w := WAF{Allow: []string{"192.0.2.0/24"}, Deny: []string{"198.51.100.0/24"}, RateLimit: &RateLimit{Requests: 100}}.withDefaults()
	if got := w.WCU(); got != 700+200+25+1+1+2 {
		t.Errorf("the default groups, two sets of addresses and a rate take %d", got)
	}
}

func TestLogsNeverHoldCredentials(t *testing.T) {
	got := WAFLogging{RedactHeaders: []string{"X-Api-Key", "Cookie"}}.Redacted()
	if want := []string{"authorization", "cookie", "x-api-key"}; !slices.Equal(got, want) {
		t.Errorf("redacted are %v, want %v", got, want)
	}
}

func TestLoadBalancers(t *testing.T) {
	tests := map[string]struct {
		change           func(*Config)
		public, internal int
	}{
		"both face the internet": {func(*Config) {}, 2, 0},
		"management inside":      {func(c *Config) { c.Management.Internal = true }, 1, 1},
		"no management":          {func(c *Config) { c.Management = nil }, 1, 0},
		"only a zone":            {func(c *Config) { c.Domain.Zone = Zone{Create: true} }, 0, 0},
	}
	for name, tt := range tests {
		c := config()
		tt.change(&c)
		if public, internal := c.LoadBalancers(); public != tt.public || internal != tt.internal {
			t.Errorf("%s: %d and %d", name, public, internal)
		}
	}
}
