package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const kindNode = "kube:v1/Node"

// Drain moves pods off nodes as kubectl drain and EKS do: see deps.Drain.
func (in *Inside) Drain(tx *world.Tx, endpoint string, d deps.Drain) (time.Duration, *deps.Blocked) {
	return in.open(tx, endpoint).drain(d)
}

func (a *api) drain(d deps.Drain) (time.Duration, *deps.Blocked) {
	for _, name := range d.Nodes {
		if n, there := a.tx.Get(world.Key{Kind: kindNode, Scope: a.scope, ID: name}); there {
			n.Attrs["unschedulable"] = true
			a.tx.Put(n)
		}
	}
	a.bind(a.schedule())
	var at time.Duration
	for batch := range slices.Chunk(d.Nodes, max(1, d.AtOnce)) {
		took, blocked := a.empty(batch, at, d)
		at += max(took, d.Each)
		if blocked != nil {
			return at, blocked
		}
		if d.Gone != nil {
			for _, name := range batch {
				d.Gone(name)
			}
			a.sample(at, d.URN, strings.Join(batch, ", ")+" gone", nil)
		}
	}
	return at, nil
}

// empty evicts round after round: what a budget keeps now may go when the
// replacements of those before are ready.
func (a *api) empty(batch []string, begin time.Duration, d deps.Drain) (took time.Duration, blocked *deps.Blocked) {
	for {
		evicted, round, left := a.evict(batch, begin+took, d)
		switch {
		case evicted == 0 && left == nil:
			return took, nil
		case evicted == 0, d.Limit > 0 && took >= d.Limit && left != nil:
			return max(took, d.Limit), left
		}
		took += round
	}
}

// evict asks once for every pod on the nodes. It returns how many went, how long
// it takes until those in their place are ready, and the first that had to stay.
func (a *api) evict(batch []string, at time.Duration, d deps.Drain) (evicted int, round time.Duration, left *deps.Blocked) {
	round = latencyRollout
	placements, work, budgets := a.schedule(), a.workloads(), a.budgets()
	ready := readyOf(placements)
	for _, w := range work {
		p := placements[w.key()]
		if w.daemon || !slices.ContainsFunc(p.nodes, func(n string) bool { return slices.Contains(batch, n) }) {
			continue
		}
		var stay []string
		before := evicted
		for _, n := range p.nodes {
			if !slices.Contains(batch, n) {
				stay = append(stay, n)
				continue
			}
			if kept := a.keeps(w, work, budgets, ready); kept != nil && !d.Forced {
				stay = append(stay, n)
				if left == nil {
					left = kept
				}
				continue
			}
			evicted++
			ready[w.key()] = max(0, ready[w.key()]-1)
		}
		p.nodes = stay
		round = max(round, a.replaced(w, evicted-before, at))
		if w.obj.Kind == "kube:v1/Pod" && len(stay) == 0 {
			a.tx.Delete(w.obj.Key()) // nobody makes it again
		}
	}
	if evicted == 0 {
		return 0, 0, left
	}
	a.bind(placements)
	a.sample(at, d.URN, fmt.Sprintf("evicted %d pods of %s", evicted, strings.Join(batch, ", ")), ready)
	a.reconcile()
	a.sample(at+round, d.URN, "replacements ready", nil)
	return evicted, round, left
}

// keeps says why a pod of the workload may not be evicted now; nil when it may.
func (a *api) keeps(w workload, work []workload, budgets []disruptionBudget, ready map[string]int) *deps.Blocked {
	var of []disruptionBudget
	for _, b := range budgets {
		if b.selects(w) {
			of = append(of, b)
		}
	}
	switch {
	case len(of) == 0:
		return nil
	case len(of) > 1:
		if !a.rules.On(ruleEvictionOne) {
			return nil
		}
		var names []string
		for _, b := range of {
			names = append(names, b.id)
		}
		both := strings.Join(names, ", ")
		return &deps.Blocked{Pod: w.obj.ID, Budget: both, Why: ruleEvictionOne.Errorf(both).Error()}
	}
	b, s := of[0], of[0].status(work, ready)
	unready := ready[w.key()] == 0 // the policy for unhealthy pods is IfHealthyBudget by default
	if s.Allowed > 0 || unready && (nested.Text(b.spec, "unhealthyPodEvictionPolicy") == "AlwaysAllow" || s.Healthy >= s.Wanted) || !a.rules.On(ruleEviction) {
		return nil
	}
	_, name := splitID(b.id)
	return &deps.Blocked{Pod: w.obj.ID, Budget: b.id, Why: ruleEviction.Errorf(name, s.Wanted, s.Healthy).Error()}
}
