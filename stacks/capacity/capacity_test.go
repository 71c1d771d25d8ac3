package capacity

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

var zones = []string{"a", "b", "c"}

// nodes is a cluster with one group of a type that leaves 1930m, 6935Mi and 20
// pods or so to what runs on a node.
func nodes(least, most int, change ...func(*cluster.Config)) cluster.Config {
	c := cluster.Config{NodeGroups: map[string]cluster.NodeGroup{
		"general": {NodeShape: cluster.NodeShape{InstanceTypes: []string{"m6i.large"}}, Min: least, Max: most},
	}, Storage: cluster.Storage{EBS: cluster.EBS{Disabled: true}}}
	for _, f := range change {
		f(&c)
	}
	return c.WithDefaults(false)
}

// replicas are a workload beside what the cluster itself runs.
func replicas(name string, replicas, cpu, memory int, volume bool) Workload {
	kind := Deployment
	if volume {
		kind = StatefulSet
	}
	return Workload{Namespace: "observability", Name: name, Kind: kind, Replicas: replicas, CPU: cpu, Memory: memory, Volume: volume}
}

func prove(c cluster.Config, more ...Workload) Proof {
	return Prove(Input{Key: "main", Zones: zones, Config: c, Observability: more})
}

func words(list finding.List) string {
	var out []string
	for _, f := range list {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestWhatDoesNotFitIsSaid(t *testing.T) {
	none := func(c *cluster.Config) { c.Autoscaler = cluster.AutoscalerNone }
	for sentence, c := range map[string]struct {
		config cluster.Config
		more   []Workload
		strict bool
		want   string
	}{
		"a cluster with room": {nodes(3, 6), nil, true, ""},
		"a pod that is larger than any node": {nodes(3, 6), []Workload{replicas("big", 1, 2000, 100, false)}, false,
			"clusters.main.nodeGroups: what the platform runs does not fit on all nodes that there may be: no place for observability/big; raise max or the instance types, or ask for less"},
		"a pod as large as a node without its agents": {nodes(3, 6), []Workload{replicas("big", 1, 1930-160, 100, false)}, false, ""},
		"a pod larger than that by a thousandth of a core": {nodes(3, 6), []Workload{replicas("big", 1, 1930-160+1, 100, false)}, false,
			"clusters.main.nodeGroups: what the platform runs does not fit on all nodes that there may be: no place for observability/big; raise max or the instance types, or ask for less"},
		"more pods than the largest number of nodes holds": {nodes(3, 3), []Workload{replicas("big", 5, 1500, 100, false)}, false,
			"clusters.main.nodeGroups: what the platform runs does not fit on all nodes that there may be: no place for observability/big (2 pods); raise max or the instance types, or ask for less"},
		"the same where the group may grow": {nodes(3, 9), []Workload{replicas("big", 5, 1500, 100, false)}, false, ""},
		"the same where nobody makes it grow": {nodes(3, 9, none), []Workload{replicas("big", 5, 1500, 100, false)}, false,
			"clusters.main.nodeGroups: what the platform runs does not fit on all nodes that there may be: no place for observability/big (2 pods); raise max or the instance types, or ask for less"},
		"what fits at once, and not without a zone before nodes are added, in a stage that may wait": {nodes(3, 9), []Workload{replicas("big", 3, 1500, 100, false)}, false, ""},
		"the same in one that may not": {nodes(3, 9), []Workload{replicas("big", 3, 1500, 100, false)}, true,
			"clusters.main.nodeGroups: with zone a lost, some of the 3 pods to move of what the platform runs find no place before the autoscaler has added a node: nothing may depend on that in prd; raise min, or the instance types\n" +
				"clusters.main.nodeGroups: with zone b lost, some of the 3 pods to move of what the platform runs find no place before the autoscaler has added a node: nothing may depend on that in prd; raise min, or the instance types\n" +
				"clusters.main.nodeGroups: with zone c lost, some of the 3 pods to move of what the platform runs find no place before the autoscaler has added a node: nothing may depend on that in prd; raise min, or the instance types"},
	} {
		t.Run(sentence, func(t *testing.T) {
			if diff := cmp.Diff(c.want, words(prove(c.config, c.more...).Findings("clusters.main", c.strict))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestDisksStayWhereTheyAre: a pod with a disk does not move; one of two must be left.
func TestDisksStayWhereTheyAre(t *testing.T) {
	p := prove(nodes(3, 3), replicas("store", 3, 100, 100, true))
	for _, f := range p.Lost {
		if diff := cmp.Diff([]string{"observability/store"}, f.Waiting); diff != "" || !f.Held() {
			t.Errorf("without %s: waiting (-want +got)\n%s, held %v", f.Lost, diff, f.Held())
		}
	}
	// Two nodes of three zones are full of something else: both disks come to the third.
	full := []Workload{replicas("wall", 2, 1600, 100, false), replicas("store", 2, 150, 90, true)}
	p = prove(nodes(3, 3), full...)
	said := words(p.Findings("clusters.main", true))
	if !strings.Contains(said, "nothing is left of observability/store") || p.Lost[0].Fits() {
		t.Errorf("findings %q", said)
	}
	if lenient := p.Findings("clusters.main", false); len(lenient) > 0 {
		t.Errorf("a stage that may wait: %v", lenient)
	}
}

// TestSurvivorsStay: only the pods of the lost zone look for places.
func TestSurvivorsStay(t *testing.T) {
	p := prove(nodes(3, 3), replicas("web", 3, 100, 100, false))
	sum := 0
	for _, f := range p.Lost {
		sum += f.Moved
	}
	all := 0
	for _, w := range p.Workloads {
		all += w.Replicas
	}
	if sum != all {
		t.Errorf("%d pods move in all, and there are %d: each is in one zone", sum, all)
	}
}

func TestNodesThatTakeNoOrdinaryPods(t *testing.T) {
	for sentence, c := range map[string]struct {
		change func(*cluster.Config)
		want   bool
	}{
		"a taint that refuses":      {func(c *cluster.Config) { taint(c, "NoSchedule") }, false},
		"a taint that only prefers": {func(c *cluster.Config) { taint(c, "PreferNoSchedule") }, true},
		"no taint":                  {func(*cluster.Config) {}, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			if got := prove(nodes(3, 3, c.change)).Whole.Fits(); got != c.want {
				t.Errorf("fits %v, want %v", got, c.want)
			}
		})
	}
}

func taint(c *cluster.Config, effect string) {
	g := c.NodeGroups["general"]
	g.Taints = []cluster.Taint{{Key: "only", Effect: effect}}
	c.NodeGroups["general"] = g
}

// TestKarpenterMakesNodes: a pool has none at first, and as many as its limit allows.
func TestKarpenterMakesNodes(t *testing.T) {
	pool := func(limit int) func(*cluster.Config) {
		return func(c *cluster.Config) {
			c.Autoscaler, c.Karpenter = cluster.AutoscalerKarpenter, &cluster.Karpenter{NodePools: map[string]cluster.NodePool{"web": {InstanceTypes: []string{"m6i.large"}, CPULimit: limit}}}
		}
	}
	big := replicas("big", 4, 1500, 100, false)
	if p := prove(nodes(3, 3, pool(2)), big); p.Whole.Fits() {
		t.Error("one node of the pool is enough for two pods")
	}
	p := prove(nodes(3, 3, pool(16)), big)
	if !p.Whole.Fits() || p.Whole.Added == 0 {
		t.Errorf("fits %v with %d nodes added", p.Whole.Fits(), p.Whole.Added)
	}
}

// TestAnUnknownTypeProvesNothing: neither that it fits nor that it does not.
func TestAnUnknownTypeProvesNothing(t *testing.T) {
	p := prove(nodes(3, 3, func(c *cluster.Config) {
		g := c.NodeGroups["general"]
		g.InstanceTypes = []string{"x99.large"}
		c.NodeGroups["general"] = g
	}))
	if diff := cmp.Diff([]string{"x99.large"}, p.Unknown()); diff != "" || len(p.Findings("clusters.main", true)) > 0 {
		t.Errorf("%s, findings %v", diff, p.Findings("clusters.main", true))
	}
}

// TestTheListFollowsTheMesh: what the mesh runs depends on its data plane.
func TestTheListFollowsTheMesh(t *testing.T) {
	for sentence, c := range map[string]struct {
		config mesh.Config
		want   []string
	}{
		"ambient": {mesh.Config{Gateways: map[string]mesh.Gateway{"application": {}}},
			[]string{"istio-egress/egress", "istio-ingress/gateway-application", "istio-system/istio-cni-node", "istio-system/istiod", "istio-system/ztunnel"}},
		"sidecars": {mesh.Config{DataPlane: mesh.Sidecar},
			[]string{"istio-egress/istio-egressgateway", "istio-system/istio-cni-node", "istio-system/istiod"}},
		"two control planes": {mesh.Config{DataPlane: mesh.Sidecar, Egress: mesh.AllowAny, Revisions: map[string]mesh.Revision{"old": {}, "new": {}}},
			[]string{"istio-system/istio-cni-node", "istio-system/istiod-new", "istio-system/istiod-old"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			own, _ := c.config.For("main")
			var got []string
			for _, w := range Workloads(Input{Key: "main", Zones: zones, Config: nodes(3, 3), Mesh: &own}) {
				if w.Part == PartMesh {
					got = append(got, w.ID())
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTheTableSaysWhatHappens(t *testing.T) {
	var b strings.Builder
	if err := prove(nodes(3, 9), replicas("big", 3, 1500, 100, false)).Table(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"general-main  m6i.large  3 to 9  1930m",
		"observability  observability/big", "every zone: fits\n", "without a: 3 pods to move, fits once a node more is there\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
