package stacks

import (
	"slices"
	"strings"
	"time"

	clusterspec "github.com/ladder-platform/ladder/components/cluster/spec"
	edgespec "github.com/ladder-platform/ladder/components/edge/spec"
	meshspec "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/components/observability"
	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// istioEnds are last days of support that Istio announced; of a minor that is
// not here it has announced none. Source: facts/platform.json istio_releases,
// 2026-10-01.
var istioEnds = map[string]time.Time{"1.29": time.Date(2026, 10, 12, 0, 0, 0, 0, time.UTC)}

// onDemand is the price list's name of Linux instances.
const onDemand = "ec2_linux_on_demand"

// known is what the program knows of a cluster and no exporter says: dates,
// sizes and prices. It becomes series that alerts and dashboards read.
func known(cfg config.Stack, key string, rel release.Release) observability.Known {
	out := observability.Known{Support: supportEnds(cfg, key, rel), NodePrices: map[string]float64{}, PodAddresses: podAddresses(cfg, key)}
	c, net := cfg.Clusters[key], cfg.Networks[cfg.Clusters[key].Network].WithDefaults()
	for _, slot := range c.WithDefaults(net.HasPodSubnets()).Slots(net.Zones, rel.Name) {
		for _, t := range slot.InstanceTypes {
			if p, ok := facts.Price(cfg.Environment.Region, onDemand, t); ok {
				out.NodePrices[t] = p.USD
			}
		}
	}
	if cfg.Edge != nil && slices.Contains(cfg.EdgeClusters(), key) {
		out.Edge, out.ExternalDNS = true, hasExternalDNS(*cfg.Edge)
	}
	return out
}

func hasExternalDNS(e edgespec.Config) bool { return e.ExternalDNS != nil }

// supportEnds are the end of standard support of the control plane, after which
// it costs six times as much, and that of Istio.
func supportEnds(cfg config.Stack, key string, rel release.Release) []alerts.SupportEnd {
	var out []alerts.SupportEnd
	if v, ok := facts.EKSVersion(rel.Kubernetes.Version); ok {
		out = append(out, alerts.SupportEnd{Of: "kubernetes", Version: v.Minor, End: v.EndStandard})
	}
	if !slices.Contains(cfg.Meshes(), key) {
		return out
	}
	parts := strings.Split(rel.Charts[meshspec.ChartIstiod].Version, ".")
	if len(parts) < 2 {
		return out
	}
	minor := parts[0] + "." + parts[1]
	if end, announced := istioEnds[minor]; announced {
		out = append(out, alerts.SupportEnd{Of: "istio", Version: minor, End: end})
	}
	return out
}

// podAddresses are the addresses that the subnets of pods have, by zone: their
// own, or those of nodes. A network that exists already has sizes that only AWS
// knows.
func podAddresses(cfg config.Stack, key string) map[string]int {
	net := cfg.Networks[cfg.Clusters[key].Network].WithDefaults()
	layout, ok := net.Layout()
	if !ok {
		return nil
	}
	own := cfg.Clusters[key].WithDefaults(net.HasPodSubnets()).PodAddressing.Mode == clusterspec.PodsInPodSubnets
	out := map[string]int{}
	for _, zone := range layout.Zones {
		subnet := zone.Private
		if own {
			subnet = zone.Pod
		}
		out[zone.ID] = plan.Size(subnet) - plan.Reserved
	}
	return out
}
