package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/reach"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// A cut is one object that goes, and how the report then names it.
type cut struct {
	sentence string
	// find says whether an object is it; the cluster that is reached is the second.
	find func(o *world.Object) bool
	part string
	said string
}

// cuts are one of each part that a way from main to data needs. group and lb
// are texts in the names of rules.
func cuts(oneNetwork bool) []cut {
	text := func(o *world.Object, path ...string) string {
		m := o.Attrs
		for _, key := range path[:len(path)-1] {
			m, _ = m[key].(map[string]any)
		}
		s, _ := m[path[len(path)-1]].(string)
		return s
	}
	kind := func(k, in string) func(*world.Object) bool {
		return func(o *world.Object) bool { return o.Kind == k && strings.Contains(o.URN, in) }
	}
	rule := func(description string) func(*world.Object) bool {
		return func(o *world.Object) bool {
			return o.Kind == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" && text(o, "description") == description
		}
	}
	out := []cut{
		{"the rule of the API server", rule("mesh link pair: main-to-data, api"), reach.SecurityGroup, "not in at port 443"},
		{"the rule of the load balancer", rule("mesh link pair: main-to-data, east-west"), reach.SecurityGroup, "not in at port 15"},
		{"the rule of the nodes", func(o *world.Object) bool {
			return kind("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "mesh-data-nodes-from-east-west")(o)
		}, reach.SecurityGroup, "lets load balancer"},
		{"the gateway", func(o *world.Object) bool {
			return kind("kube:gateway.networking.k8s.io/v1/Gateway", "mesh-data-")(o) && o.Name == "istio-eastwestgateway" ||
				kind("kube:networking.istio.io/v1/Gateway", "mesh-data-")(o)
		}, reach.Gateway, "data"},
		{"the load balancer's listener", kind("aws:lb/listener:Listener", "mesh-data-east-west"), reach.Gateway, "has no listener"},
		{"the load balancer's nodes", kind("aws:autoscaling/attachment:Attachment", "mesh-data-east-west"), reach.Gateway, "has no nodes"},
		{"the remote secret", kind("kube:v1/Secret", "mesh-link-pair-main-to-data-secret"), reach.Secret, "no remote secret for"},
		{"the token behind it", kind("kube:v1/Secret", "mesh-link-pair-main-to-data-token"), reach.Secret, "a token that"},
		{"the certificates of the other cluster", kind("kube:v1/Secret", "mesh-data-ca"), reach.Root, "a root of its own"},
		{"the certificates of the own cluster", kind("kube:v1/Secret", "mesh-main-ca"), reach.Root, "a root of its own"},
	}
	if oneNetwork {
		return out
	}
	return append(out,
		cut{"a route there", func(o *world.Object) bool {
			return kind("aws:ec2/route:Route", "-route-main-apne2")(o) && strings.HasPrefix(text(o, "destinationCidrBlock"), "10.")
		}, reach.Route, "has no route to"},
		cut{"a route back", kind("aws:ec2/route:Route", "-route-data-apne2"), reach.Route, "has no route to"},
		cut{"the peering", kind("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering"), reach.Route, "does not exist"},
	)
}

// TestTwoClustersReachEachOther: both ways, and taking any one part away breaks
// the way and is named, that part and no other.
func TestTwoClustersReachEachOther(t *testing.T) {
	for _, name := range []string{"mesh-one-network", "mesh-two-networks", "mesh-sidecars-linked"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			seed(t, r, name)
			r.MustUp(r.Program(name))
			ways := reach.Ways(r.World())
			if len(ways) != 2 {
				t.Fatalf("%d ways, want one there and one back: %+v", len(ways), ways)
			}
			for _, w := range ways {
				if !w.Reaches {
					t.Errorf("%s does not reach %s: %+v", w.From, w.To, w.Broken())
				}
			}
			for _, c := range cuts(name == "mesh-one-network") {
				mustBreak(t, r, name, c)
			}
			mustTellRootsApart(t, r, name)
		})
	}
}

// mustBreak takes one object away in a copy of the world.
func mustBreak(t *testing.T, r *rig.Rig, name string, c cut) {
	t.Helper()
	w, gone := r.World().Fork(), ""
	if err := w.Tx(func(tx *world.Tx) error {
		found := tx.Find("", "", c.find)
		if len(found) == 0 {
			return fmt.Errorf("nothing is %s", c.sentence)
		}
		gone = found[0].ID
		tx.Delete(found[0].Key())
		if name := strings.TrimPrefix(found[0].Kind, "kube:gateway.networking.k8s.io/"); name == "v1/Gateway" {
			tx.Delete(world.Key{Kind: "kube:v1/Service", Scope: found[0].Scope, ID: found[0].ID}) // istiod's garbage collection
		}
		return nil
	}); err != nil {
		t.Error(err)
		return
	}
	way, ok := reach.Between(w, name+"-main", name+"-data")
	if !ok || way.Reaches {
		t.Errorf("without %s (%s) main still reaches data", c.sentence, gone)
		return
	}
	for _, s := range way.Broken() {
		if s.Part != c.part || !strings.Contains(s.Missing, c.said) {
			t.Errorf("without %s (%s) the report says %s: %s; want %s: …%s…", c.sentence, gone, s.Part, s.Missing, c.part, c.said)
		}
	}
}

// mustTellRootsApart: data trusts its own intermediate and not the root above it.
func mustTellRootsApart(t *testing.T, r *rig.Rig, name string) {
	t.Helper()
	w := r.World().Fork()
	if err := w.Tx(func(tx *world.Tx) error {
		secrets := tx.Find("kube:v1/Secret", "", func(o *world.Object) bool { return o.Name == "cacerts" && strings.Contains(o.URN, "mesh-data-ca") })
		if len(secrets) != 1 {
			return fmt.Errorf("%d secrets cacerts in data", len(secrets))
		}
		o := secrets[0].Clone()
		data := o.Attrs["data"].(map[string]any)
		data["root-cert.pem"] = data["ca-cert.pem"] // its own intermediate, as if it were a root
		o.Attrs["data"] = data
		tx.Put(o)
		return nil
	}); err != nil {
		t.Error(err)
		return
	}
	way, _ := reach.Between(w, name+"-main", name+"-data")
	broken := way.Broken()
	if len(broken) != 1 || broken[0].Part != reach.Root || !strings.Contains(broken[0].Missing, "did not sign for") {
		t.Errorf("with another root in data the report says %+v", broken)
	}
	if !slices.ContainsFunc(way.Steps, func(s reach.Step) bool { return s.Part == reach.Gateway && s.Missing == "" }) {
		t.Errorf("the gateway is not in the report: %+v", way.Steps)
	}
}
