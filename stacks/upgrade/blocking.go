package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Blocking says which budgets stop every drain, which stop one now, and which
// pods the Eviction API refuses for another reason.
func (w Workloads) Blocking(at string) finding.List {
	var out finding.List
	budgets := slices.Clone(w.Budgets)
	slices.SortFunc(budgets, func(a, b Budget) int { return strings.Compare(a.id(), b.id()) })
	for _, b := range budgets {
		w.blocking(&out, at, b)
	}
	for _, o := range w.Owners {
		var of []string
		for _, b := range budgets {
			if b.Namespace == o.Namespace && b.selector.Matches(labels.Set(o.Labels)) {
				of = append(of, b.Name)
			}
		}
		if len(of) > 1 {
			out.Add(at, "keep one of them before the climb", "%s %s/%s has more than one PodDisruptionBudget (%s), and the Eviction API refuses its pods: every drain stops at it",
				o.Kind, o.Namespace, o.Name, strings.Join(of, ", "))
		}
	}
	return out
}

func (b Budget) id() string { return b.Namespace + "/" + b.Name }

func (w Workloads) blocking(out *finding.List, at string, b Budget) {
	pods, owners := w.pods(b)
	if b.live != nil && b.live.ExpectedPods > int32(pods) { // pods of other kinds than those that were read
		pods, owners = int(b.live.ExpectedPods), append(owners, "others")
	}
	never := "raise the replicas or mend the budget before the climb"
	switch {
	case pods == 0 && b.live == nil && b.allowed(100) == 0: // nobody said what it selects; with any pods it would stop
		out.Warn(at, never, "PodDisruptionBudget %s (%s) lets no pod go, whatever it selects: no Deployment or StatefulSet that was read is of it", b.id(), b.Says)
	case pods == 0:
	case b.allowed(pods) == 0:
		out.Add(at, never, "PodDisruptionBudget %s (%s) can never let a pod go: it selects %d of %s, all of which have to stay; every drain stops at it",
			b.id(), b.Says, pods, strings.Join(owners, ", "))
	case b.live != nil && b.live.DisruptionsAllowed == 0:
		out.Add(at, "bring its pods up first: kubectl -n "+b.Namespace+" get pods", "PodDisruptionBudget %s (%s) lets no pod go now: %d of %d pods are healthy, and %d have to stay",
			b.id(), b.Says, b.live.CurrentHealthy, pods, b.live.DesiredHealthy)
	}
}

// String is how many there are, for a person.
func (w Workloads) String() string {
	return fmt.Sprintf("%s, %s", count(len(w.Owners), "workload"), count(len(w.Budgets), "budget"))
}
