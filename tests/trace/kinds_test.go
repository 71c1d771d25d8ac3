package trace

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// streamHosts are those of a network load balancer: one is handed on unopened.
var streamHosts = []routes.Host{
	{Name: "shop.example.com", Routes: []routes.Route{{Prefix: "/", Service: to("shop", "web")}, {Prefix: "/cart", Rewrite: "/", Service: to("shop", "cart")}}},
	{Name: "mail.example.com", Passthrough: &routes.Service{Namespace: "mail", Name: "relay", Port: 8080}},
}

const proxyFilter = `networking.istio.io/v1alpha3`

// stream is an NLB with the proxy protocol, TLS at the gateway.
func stream(c *cloud, render func(routes.Gateway, []routes.Host) []routes.Object) {
	n := c.network()
	pods := c.cluster(n, "main")
	c.services("main", spec.TLSAtGateway)
	c.put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "example.com", Owner: world.OwnerSeed})
	zone := c.make(zoneType, "zone", m{"name": "example.com"})
	front := c.open(n, "application", pods, []string{"0.0.0.0/0"}, 8080, 8443, 15021)
	lb := c.make(lbType, "application", m{"name": "stream", "loadBalancerType": "network", "subnets": []any{n.pub1.id, n.pub2.id}, "securityGroups": []any{front.id}})
	for _, p := range []struct {
		name          string
		port, podPort int
	}{{"http", 80, 8080}, {"https", 443, 8443}} {
		g := c.group(n, "application-"+p.name, "main", "application", "TCP", p.podPort, float64(p.port), true)
		c.make(listenerType, p.name, m{"loadBalancerArn": lb.id, "port": p.port, "protocol": "TCP", "defaultActions": forward(g)})
	}
	for _, h := range []string{"shop.example.com", "mail.example.com", "other.example.com"} {
		c.alias(h, zone.id, lb)
	}
	c.kube("main", proxyFilter, "EnvoyFilter", "istio-ingress", "proxy", m{"spec": m{"workloadSelector": m{"labels": m{"istio": "gateway-application"}},
		"configPatches": []any{m{"applyTo": "LISTENER", "patch": m{"value": m{"listener_filters": []any{m{"name": "envoy.filters.listener.proxy_protocol"}}}}}}}})
	c.kube("main", "cert-manager.io/v1", "Certificate", "istio-ingress", "edge-application", m{"spec": m{"secretName": "edge-application", "dnsNames": []any{"shop.example.com"}}})
	c.render("main", render(gatewayOf("application", "edge-application"), streamHosts))
}

func TestANetworkLoadBalancerHandsTheStreamOn(t *testing.T) {
	tests := map[string]struct {
		url    string
		breaks func(c *cloud)
		want   string
		says   string
	}{
		"TLS that the gateway ends":            {shop, nil, "reached shop/cart:8080 /", "learns the client's address 203.0.113.10 from the proxy protocol"},
		"a certificate that cert-manager gets": {shop, nil, "reached shop/cart:8080 /", "whether the authority has issued it is not decided here"},
		"plain HTTP":                           {"http://shop.example.com/cart?a=b", nil, "301 https://shop.example.com/cart?a=b", "sends"},
		"a stream that goes on unopened":       {"https://mail.example.com/", nil, "reached mail/relay:8080 /", "hands the TLS stream of mail.example.com on unopened"},
		"a server name that nobody takes": {"https://other.example.com/", nil, "dead at certificate",
			"edge-application: is for shop.example.com, not for other.example.com"},
		"no secret": {shop, func(c *cloud) { c.drop("kube:cert-manager.io/v1/Certificate", "edge-application") },
			"dead at certificate", "there is no secret istio-ingress/edge-application"},
		"a secret of somebody else": {shop, func(c *cloud) {
			c.drop("kube:cert-manager.io/v1/Certificate", "edge-application")
			c.kube("main", "v1", "Secret", "istio-ingress", "edge-application", nil)
		}, "reached shop/cart:8080 /", "the secret is there"},
		"a gateway that cannot read the proxy protocol": {shop, func(c *cloud) { c.drop("kube:networking.istio.io/v1alpha3/EnvoyFilter", "proxy") },
			"400 by gateway", "no EnvoyFilter has the gateway read it"},
		"a gateway that waits for the proxy protocol": {shop, func(c *cloud) {
			c.change(tgType, "application-https", func(a m) { a["proxyProtocolV2"] = false })
		}, "dead at gateway", "waits for the proxy protocol's header"},
		"an NLB without security groups": {shop, func(c *cloud) {
			c.change(lbType, "application", func(a m) { a["securityGroups"] = []any{} })
		}, "504 by security group", "lets the load balancer in on port 8443"},
		"health checks by connection": {shop, nil, "reached shop/cart:8080 /", "2 targets healthy on port 15021"},
	}
	for rendering, render := range renderings {
		for sentence, q := range tests {
			if rendering == "istio" && strings.HasPrefix(sentence, "a server name that nobody takes") {
				q.want, q.says = "dead at gateway", "no server on port 443 is for server name other.example.com"
			}
			t.Run(rendering+"/"+sentence, func(t *testing.T) {
				c := newCloud(t)
				stream(c, render)
				if q.breaks != nil {
					q.breaks(c)
				}
				got := c.follow(trace.Request{URL: q.url})
				if got.String() != q.want || !strings.Contains(trace.Text(got), q.says) {
					t.Errorf("%s, want %s and the words %q:\n%s", got, q.want, q.says, trace.Text(got))
				}
			})
		}
	}
}

// shifted is one load balancer before two clusters.
func shifted(c *cloud, blue, green int) {
	n := c.network()
	c.put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "example.com", Owner: world.OwnerSeed})
	zone := c.make(zoneType, "zone", m{"name": "example.com"})
	var tuples []any
	var front made
	for _, key := range []string{"blue", "green"} {
		pods := c.cluster(n, key)
		c.services(key, spec.TLSAtLoadBalancer)
		c.render(key, routes.Istio(gatewayOf("application", ""), applicationHosts))
		g := c.group(n, "application-"+key, key, "application", "HTTP", 8080, 80, false)
		tuples = append(tuples, m{"arn": g.id, "weight": map[string]int{"blue": blue, "green": green}[key]})
		if key == "blue" {
			front = c.open(n, "application", pods, []string{"0.0.0.0/0"}, 8080, 15021)
			continue
		}
		for _, p := range []int{8080, 15021} {
			name := "green-" + string(rune('a'+p%26))
			c.make(outType, name, m{"securityGroupId": front.id, "referencedSecurityGroupId": pods.id, "ipProtocol": "tcp", "fromPort": p, "toPort": p})
			c.make(inType, name, m{"securityGroupId": pods.id, "referencedSecurityGroupId": front.id, "ipProtocol": "tcp", "fromPort": p, "toPort": p})
		}
	}
	lb := c.make(lbType, "application", m{"name": "app", "subnets": []any{n.pub1.id, n.pub2.id}, "securityGroups": []any{front.id}})
	c.make(listenerType, "https", m{"loadBalancerArn": lb.id, "port": 443, "protocol": "HTTPS", "certificateArn": c.certificate("shop.example.com"),
		"defaultActions": []any{m{"type": "forward", "forward": m{"targetGroups": tuples, "stickiness": m{"enabled": false, "duration": 1}}}}})
	c.alias("shop.example.com", zone.id, lb)
}

func TestSharesOfTwoClustersAreFollowedEach(t *testing.T) {
	for sentence, q := range map[string]struct {
		blue, green int
		breaks      func(c *cloud)
		cluster     string
		others      []string
	}{
		"most to blue":             {90, 10, nil, "blue", []string{"10 green reached shop/cart:8080 /cart"}},
		"most to green":            {10, 90, nil, "green", []string{"10 blue reached shop/cart:8080 /cart"}},
		"all to green":             {0, 100, nil, "green", nil},
		"all to blue":              {100, 0, nil, "blue", nil},
		"green has no cart at all": {90, 10, func(c *cloud) { c.dropIn("green", "kube:v1/Service", "shop/cart") }, "blue", []string{"10 green 503 by service"}},
		"green's gateway is gone":  {90, 10, func(c *cloud) { c.dropIn("green", "kube:apps/v1/Deployment", "istio-ingress/gateway-application") }, "blue", []string{"10  503 by target group"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			c := newCloud(t)
			shifted(c, q.blue, q.green)
			if q.breaks != nil {
				q.breaks(c)
			}
			got := c.follow(trace.Request{URL: shop})
			var others []string
			for _, o := range got.Others {
				others = append(others, strings.Join([]string{itoa(o.Weight), o.Trace.Cluster, o.Trace.String()}, " "))
			}
			if got.String() != whole || got.Cluster != q.cluster || strings.Join(others, "; ") != strings.Join(q.others, "; ") {
				t.Errorf("%s in %s, others %q:\n%s", got, got.Cluster, others, trace.Text(got))
			}
		})
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func (c *cloud) dropIn(cluster, kind, id string) {
	c.Helper()
	if err := c.w.Tx(func(tx *world.Tx) error {
		tx.Delete(world.Key{Kind: kind, Scope: endpoint(cluster), ID: id})
		return nil
	}); err != nil {
		c.Fatal(err)
	}
}

// TestAnInternalEntranceIsReachedFromInside: a private zone answers inside the
// network, and it alone.
func TestAnInternalEntranceIsReachedFromInside(t *testing.T) {
	build := func(t *testing.T) *cloud {
		c := newCloud(t)
		n := c.network()
		pods := c.cluster(n, "main")
		c.services("main", spec.TLSAtLoadBalancer)
		c.put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "example.com", Owner: world.OwnerSeed})
		public := c.make(zoneType, "zone", m{"name": "example.com"})
		inner := c.make(zoneType, "private", m{"name": "example.com", "vpcs": []any{m{"vpcId": n.vpc.id}}})
		desk := c.open(n, "management", pods, []string{"10.0.0.0/16", "192.168.0.0/16"}, 8080, 15021)
		lb := c.make(lbType, "management", m{"name": "desk", "internal": true, "subnets": []any{n.in1.id, n.in2.id}, "securityGroups": []any{desk.id}})
		g := c.group(n, "management-main", "main", "management", "HTTP", 8080, 80, false)
		c.make(listenerType, "https", m{"loadBalancerArn": lb.id, "port": 443, "protocol": "HTTPS", "certificateArn": c.certificate("argocd.example.com", "grafana.example.com"), "defaultActions": forward(g)})
		c.alias("argocd.example.com", inner.id, lb)
		c.alias("grafana.example.com", public.id, lb)
		c.render("main", routes.Istio(gatewayOf("management", ""), managementHosts))
		return c
	}
	for sentence, q := range map[string]struct{ url, from, via, want, says string }{
		"from a pod": {"https://argocd.example.com/", "10.0.17.3", "", "reached platform/argocd-server:8080 /", "ALB in the same network"},
		"from the internet, where the name is not known": {"https://argocd.example.com/", "", "", "dead at dns", "has no record of argocd.example.com"},
		"from a pod, a name of the public zone only":     {"https://grafana.example.com/", "10.0.17.3", "", "dead at dns", "has no record of grafana.example.com"},
		"from the internet, a public name":               {"https://grafana.example.com/", "", "", "dead at load balancer", "its addresses are private"},
		"from the company, a public name":                {"https://grafana.example.com/", "192.168.3.4", "", "reached platform/grafana:8080 /", "whether VPN or peering leads there from 192.168.3.4 is not decided here"},
		"from a private network that is not let in":      {"https://grafana.example.com/", "172.16.0.9", "", "dead at security group", "no rule admits 172.16.0.9 on port 443"},
	} {
		t.Run(sentence, func(t *testing.T) {
			got := build(t).follow(trace.Request{URL: q.url, From: q.from, Via: q.via})
			if got.String() != q.want || !strings.Contains(trace.Text(got), q.says) {
				t.Errorf("%s, want %s and the words %q:\n%s", got, q.want, q.says, trace.Text(got))
			}
		})
	}
}
