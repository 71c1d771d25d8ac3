package trace

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/trace"
)

// TestTheGatewayKnowsItsClient: whom rules by source address mean, behind each
// kind of load balancer, and what is lost when the gateway is told wrong.
func TestTheGatewayKnowsItsClient(t *testing.T) {
	told := func(note string) func(c *cloud) {
		return func(c *cloud) { c.note("main", "gateway-application", m{"proxy.istio.io/config": note}) }
	}
	for name, q := range map[string]struct {
		network bool
		breaks  func(c *cloud)
		says    string
	}{
		"behind an ALB":                         {false, nil, "learns the client's address 203.0.113.10 from X-Forwarded-For"},
		"an ALB that the gateway does not know": {false, told(`{"terminationDrainDuration":"30s"}`), "takes the load balancer for the client"},
		"pods without any note":                 {false, func(c *cloud) { c.note("main", "gateway-application", m{}) }, "takes the load balancer for the client"},
		"a CDN before the ALB that is not there": {false, told(`{"gatewayTopology":{"numTrustedProxies":2}}`),
			"told of proxies before it: 2, and there is 1: it believes what clients write into X-Forwarded-For"},
		"behind an NLB": {true, nil, "learns the client's address 203.0.113.10 from the proxy protocol"},
		"an NLB taken for an ALB": {true, told(`{"gatewayTopology":{"numTrustedProxies":1}}`),
			"told of proxies before it: 1, and there is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			if q.network {
				stream(c, renderings["istio"])
			} else {
				shipped(c, renderings["istio"])
			}
			if q.breaks != nil {
				q.breaks(c)
			}
			got := c.follow(trace.Request{URL: shop, From: "203.0.113.10"})
			if got.Outcome != trace.Reached || !strings.Contains(trace.Text(got), q.says) {
				t.Errorf("%s, want the words %q:\n%s", got, q.says, trace.Text(got))
			}
		})
	}
}
