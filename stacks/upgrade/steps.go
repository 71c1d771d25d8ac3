package upgrade

import (
	"fmt"
	"slices"
	"strings"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/release"
)

// windowDays is how long EKS takes a control plane back to its earlier minor.
// Source: EKS user guide, "Roll back a cluster's Kubernetes version" (facts,
// eks_rules, high).
const windowDays = 7

func (p *planner) controlPlane(key string) Step {
	return Step{
		Phase: PhaseControlPlane, Cluster: key, What: "control plane", Resources: []string{p.id(key, "eks-eksCluster")},
		From: p.in.From.Kubernetes.Version, To: p.in.To.Kubernetes.Version, How: "in place", Disruption: Brief,
		Effect:    "API servers are exchanged one by one: kubectl and controllers may lose a connection and repeat; pods run on",
		Span:      measured(facts.LatencyClusterUpgrade, 1, 1),
		Addresses: p.addresses(key, "control plane upgrade"),
		Check: []string{
			p.aws("describe-cluster --name %s --query 'cluster.[version,status,health.issues]'", p.name(key)),
			"kubectl get --raw '/readyz?verbose' | tail -1",
			"kubectl get nodes   # all Ready, still on " + p.in.From.Kubernetes.Version,
		},
		Back: fmt.Sprintf("EKS takes it back to %s for %d days, while every node is still on %s and the add-ons bear it (see the way back)",
			p.in.From.Kubernetes.Version, windowDays, p.in.From.Kubernetes.Version),
	}
}

// effects of the update of an add-on, which rolls its own pods only. Sources:
// EKS user guide, pages of the add-ons; the projects' documents, read 2026-11.
var effects = map[string]struct {
	class Disruption
	text  string
}{
	cluster.AddonVPCCNI:         {Brief, "aws-node restarts node by node: running pods keep their addresses, new pods on that node wait for seconds"},
	cluster.AddonPodIdentity:    {Brief, "the agent restarts node by node: credentials that were handed out stay valid, a renewal is repeated"},
	cluster.AddonKubeProxy:      {Brief, "kube-proxy restarts node by node: rules stay in place, new endpoints are seen seconds later"},
	cluster.AddonCoreDNS:        {Brief, "replicas are exchanged one by one; a query may be repeated"},
	cluster.AddonMetricsServer:  {Brief, "kubectl top and HorizontalPodAutoscalers see no new figures for about a minute"},
	cluster.AddonNodeMonitoring: {None, "node health is reported a little later"},
	cluster.AddonEBS:            {Brief, "attaching and detaching volumes waits for the new controller; mounted volumes work on"},
	cluster.AddonEFS:            {Brief, "new mounts on a node wait for its driver; mounted file systems work on"},
	cluster.AddonSnapshots:      {None, "new snapshots wait for the controller"},
}

// AddonEffect is what an update of an add-on does to what runs; ok is false for
// one that the platform does not know.
func AddonEffect(name string) (class Disruption, effect string, ok bool) {
	e, ok := effects[name]
	return e.class, e.text, ok
}

// prerequisites come before the nodes (docs/adr/0006-addon-order.md).
var prerequisites = map[string]bool{cluster.AddonVPCCNI: true, cluster.AddonPodIdentity: true}

func (p *planner) addon(key string, c cluster.Config, name string) (Step, bool) {
	was, now := c.AddonVersion(p.in.From.ForCluster(), name), c.AddonVersion(p.in.To.ForCluster(), name)
	if was == now {
		return Step{}, false
	}
	s := Step{
		Phase: PhaseAddons, Cluster: key, What: "add-on " + name, Resources: []string{p.id(key, "addon-"+name)},
		From: was, To: now, How: "in place", Disruption: effects[name].class, Effect: effects[name].text,
		Span: measured(facts.LatencyAddon, 1, 1),
		Check: []string{p.aws("describe-addon --cluster-name %s --addon-name %s --query 'addon.[addonVersion,status,health.issues]'", p.name(key), name),
			"kubectl -n kube-system get pods | grep -v -e Running -e Completed"},
		Back: fmt.Sprintf("pin clusters.%s.addons.%s.version: %s and run up", key, name, was),
	}
	if prerequisites[name] {
		s.Phase = PhasePrerequisite
	}
	if name == cluster.AddonKubeProxy && p.in.From.Kubernetes.Version != p.in.To.Kubernetes.Version {
		s.Back += "; needed before the control plane goes back, as kube-proxy must not be newer"
	}
	return s, true
}

// charts are CRD sets, each before what uses it, then charts, then the nodes
// that Karpenter owns.
func (p *planner) charts(key string, c cluster.Config) []Step {
	var crds, charts []Step
	for _, name := range sortedKeys(p.in.To.CRDs) {
		if s, changed := p.crds(key, c, name); changed {
			crds = append(crds, s)
		}
	}
	for _, name := range c.NeededCharts() {
		if s, changed := p.chart(key, name); changed && name != cluster.ChartKarpenterCRD {
			charts = append(charts, s)
		}
	}
	out := append(crds, charts...)
	out = append(out, p.mesh(key)...)
	out = append(out, p.edge(key)...)
	out = append(out, p.observability(key)...)
	if s, changed := p.karpenterNodes(key, c); changed {
		out = append(out, s)
	}
	return out
}

func (p *planner) crds(key string, c cluster.Config, name string) (Step, bool) {
	set := p.in.To.CRDs[name]
	s := Step{Phase: PhaseCRDs, Cluster: key, What: "CRD set " + name, How: "in place", Disruption: None,
		Effect: "objects of these kinds are kept", Back: "not needed: the new definitions serve the old objects; going back can lose fields"}
	s.Check = []string{"kubectl api-resources | grep -E '" + strings.Join(set.Kinds, "|") + "'"}
	switch {
	case set.Chart != "" && slices.Contains(c.NeededCharts(), set.Chart):
		s.From, s.To = p.in.From.Charts[set.Chart].Version, p.in.To.Charts[set.Chart].Version
		s.Effect += "; with chart " + set.Chart
		s.Resources = []string{p.id(key, set.Chart)}
	case set.Addon != "" && slices.Contains(c.NeededAddons(), set.Addon):
		s.From, s.To = c.AddonVersion(p.in.From.ForCluster(), set.Addon), c.AddonVersion(p.in.To.ForCluster(), set.Addon)
		s.Effect += "; with add-on " + set.Addon
		s.Resources = []string{p.id(key, "addon-"+set.Addon)}
	}
	return s, s.From != s.To
}

// chartHome is where the program puts a chart, and what people notice of its upgrade.
var chartHome = map[string]struct{ namespace, effect string }{
	cluster.ChartAutoscaler:      {"kube-system", "no node is added or taken away for about a minute"},
	cluster.ChartKarpenter:       {"kube-system", "no node is added or taken away for about a minute"},
	cluster.ChartExternalSecrets: {"external-secrets", "secrets are refreshed a little later; those that exist stay"},
}

func (p *planner) chart(key, name string) (Step, bool) {
	was, now := chartVersion(p.in.From, name), chartVersion(p.in.To, name)
	home := chartHome[name]
	return Step{
		Phase: PhaseCharts, Cluster: key, What: "chart " + name, Resources: []string{p.id(key, name)},
		From: was, To: now, How: "in place", Disruption: Brief, Effect: home.effect,
		Check: []string{fmt.Sprintf("helm -n %s history %s --max 2", home.namespace, name), fmt.Sprintf("kubectl -n %s get deployments", home.namespace)},
		Back:  fmt.Sprintf("helm -n %s rollback %s, then set the old version in the release or the next up puts the new one back", home.namespace, name),
	}, was != now
}

// chartVersion is the chart's, and the image's where the release pins it apart.
func chartVersion(r release.Release, name string) string {
	v := r.Charts[name].Version
	if name == cluster.ChartAutoscaler {
		v += ", image " + r.Images[release.ImageAutoscaler].Version
	}
	return v
}

func (p *planner) karpenterNodes(key string, c cluster.Config) (Step, bool) {
	if c.Autoscaler != cluster.AutoscalerKarpenter || c.Karpenter == nil {
		return Step{}, false
	}
	s := Step{
		Phase: PhaseKarpenter, Cluster: key, What: "nodes of Karpenter", How: "replaced as drifted, within each pool's disruption budget",
		Disruption: PodsMove, Effect: "pods of drifted nodes are evicted, budgets respected; the run waits until every node is on the new release",
		Check: []string{"kubectl get nodeclaims -o wide", "kubectl get nodes -L ladder/release", "kubectl get pods -A --field-selector=status.phase=Pending"},
		Back:  "name the old release's image in the node class: Karpenter replaces the nodes again",
	}
	for _, pool := range sortedKeys(c.Karpenter.NodePools) {
		s.Resources = append(s.Resources, p.id(key, "nodeclass-"+pool), p.id(key, "nodepool-"+pool))
	}
	s.Resources = append(s.Resources, p.id(key, "node-release"))
	for _, pool := range sortedKeys(c.Karpenter.NodePools) {
		family := c.Karpenter.NodePools[pool].AMIFamily
		if family == "" {
			family = cluster.FamilyAL2023
		}
		s.From, s.To = c.AMIVersion(p.in.From.ForCluster(), family), c.AMIVersion(p.in.To.ForCluster(), family)
		if s.From != s.To {
			break
		}
	}
	return s, p.in.From.Name != p.in.To.Name // the nodes carry the release as a label
}
