package report

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUnavoidableTakesTheSlowestOfEachLeg(t *testing.T) {
	minute := time.Minute
	ops := []Operation{
		op(networkURN, "aws:ec2/natGateway:NatGateway", "nat", "create", 0, 2*minute),
		op(clusterURN, "aws:eks/cluster:Cluster", "eks", "create", 0, 9*minute),
		op(clusterURN, "aws:eks/addon:Addon", "cluster-main-addon-vpc-cni", "create", 9*minute, 1*minute),
		op(clusterURN, "aws:eks/addon:Addon", "cluster-main-addon-eks-pod-identity-agent", "create", 9*minute, 30*time.Second),
		op(clusterURN, "aws:eks/nodeGroup:NodeGroup", "a", "create", 10*minute, 2*minute),
		op(clusterURN, "aws:eks/nodeGroup:NodeGroup", "b", "create", 10*minute, 3*minute),
		op(clusterURN, "aws:eks/addon:Addon", "cluster-main-addon-coredns", "create", 13*minute, 1*minute),
		op(clusterURN, "aws:eks/addon:Addon", "cluster-main-addon-old", "delete", 13*minute, 50*minute),
	}
	if got := Unavoidable(ops).Total; got != 14*minute {
		t.Errorf("the chain is %s, want 14m", got)
	}
	for name, takes := range map[string]time.Duration{
		"mesh-two-parts-istio-base": 1, "mesh-two-parts-istiod-1-30-2": 2, "mesh-two-parts-istio-cni": 3, "mesh-two-parts-ztunnel": 4,
		"mesh-two-parts-gateway-application": 5, "mesh-two-parts-gateway-management": 4, "edge-main-controller": 90,
	} {
		ops = append(ops, op(clusterURN, "kubernetes:helm.sh/v3:Release", name, "create", 14*minute, takes*minute))
	}
	ops = append(ops, op(networkURN, "aws:route53/record:Record", "edge-name-shop.example.com", "create", 29*minute, minute))
	if got := Unavoidable(ops); got.Total != 30*minute || len(got.Legs) != 6 {
		t.Errorf("with a mesh the chain is %s in %d legs, want 30m in 6", got.Total, len(got.Legs))
	}
	stored := append(slices.Clone(ops), op(networkURN, "aws:opensearch/domain:Domain", "search", "create", 0, 30*minute),
		op(clusterURN, "kubernetes:batch/v1:Job", "observability-main-stores-setup", "create", 30*minute, minute))
	if got := Unavoidable(stored); got.Total != 30*minute+minute+90*minute || got.Legs[0].What != "managed store" {
		t.Errorf("with a store the chain is %s beginning with %q", got.Total, got.Legs[0].What)
	}
	ops = ops[:8]
	ops[0].Latency = 12 * minute // a network slower than the control plane is the chain's first leg
	if got := Unavoidable(ops); got.Total != 17*minute || got.Legs[0].What != "network" {
		t.Errorf("got %s beginning with %q, want 17m beginning with network", got.Total, got.Legs[0].What)
	}
}

func TestWriteTimeShowsPathChainAndRatio(t *testing.T) {
	r := dev("preview", "create")
	var b strings.Builder
	WriteTime(&b, Time(r))
	for _, want := range []string{
		"A first up of dev takes about 10m01s on AWS",
		"00:04  +9m00s   EKS control plane cluster-main-eks\n",
		"9m00s   in all; the path is 1.11 times that",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
}
