package reach

import (
	"sort"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Parts of a way, in the order in which a packet or a question meets them.
const (
	Network       = "network"
	Secret        = "secret"
	Root          = "root"
	Gateway       = "gateway"
	Route         = "route"
	SecurityGroup = "security group"
)

// Step is one thing that a way needs.
type Step struct {
	// Part is one of the constants above.
	Part string `json:"part"`
	// What it is for, for example "the API server of prd-data".
	What string `json:"what"`
	// Missing says what is not there; "" when all is.
	Missing string `json:"missing,omitempty"`
}

// Way leads from one cluster to another.
type Way struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Reaches is true when no step misses anything.
	Reaches bool   `json:"reaches"`
	Steps   []Step `json:"steps"`
}

// Broken are the steps that miss something.
func (w Way) Broken() []Step {
	var out []Step
	for _, s := range w.Steps {
		if s.Missing != "" {
			out = append(out, s)
		}
	}
	return out
}

// Ways are those between any two clusters that have a mesh and that something
// links: a remote secret in one of them names the other.
func Ways(w *world.World) []Way {
	var out []Way
	w.View(func(tx *world.Tx) {
		clusters := clustersOf(tx)
		for _, from := range clusters {
			for _, to := range clusters {
				if from.name != to.name && (from.knows(to) || to.knows(from)) {
					out = append(out, between(from, to))
				}
			}
		}
	})
	sort.Slice(out, func(i, j int) bool {
		return out[i].From+" "+out[i].To < out[j].From+" "+out[j].To
	})
	return out
}

// Between is the way from one cluster to another by their names, linked or not;
// false when one of them is not there.
func Between(w *world.World, from, to string) (Way, bool) {
	var out Way
	found := false
	w.View(func(tx *world.Tx) {
		byName := map[string]*cluster{}
		for _, c := range clustersOf(tx) {
			byName[c.name] = c
		}
		if a, b := byName[from], byName[to]; a != nil && b != nil {
			out, found = between(a, b), true
		}
	})
	return out, found
}

func between(from, to *cluster) Way {
	w := Way{From: from.name, To: to.name}
	add := func(part, what, missing string) { w.Steps = append(w.Steps, Step{part, what, missing}) }
	add(Network, "mesh networks", networks(from, to))
	add(Secret, "the question who runs in "+to.name, remoteSecret(from, to))
	add(Root, "certificates of "+to.name+" in "+from.name, trusts(from, to))
	add(Root, "certificates of "+from.name+" in "+to.name, trusts(to, from))
	door, missing := to.door()
	add(Gateway, "the way into "+to.name, missing)
	targets := to.controlPlaneSubnets()
	if missing == "" {
		targets = append(targets, door.subnets()...)
	}
	add(Route, "packets to "+to.name, from.routesTo(to, targets))
	add(Route, "answers to "+from.name, to.routesBack(from, targets))
	add(SecurityGroup, "the API server of "+to.name, to.admits(to.group, from, apiPort))
	if missing == "" {
		add(SecurityGroup, "the load balancer of "+to.name, door.admits(from))
		add(SecurityGroup, "nodes of "+to.name, door.reachesNodes(to))
	}
	w.Reaches = len(w.Broken()) == 0
	return w
}

// apiPort is the port of every EKS API server.
const apiPort = 443

// networks: clusters of one mesh network would be sent to by address.
func networks(from, to *cluster) string {
	switch {
	case from.network == "":
		return "namespace istio-system of " + from.name + " has no label topology.istio.io/network"
	case to.network == "":
		return "namespace istio-system of " + to.name + " has no label topology.istio.io/network"
	case from.network == to.network:
		return "both are on mesh network " + to.network + ", so that istiod sends to pods and not to the gateway"
	}
	return ""
}
