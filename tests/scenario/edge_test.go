package scenario

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestAStackThatCameUpIsTraced follows requests through what the shipped dev
// stack has made, with the services of its users in place: the same paths that
// tests/trace proves over worlds made for it.
func TestAStackThatCameUpIsTraced(t *testing.T) {
	t.Parallel()
	const (
		office   = "203.0.113.7"
		stranger = "192.0.2.1"
	)
	r := rig.New(t, rig.Options{})
	r.MustUp(asking(r))
	serve(t, r, "apps/web", 80)
	serve(t, r, "apps/cart", 8080)
	serve(t, r, "tools/argocd-server", 80)
	for name, c := range map[string]struct {
		trace.Request
		want string // the end
		says string // among the hops
	}{
		"a page":                              {trace.Request{URL: "https://shop.dev.example.com/"}, "reached apps/web:80 /", "learns the client's address 203.0.113.10 from X-Forwarded-For"},
		"a longer prefix, rewritten":          {trace.Request{URL: "https://shop.dev.example.com/cart/7"}, "reached apps/cart:8080 /v2/7", "firewall"},
		"half a segment is none":              {trace.Request{URL: "https://shop.dev.example.com/carts"}, "reached apps/web:80 /carts", ""},
		"plain HTTP":                          {trace.Request{URL: "http://shop.dev.example.com/x"}, "301 https://shop.dev.example.com/x", ""},
		"a host that is elsewhere":            {trace.Request{URL: "https://www.dev.example.com/a"}, "301 https://shop.dev.example.com/a", ""},
		"a name that nobody has":              {trace.Request{URL: "https://nobody.dev.example.com/"}, "dead at dns", ""},
		"Grafana from the office":             {trace.Request{URL: "https://grafana.dev.example.com/", From: office}, "reached observability/grafana:80 /", ""},
		"Argo CD from the office":             {trace.Request{URL: "https://argocd.dev.example.com/applications", From: office}, "reached tools/argocd-server:80 /applications", ""},
		"Grafana from anywhere":               {trace.Request{URL: "https://grafana.dev.example.com/", From: "0.0.0.0/0"}, "dead at security group", ""},
		"Grafana from a stranger":             {trace.Request{URL: "https://grafana.dev.example.com/", From: stranger}, "dead at security group", ""},
		"Grafana by the public door":          {trace.Request{URL: "https://grafana.dev.example.com/", Via: "dev-application"}, "dead at certificate", ""},
		"Argo CD by the public door, plainly": {trace.Request{URL: "http://argocd.dev.example.com/", Via: "dev-application"}, "301 https://argocd.dev.example.com/", ""},
		"the shop by the management door":     {trace.Request{URL: "https://shop.dev.example.com/", Via: "dev-management", From: stranger}, "dead at security group", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got trace.Trace
			var err error
			r.World().View(func(tx *world.Tx) { got, err = trace.Follow(tx, c.Request) })
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != c.want || !strings.Contains(trace.Text(got), c.says) {
				t.Errorf("%s, want %s and the words %q:\n%s", got, c.want, c.says, trace.Text(got))
			}
		})
	}
	t.Run("gateways wait for their load balancer", func(t *testing.T) { mustBeGated(t, r) })
}

// asking is dev as the command runs it: it asks the DNS of the world that it runs
// in. A rig's program does not, because trials run it in worlds of their own.
func asking(r *rig.Rig) sandbox.Program {
	p := r.Program("dev")
	p.Run = stacks.Program{Now: r.World().Now, NameServers: r.NameServers}.Deploy
	return p
}

// mustBeGated: new pods of the gateways become ready when the load balancer
// sends to them, and no other workload is held back.
func mustBeGated(t *testing.T, r *rig.Rig) {
	t.Helper()
	gated := 0
	r.World().View(func(tx *world.Tx) {
		for _, c := range tx.Find("aws:eks/cluster:Cluster", "", nil) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			for _, w := range kube.Running(tx, endpoint) {
				if w.Bound != strings.HasPrefix(w.ID, "istio-ingress/gateway-") || w.Bound != w.Gated {
					t.Errorf("cluster %s: %s is bound: %v, gated: %v", c.ID, w.ID, w.Bound, w.Gated)
				}
				if w.Gated {
					gated++
				}
			}
		}
	})
	if gated != 2 {
		t.Errorf("%d gateways are gated, want application and management", gated)
	}
}

// serve puts a service and its pods into dev's cluster, as its users would.
func serve(t *testing.T, r *rig.Rig, id string, port float64) {
	t.Helper()
	namespace, name, _ := strings.Cut(id, "/")
	labels := map[string]any{"app": name}
	err := r.World().Tx(func(tx *world.Tx) error {
		scope, _ := tx.Find("aws:eks/cluster:Cluster", "", nil)[0].Attrs["endpoint"].(string)
		put := func(apiVersion, kind string, spec map[string]any) {
			tx.Put(&world.Object{Kind: "kube:" + apiVersion + "/" + kind, Scope: scope, ID: id, Name: name, Owner: world.OwnerSeed, Attrs: map[string]any{
				"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"name": name, "namespace": namespace}, "spec": spec}})
		}
		put("v1", "Service", map[string]any{"type": "ClusterIP", "selector": labels, "ports": []any{map[string]any{"name": "http", "port": port, "targetPort": 8080.}}})
		put("apps/v1", "Deployment", map[string]any{"replicas": 2., "selector": map[string]any{"matchLabels": labels},
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{map[string]any{"name": name, "image": "example/" + name}}}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAFalseDelegationEndsBeforeACMWaits: the file says that the domain above
// delegates to the zone, and it delegates to somebody else's.
func TestAFalseDelegationEndsBeforeACMWaits(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	if err := r.World().Tx(func(tx *world.Tx) error {
		tx.Put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "dev.example.com", Owner: world.OwnerSeed,
			Attrs: map[string]any{"nameServers": []any{"ns.elsewhere.net"}}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p := asking(r)
	r.MustPreview(p) // nobody is asked
	result, err := r.Up(t.Context(), p)
	if err == nil || !strings.Contains(err.Error(), "it delegates to ns.elsewhere.net, which are another zone's") {
		t.Fatalf("up reported: %v", err)
	}
	for _, op := range result.Operations {
		if strings.Contains(op.URN, "certificateValidation") {
			t.Errorf("%s %s: ACM was waited for all the same", op.Op, op.URN)
		}
	}
}
