package upgrade

import (
	"fmt"
	"regexp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Back is the way back from the new release.
type Back struct {
	// Text says what goes back, and until when.
	Text string `json:"text"`
	// WindowDays after the control plane's upgrade; 0 means that it does not change.
	WindowDays int `json:"windowDays"`
	// Parts say of each thing of the new release whether it works on the older minor.
	Parts []BackPart `json:"parts"`
}

// Verdicts on a part of the new release on the older control plane.
const (
	Works     = "works"
	First     = "must go back first"
	Unknown   = "not known"
	kubeletUp = "a kubelet must not be newer than its API server (Kubernetes version skew policy)"
	proxyUp   = "kube-proxy must not be newer than the API server (Kubernetes version skew policy)"
)

// BackPart is one of them.
type BackPart struct {
	Cluster string `json:"cluster"`
	What    string `json:"what"`
	Version string `json:"version"`
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// back is the way back to the older release. Source: EKS user guide, "Roll
// back a cluster's Kubernetes version" (facts, eks_rules, high): one minor,
// within seven days, without nodes, add-ons, workloads and etcd's data.
func (p *planner) back() Back {
	was, now := p.in.From.Kubernetes.Version, p.in.To.Kubernetes.Version
	if was == now {
		return Back{Text: "the control plane does not change; add-ons are pinned back in the stack file, nodes need a new slot on the old release", Parts: []BackPart{}}
	}
	out := Back{WindowDays: windowDays, Parts: []BackPart{}, Text: fmt.Sprintf(
		"EKS takes the control plane back from %s to %s within %d days of its upgrade. It takes back neither nodes nor add-ons nor what is stored in etcd: what must go back first goes back first.", now, was, windowDays)}
	for _, key := range p.clusters() {
		c := p.config(key)
		for _, name := range sortedKeys(c.NodeGroups) {
			out.Parts = append(out.Parts, BackPart{key, "node group " + name, now, First,
				kubeletUp + "; EKS takes no group back in place: a slot with release " + quote(p.in.From.Name) + " takes the pods"})
		}
		if c.Autoscaler == cluster.AutoscalerKarpenter {
			out.Parts = append(out.Parts, BackPart{key, "nodes of Karpenter", now, First, kubeletUp})
		}
		for _, name := range c.NeededAddons() {
			out.Parts = append(out.Parts, p.addonBack(key, c, name))
		}
		for _, name := range c.NeededCharts() {
			out.Parts = append(out.Parts, p.chartBack(key, name))
		}
	}
	return out
}

func (p *planner) addonBack(key string, c cluster.Config, name string) BackPart {
	minor := p.in.From.Kubernetes.Version
	was, now := c.AddonVersion(p.in.From.ForCluster(), name), c.AddonVersion(p.in.To.ForCluster(), name)
	part := BackPart{Cluster: key, What: "add-on " + name, Version: now}
	build, ok := release.ParseBuild(now)
	seen, source := seenOn(name, now, minor)
	switch {
	case name == cluster.AddonKubeProxy && ok && build.Minor() != minor:
		part.Verdict, part.Why = First, proxyUp+"; back to "+was
	case was == now:
		part.Verdict, part.Why = Works, "release "+quote(p.in.From.Name)+" has the same build"
	case seen:
		part.Verdict, part.Why = Works, "seen with Kubernetes "+minor+" ("+source+")"
	default:
		part.Verdict = Unknown
		part.Why = "ask: " + p.aws("describe-addon-versions --kubernetes-version %s --addon-name %s", minor, name)
	}
	return part
}

var minors = regexp.MustCompile(`^1\.([0-9]+)(?:-1\.([0-9]+))?`)

// seenOn says whether the facts saw a build on a minor, and where.
func seenOn(addon, version, minor string) (bool, string) {
	n, ok := facts.MinorNumber(minor)
	for _, b := range facts.AddonBuilds(addon) {
		m := minors.FindStringSubmatch(b.Kubernetes)
		if !ok || b.Version != version || m == nil {
			continue
		}
		low, _ := facts.MinorNumber("1." + m[1])
		high, ranged := facts.MinorNumber("1." + m[2])
		if !ranged {
			high = low
		}
		if n >= low && n <= high {
			return true, b.Source
		}
	}
	return false, ""
}

func (p *planner) chartBack(key, name string) BackPart {
	minor := p.in.From.Kubernetes.Version
	part := BackPart{Cluster: key, What: "chart " + name, Version: chartVersion(p.in.To, name)}
	why, bound := p.in.To.Refuses(name, minor)
	switch {
	case why != "":
		part.Verdict, part.Why = First, why
	case chartVersion(p.in.From, name) == part.Version:
		part.Verdict, part.Why = Works, "release "+quote(p.in.From.Name)+" has the same version"
	case name == cluster.ChartAutoscaler:
		part.Verdict, part.Why = First, "the autoscaler simulates the scheduler of its own minor (cluster-autoscaler README, Releases)"
	case name == cluster.ChartKarpenterCRD:
		part.Verdict, part.Why = Works, "definitions stay; going back can lose fields"
	case bound:
		part.Verdict, part.Why = Works, "it supports Kubernetes "+minor
	default:
		part.Verdict, part.Why = Unknown, "the chart says nothing of Kubernetes versions"
	}
	return part
}
