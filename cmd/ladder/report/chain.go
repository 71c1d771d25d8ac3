package report

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Leg is one part of the chain that no first up can be shorter than.
type Leg struct {
	What string        `json:"what"`
	Time time.Duration `json:"timeNs"`
}

// Chain is the unavoidable chain of a first up:
// network ∥ control plane → vpc-cni and Pod Identity agent → node group → other
// add-ons → the mesh's charts in Istio's order → the name of what they serve; or
// a managed store → its setup → a chart that uses it, if that is longer.
type Chain struct {
	Legs  []Leg         `json:"legs"`
	Total time.Duration `json:"totalNs"`
}

// Unavoidable sums the slowest operation of each leg. Of the network only the
// slowest operation counts, because its NAT gateways are made while the control
// plane is; what AWS makes in seconds (roles, rules, subnets) is left out, so
// the chain is a lower bound.
func Unavoidable(ops []Operation) Chain {
	first, nodes, network := Leg{What: "control plane"}, Leg{What: "node group"}, Leg{What: "network"}
	before, after := Leg{What: "vpc-cni and Pod Identity agent"}, Leg{What: "other add-ons"}
	mesh, name := Leg{What: "mesh: base, istiod, CNI, ztunnel, a gateway"}, Leg{What: "name of an entrance"}
	store, setup, chart := Leg{What: "managed store"}, Leg{What: "setup of the store"}, Leg{What: "chart that uses the store"}
	charts := map[string]time.Duration{}
	for _, op := range ops {
		switch {
		case op.Op != "create":
		case op.Type == "aws:eks/cluster:Cluster":
			first.Time = max(first.Time, op.Latency)
		case op.Type == "aws:eks/nodeGroup:NodeGroup":
			nodes.Time = max(nodes.Time, op.Latency)
		case op.Type == "aws:eks/addon:Addon" && (strings.Contains(op.Name, "vpc-cni") || strings.Contains(op.Name, "pod-identity")):
			before.Time = max(before.Time, op.Latency)
		case op.Type == "aws:eks/addon:Addon":
			after.Time = max(after.Time, op.Latency)
		case strings.HasPrefix(op.Type, "aws:ec2/"):
			network.Time = max(network.Time, op.Latency)
		case op.Type == "kubernetes:helm.sh/v3:Release":
			if part := meshPart(op.Name); part != "" {
				charts[part] = max(charts[part], op.Latency)
			}
			chart.Time = max(chart.Time, op.Latency)
		case op.Type == "aws:opensearch/domain:Domain", op.Type == "aws:msk/cluster:Cluster":
			store.Time = max(store.Time, op.Latency)
		case op.Type == "kubernetes:batch/v1:Job" && strings.HasSuffix(op.Name, "-setup"):
			setup.Time = max(setup.Time, op.Latency)
		case op.Type == "aws:route53/record:Record" && strings.Contains(op.Name, "-name-"):
			name.Time = max(name.Time, op.Latency)
		}
	}
	for _, latency := range charts {
		mesh.Time += latency
	}
	if network.Time > first.Time {
		first = network
	}
	c := chainOf(first, before, nodes, after, mesh, name)
	if stored := chainOf(store, setup, chart); store.Time > 0 && stored.Total > c.Total {
		return stored
	}
	return c
}

// chainOf leaves out what a stack has not.
func chainOf(legs ...Leg) Chain {
	c := Chain{Legs: []Leg{}}
	for _, l := range legs {
		if l.Time > 0 {
			c.Legs, c.Total = append(c.Legs, l), c.Total+l.Time
		}
	}
	return c
}

// meshPart is which link of Istio's order of installation a release is; empty
// for another chart. Gateways are one link: they do not wait for each other.
func meshPart(name string) string {
	_, part, ok := strings.Cut(strings.TrimPrefix(name, "mesh-"), "-") // mesh-CLUSTER-PART
	if !ok || !strings.HasPrefix(name, "mesh-") {
		return ""
	}
	for _, link := range []string{"istio-base", "istiod", "istio-cni", "ztunnel", "gateway"} {
		if strings.HasSuffix(part, link) || strings.Contains(part, link+"-") {
			return link
		}
	}
	return ""
}

// TimeReport is the answer of plan time.
type TimeReport struct {
	Stack    string        `json:"stack"`
	Makespan time.Duration `json:"makespanNs"`
	Path     []Operation   `json:"path"`
	Chain    Chain         `json:"chain"`
	// Ratio is Makespan over Chain.Total, 0 when the stack has no cluster.
	Ratio float64 `json:"ratio"`
}

// Time makes the report of a run's critical path.
func Time(r Report) TimeReport {
	byURN := r.byURN()
	t := TimeReport{Stack: r.Stack, Makespan: r.Makespan, Chain: Unavoidable(r.Operations), Path: []Operation{}}
	for _, urn := range r.Critical {
		if op, ok := byURN[urn]; ok {
			t.Path = append(t.Path, op)
		}
	}
	if t.Chain.Total > 0 {
		t.Ratio = float64(t.Makespan) / float64(t.Chain.Total)
	}
	return t
}

// WriteTime prints the critical path for a person.
func WriteTime(w io.Writer, t TimeReport) {
	fmt.Fprintf(w, "A first up of %s takes about %s on AWS (virtual time). Its critical path:\n", t.Stack, Duration(t.Makespan))
	for _, op := range t.Path {
		if op.Latency > 0 {
			fmt.Fprintf(w, "  %s  +%-7s %s %s\n", clock(op.Start), Duration(op.Latency), Kind(op.Type), op.Name)
		}
	}
	fmt.Fprintf(w, "\nUnavoidable chain:\n")
	for _, l := range t.Chain.Legs {
		fmt.Fprintf(w, "  %-7s %s\n", Duration(l.Time), l.What)
	}
	fmt.Fprintf(w, "  %-7s in all; the path is %.2f times that\n", Duration(t.Chain.Total), t.Ratio)
}
