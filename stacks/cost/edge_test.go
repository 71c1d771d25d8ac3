package cost

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	edge "github.com/ladder-platform/ladder/components/edge/spec"
)

// atEdge are the lines of an estimate that the edge causes.
func atEdge(e *edge.Config) []string {
	s := stack()
	s.Edge = e
	all := told(Of(FromStack(s, minor("1.36"), today)))
	return slices.DeleteFunc(all, func(l string) bool { return !strings.HasPrefix(l, "edge: ") })
}

func TestEdge(t *testing.T) {
	host := map[string]edge.Host{"shop.dev.example.com": {}}
	tests := map[string]struct {
		edge *edge.Config
		want []string
	}{
		"nothing without an edge": {nil, []string{}},
		"two ALBs and a firewall": {&edge.Config{
			Domain:      edge.Domain{Name: "dev.example.com", Zone: edge.Zone{Create: true, Delegated: true}},
			Application: edge.Application{Hosts: host}, Management: &edge.Management{Allow: []string{"203.0.113.0/24"}},
			WAF: &edge.WAF{RateLimit: &edge.RateLimit{Requests: 2000}},
		}, []string{
			"edge: ALB of application: 730 hour × $0.0225 = $16.43",
			"edge: ALB of management: 730 hour × $0.0225 = $16.43",
			"edge: 6 public IPv4 addresses of load balancers: 4380 address-hour × $0.005 = $21.90 (more while they scale out)",
			"edge: 2 alarms on gateways: 2 alarm-month × $0.1 = $0.20",
			"edge: web ACL: 1 month × $5 = $5.00",
			"edge: 4 rules of the web ACL: 4 rule-month × $1 = $4.00",
			"edge: 1 hosted zone: 1 zone-month × $0.5 = $0.50",
			"edge: capacity units of the ALB of application: depends on use: $0.008 a LCU-hour",
			"edge: capacity units of the ALB of management: depends on use: $0.008 a LCU-hour",
			"edge: access logs: depends on use: $0.025 a GB-month",
			"edge: requests that the web ACL looks at: depends on use: $0.6 a 1M requests",
			"edge: the web ACL's log: depends on use: $0.76 a GB",
			"edge: questions to DNS that no alias answers: depends on use: $0.4 a 1M queries",
		}},
		"an NLB in a zone that exists": {&edge.Config{
			Domain:      edge.Domain{Name: "dev.example.com", Zone: edge.Zone{ID: "Z1"}},
			Application: edge.Application{Hosts: host, LoadBalancer: edge.NLB}, AccessLogs: &edge.AccessLogs{Disabled: true},
		}, []string{
			"edge: NLB of application: 730 hour × $0.0225 = $16.43",
			"edge: 3 public IPv4 addresses of load balancers: 2190 address-hour × $0.005 = $10.95 (more while they scale out)",
			"edge: 2 alarms on gateways: 2 alarm-month × $0.1 = $0.20",
			"edge: capacity units of the NLB of application: depends on use: $0.006 a NLCU-hour",
			"edge: questions to DNS that no alias answers: depends on use: $0.4 a 1M queries",
		}},
		"only the zone until it is delegated to": {&edge.Config{
			Domain: edge.Domain{Name: "dev.example.com", Zone: edge.Zone{Create: true}}, Application: edge.Application{Hosts: host},
		}, []string{
			"edge: 1 hosted zone: 1 zone-month × $0.5 = $0.50",
			"edge: questions to DNS that no alias answers: depends on use: $0.4 a 1M queries",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, atEdge(tt.edge)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
