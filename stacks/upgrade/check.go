package upgrade

import (
	"fmt"
	"maps"
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/release"
)

// check collects what speaks against the climb: rungs, support, addresses,
// what the new release lacks, and what nobody has verified.
func (p *planner) check() {
	in, f := p.in, &p.out.Findings
	if !slices.Contains(in.To.From, in.From.Name) {
		f.Add("release", fmt.Sprintf("take one rung at a time: ladder plan %s --to %s prints all of them", in.Name, in.To.Name),
			"release %q is not reached from %q in one step", in.To.Name, in.From.Name)
	}
	f.Join("release", release.CheckRung(in.From, in.To))
	f.Join("", in.To.Support("release", in.Now))
	for _, key := range sortedKeys(in.Stack.Networks) {
		proof, found := in.Stack.Networks[key].Headroom("networks."+key, in.Stack.Demand(key), false)
		p.proofs[key] = proof
		f.Join("", found)
	}
	taking := p.clusters()
	for _, key := range sortedKeys(in.Stack.Clusters) {
		if !slices.Contains(taking, key) {
			p.stays(key)
			continue
		}
		c := p.config(key)
		f.Join("", c.CheckRelease("clusters."+key, in.To.ForCluster(), p.slotReleases(c)))
		p.doubtful(key, c)
	}
}

// slotReleases are the releases that slots name, by name.
func (p *planner) slotReleases(c cluster.Config) map[string]cluster.Release {
	out := map[string]cluster.Release{p.in.From.Name: p.in.From.ForCluster()}
	for _, s := range c.Slots(nil, p.in.To.Name) {
		if r, err := release.Find(s.Release); err == nil { // a name that is in no catalogue is CheckRelease's finding
			out[s.Release] = r.ForCluster()
		}
	}
	return out
}

// stays is a cluster that does not take part.
func (p *planner) stays(key string) {
	at, f := "clusters."+key+".release", &p.out.Findings
	switch runs := p.in.Stack.ClusterRelease(key); runs {
	case p.in.To.Name:
	case p.in.From.Name:
		f.Warn(at, "remove it after the climb and plan again, or leave it one release behind",
			"the cluster is held on release %q and does not climb", runs)
	default:
		f.Add(at, fmt.Sprintf("bring it to %q first", p.in.From.Name),
			"the cluster is held on release %q, and would be two or more behind the stack's %q", runs, p.in.To.Name)
	}
}

// doubtful are versions that this configuration takes from the new release and
// that nobody has verified. A warning: AWS itself refuses a build that it does
// not offer, before anything moves.
func (p *planner) doubtful(key string, c cluster.Config) {
	f, was, now := &p.out.Findings, p.in.From, p.in.To
	for _, name := range c.NeededAddons() {
		pin := now.Addons[name]
		if c.Addons[name].Version != "" || pin.Confidence != facts.Low || was.Addons[name].Version == pin.Version {
			continue
		}
		f.Warn("clusters."+key+".addons."+name, "ask: "+p.aws("describe-addon-versions --kubernetes-version %s --addon-name %s --query 'addons[].addonVersions[].addonVersion'", now.Kubernetes.Version, name)+
			"; pin another build there if it is not listed",
			"version %s of release %q is of low confidence (%s)", pin.Version, now.Name, pin.Source)
	}
	families := map[string]bool{}
	for _, s := range c.Slots(nil, now.Name) {
		families[s.AMIFamily] = true
	}
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if pin := now.AMIs[name]; pin.Confidence == facts.Low && c.AMIVersion(now.ForCluster(), name) == pin.Version {
			f.Warn("clusters."+key+".nodeGroups", "look the release up in the change log of "+name+" before the climb; pin another one in clusters."+key+".amis."+name+".version",
				"node image %s %s of release %q is of low confidence (%s)", name, pin.Version, now.Name, pin.Source)
		}
	}
	for _, name := range c.NeededCharts() {
		if chart := now.Charts[name]; chart.Confidence == facts.Low {
			f.Warn("clusters."+key, "look the chart's version up in its repository before the climb",
				"chart %s %s of release %q is of low confidence (%s)", name, chart.Version, now.Name, chart.Source)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
