package trace

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	shop  = "https://shop.example.com/cart"
	whole = "reached shop/cart:8080 /cart"
)

// broken are things that go wrong in a world that is otherwise whole, with what
// becomes of a request to the shop's cart and the words that say why.
var broken = map[string]struct {
	breaks func(c *cloud)
	want   string
	says   string
}{
	"nothing": {func(*cloud) {}, whole, "3 ready pods of cart on port 8080"},
	"the registrar delegates no more": {func(c *cloud) { c.drop("hidden:dns/Delegation", "example.com") },
		"dead at dns", "nothing above delegates to this zone"},
	"the record is gone": {func(c *cloud) { c.drop(recordType, "shop.example.com in "+zoneOf(c)) },
		"dead at dns", "has no record of shop.example.com"},
	"the public subnets lead nowhere": {func(c *cloud) { c.drop("aws:ec2/route:Route", "out") },
		"dead at load balancer", "has no route to an internet gateway"},
	"the load balancer is internal": {func(c *cloud) { c.change(lbType, "application", func(a m) { a["internal"] = true }) },
		"dead at load balancer", "its addresses are private"},
	"nobody is let in": {func(c *cloud) { c.drop(inType, "application-0.0.0.0/0-3") },
		"dead at security group", "no rule admits 203.0.113.10 on port 443"},
	"no listener on 443": {func(c *cloud) { c.drop(listenerType, "application-https") },
		"dead at listener", "listens on HTTP 80, not on port 443"},
	"a certificate of another name": {func(c *cloud) {
		c.change(certType, "arn:aws:acm:"+region+":"+account+":certificate/shop.example.com", func(a m) { a["domainName"], a["subjectAlternativeNames"] = "x.example.com", []any{} })
	}, "dead at certificate", "has certificates of x.example.com"},
	"a web ACL that blocks what no rule allows": {func(c *cloud) { c.change(aclType, "waf", func(a m) { a["defaultAction"] = m{"block": m{}} }) },
		"403 by firewall", "blocks what no rule allows"},
	"a rule that answers itself": {func(c *cloud) {
		c.change(ruleType, "redirect-www", func(a m) {
			a["conditions"] = []any{m{"pathPattern": m{"values": []any{"/cart*"}}}}
			a["actions"] = []any{m{"type": "fixed-response", "fixedResponse": m{"statusCode": "503", "contentType": "text/plain"}}}
		})
	}, "503 by rule", "answers 503 itself"},
	"a rule by a header": {func(c *cloud) {
		c.change(ruleType, "redirect-www", func(a m) {
			a["conditions"] = []any{m{"httpHeader": m{"httpHeaderName": "x-beta", "values": []any{"1"}}}}
		})
	}, whole, "looks at the header x-beta"},
	"a rule for another source": {func(c *cloud) {
		c.change(ruleType, "redirect-www", func(a m) { a["conditions"] = []any{m{"sourceIp": m{"values": []any{"198.51.100.0/24"}}}} })
	}, whole, "default"},
	"a rule for this source": {func(c *cloud) {
		c.change(ruleType, "redirect-www", func(a m) { a["conditions"] = []any{m{"sourceIp": m{"values": []any{"203.0.113.0/24"}}}} })
	}, "301 https://shop.example.com/cart", "sends the client to"},
	"a rule for another method": {func(c *cloud) {
		c.change(ruleType, "redirect-www", func(a m) { a["conditions"] = []any{m{"httpRequestMethod": m{"values": []any{"PURGE"}}}} })
	}, whole, "default"},
	"no share is above nothing": {func(c *cloud) {
		c.change(listenerType, "application-https", func(a m) {
			arn := a["defaultActions"].([]any)[0].(m)["targetGroupArn"]
			a["defaultActions"] = []any{m{"type": "forward", "forward": m{"targetGroups": []any{m{"arn": arn, "weight": 0.}}}}}
		})
	}, "503 by target group", "every share is 0"},
	"nothing is bound": {func(c *cloud) { c.drop("kube:elbv2.k8s.aws/v1beta1/TargetGroupBinding", "application-main") },
		"503 by target group", "nothing is bound to it"},
	"the controller is gone": {func(c *cloud) { c.drop("kube:apps/v1/Deployment", "aws-load-balancer-controller") },
		"503 by target group", "no aws-load-balancer-controller runs in cluster main"},
	"the controller may only look": {func(c *cloud) {
		c.change("aws:iam/rolePolicy:RolePolicy", "controller", func(a m) {
			a["policy"] = strings.Replace(a["policy"].(string), "elasticloadbalancing:*", "elasticloadbalancing:Describe*", 1)
		})
	}, "503 by target group", "lacks elasticloadbalancing:RegisterTargets on arn:aws:elasticloadbalancing:"},
	"nobody knows the controller's role": {func(c *cloud) {
		c.drop("aws:eks/podIdentityAssociation:PodIdentityAssociation", "controller")
	}, whole, "where it has its credentials from is not decided here"},
	"a binding to a port that is not there": {func(c *cloud) {
		c.change("kube:elbv2.k8s.aws/v1beta1/TargetGroupBinding", "application-main", func(a m) { a["spec"].(m)["serviceRef"].(m)["port"] = 8080. })
	}, "503 by target group", "has no port 8080, only 15021, 80, 443"},
	"the gateway has no pods": {func(c *cloud) {
		c.change("kube:apps/v1/Deployment", "gateway-application", func(a m) { a["spec"].(m)["replicas"] = 0. })
	}, "503 by target group", "service istio-ingress/gateway-application has no ready pod"},
	"the node is gone": {func(c *cloud) { c.drop("kube:v1/Node", "node") },
		"503 by target group", "no aws-load-balancer-controller runs"},
	"the load balancer is not let out": {func(c *cloud) { c.dropRule(outType, "application", 8080) },
		"504 by security group", "lets it out to port 8080 of the pods: connections time out"},
	"the pods do not let it in": {func(c *cloud) { c.dropRule(inType, "application", 8080) },
		"504 by security group", "lets the load balancer in on port 8080"},
	"health checks do not get through": {func(c *cloud) { c.dropRule(inType, "application", 15021) },
		whole, "every target is unhealthy (no rule of the pods' groups"},
	"health checks of a port that is shut": {func(c *cloud) {
		c.change(tgType, "application-main", func(a m) { a["healthCheck"].(m)["port"] = "8080" })
	}, whole, "2 targets healthy on port 8080"},
	"health checks of a path that is not there": {func(c *cloud) {
		c.change(tgType, "application-main", func(a m) { a["healthCheck"].(m)["path"] = "/" })
	}, whole, "port 15021 answers 404 to /"},
	"no service of the cart": {func(c *cloud) { c.drop("kube:v1/Service", "cart") },
		"503 by service", "there is no service shop/cart"},
	"the cart's service has another port": {func(c *cloud) {
		c.change("kube:v1/Service", "cart", func(a m) { a["spec"].(m)["ports"] = []any{port(9090, 8080)} })
	}, "503 by service", "service shop/cart has no port 8080, only 9090"},
	"the cart's service selects nobody": {func(c *cloud) {
		c.change("kube:v1/Service", "cart", func(a m) { a["spec"].(m)["selector"] = m{"app": "basket"} })
	}, "503 by pods", "has no ready pod"},
	"an AuthorizationPolicy in the way": {func(c *cloud) {
		c.kube("main", "security.istio.io/v1", "AuthorizationPolicy", "shop", "only-web", m{"spec": m{}})
	},
		whole, "what it says of this request is not decided here"},
	"the target group is gone": {func(c *cloud) { c.drop(tgType, "application-main") },
		"503 by target group", "is not there"},
}

// dropRule takes away the rule of an entrance's port between load balancer and pods.
func (c *cloud) dropRule(kind, entrance string, n int) {
	c.Helper()
	suffix := "-" + string(rune('a'+n%26))
	if err := c.w.Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find(kind, "", func(o *world.Object) bool {
			return strings.Contains(o.URN, "::"+entrance+"-to-") && strings.HasSuffix(o.URN, suffix)
		}) {
			tx.Delete(o.Key())
		}
		return nil
	}); err != nil {
		c.Fatal(err)
	}
}

func zoneOf(c *cloud) string {
	id := ""
	c.w.View(func(tx *world.Tx) {
		for _, o := range tx.Find(zoneType, "", func(o *world.Object) bool { return o.Attrs["name"] == "example.com" }) {
			id = o.ID
		}
	})
	return id
}

func TestWhatIsBrokenIsSaid(t *testing.T) {
	for rendering, render := range renderings {
		for sentence, b := range broken {
			t.Run(rendering+"/"+sentence, func(t *testing.T) {
				c := newCloud(t)
				shipped(c, render)
				b.breaks(c)
				got := c.follow(trace.Request{URL: shop})
				if got.String() != b.want || !strings.Contains(trace.Text(got), b.says) {
					t.Errorf("%s, want %s and the words %q:\n%s", got, b.want, b.says, trace.Text(got))
				}
			})
		}
	}
}

func TestWhatIsBrokenInOneRenderingOnly(t *testing.T) {
	tests := map[string]struct {
		render func(routes.Gateway, []routes.Host) []routes.Object
		breaks func(c *cloud)
		want   string
		says   string
	}{
		"no Gateway of Istio": {routes.Istio, func(c *cloud) { c.drop("kube:networking.istio.io/v1/Gateway", "edge-application") },
			"502 by gateway", "no Gateway object opens port 8080 (80 of service istio-ingress/gateway-application)"},
		"a Gateway that selects other pods": {routes.Istio, func(c *cloud) {
			c.change("kube:networking.istio.io/v1/Gateway", "edge-application", func(a m) { a["spec"].(m)["selector"] = m{"istio": "ingressgateway"} })
		}, "502 by gateway", "no Gateway object opens port"},
		"a VirtualService of another namespace": {routes.Istio, func(c *cloud) {
			c.change("kube:networking.istio.io/v1/Gateway", "edge-application", func(a m) {
				for _, s := range a["spec"].(m)["servers"].([]any) {
					s.(m)["hosts"] = []any{"elsewhere/shop.example.com"}
				}
			})
		}, "404 by gateway", "no VirtualService of this gateway is for host shop.example.com"},
		"a VirtualService that only its own namespace sees": {routes.Istio, func(c *cloud) {
			c.change("kube:networking.istio.io/v1/VirtualService", "shop-example-com", func(a m) { a["spec"].(m)["exportTo"] = []any{"shop"} })
		}, "404 by gateway", "no VirtualService"},
		"no Gateway of the Gateway API": {routes.GatewayAPI, func(c *cloud) { c.drop("kube:gateway.networking.k8s.io/v1/Gateway", "edge-application") },
			"502 by gateway", "no Gateway object opens port"},
		"a Gateway for another service's pods": {routes.GatewayAPI, func(c *cloud) {
			c.change("kube:gateway.networking.k8s.io/v1/Gateway", "edge-application", func(a m) {
				a["spec"].(m)["addresses"] = []any{m{"type": "Hostname", "value": "other.istio-ingress.svc.cluster.local"}}
			})
		}, "502 by gateway", "no Gateway object opens port"},
		"no leave to go to another namespace": {routes.GatewayAPI, func(c *cloud) {
			c.drop("kube:gateway.networking.k8s.io/v1beta1/ReferenceGrant", "shop/edge-application")
		}, "500 by route", "grants that to no HTTPRoute of istio-ingress"},
		"a listener that lets no route in": {routes.GatewayAPI, func(c *cloud) {
			c.change("kube:gateway.networking.k8s.io/v1/Gateway", "edge-application", func(a m) {
				a["spec"].(m)["listeners"].([]any)[0].(m)["hostname"] = "other.example.com"
			})
		}, "404 by gateway", "no listener on port 80 is for host shop.example.com"},
	}
	for sentence, b := range tests {
		t.Run(sentence, func(t *testing.T) {
			c := newCloud(t)
			shipped(c, b.render)
			b.breaks(c)
			got := c.follow(trace.Request{URL: shop})
			if got.String() != b.want || !strings.Contains(trace.Text(got), b.says) {
				t.Errorf("%s, want %s and the words %q:\n%s", got, b.want, b.says, trace.Text(got))
			}
		})
	}
}

func TestARequestThatIsNone(t *testing.T) {
	for sentence, c := range map[string]struct{ req, want string }{
		"no scheme":        {"shop.example.com/cart", "must begin with http:// or https://"},
		"another scheme":   {"ftp://shop.example.com/", "must begin with http:// or https://"},
		"no host":          {"https:///cart", "has no host"},
		"no URL":           {"https://shop.example.com/%zz", "is no URL"},
		"a port of letter": {"https://shop.example.com:http/", "is no URL"},
	} {
		t.Run(sentence, func(t *testing.T) {
			w := newCloud(t).w
			w.View(func(tx *world.Tx) {
				if _, err := trace.Follow(tx, trace.Request{URL: c.req}); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want it to contain %q", err, c.want)
				}
			})
		})
	}
	for _, from := range []string{"office", "10.0.0.0/33", "2001:db8::1"} {
		newCloud(t).w.View(func(tx *world.Tx) {
			if _, err := trace.Follow(tx, trace.Request{URL: shop, From: from}); err == nil || !strings.Contains(err.Error(), "an IPv4 address or block is needed") {
				t.Errorf("from %s: %v", from, err)
			}
		})
	}
}

func TestAnotherStacksLoadBalancerIsNotThisOnes(t *testing.T) {
	c := newCloud(t)
	shipped(c, routes.Istio)
	got := c.follow(trace.Request{URL: shop, Stack: "prd"})
	if got.String() != "dead at dns" || !strings.Contains(trace.Text(got), "which is not of stack prd") {
		t.Errorf("%s", trace.Text(got))
	}
}
