package trials

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// All are every kind of fault at every step. They are in the order of the
// operations' names and not of the run, which differs a little each time: so
// shards of several machines are parts of the same list, and a seed picks the
// same sample of every recording.
func (r *Recording) All() []Trial {
	names := r.names()
	steps := make([]int, len(names))
	for i := range steps {
		steps[i] = i
	}
	slices.SortFunc(steps, func(a, b int) int { return names[a].compare(names[b]) })
	var all []Trial
	for _, i := range steps {
		for _, k := range Kinds {
			all = append(all, Trial{Step: i, Kind: k})
		}
	}
	return all
}

// name is what an operation is called in every recording of its scenario.
type name struct {
	urn, verb string
	nth       int // of this resource and verb, from 0
}

func (n name) compare(o name) int {
	return cmp.Or(strings.Compare(n.urn, o.urn), strings.Compare(n.verb, o.verb), n.nth-o.nth)
}

// names are those of the steps.
func (r *Recording) names() []name {
	seen := map[name]int{}
	out := make([]name, len(r.Steps))
	for i, s := range r.Steps {
		n := name{urn: s.Operation.URN, verb: s.Operation.Verb}
		out[i] = name{n.urn, n.verb, seen[n]}
		seen[n]++
	}
	return out
}

// Sample picks at most n trials: first one of every stratum (fault kind,
// service, verb) that is not among tried, then one of each other, then more of
// each in turn. The same seed picks the same.
func (r *Recording) Sample(n int, seed uint64, tried map[string]bool) []Trial {
	all := r.All()
	own := fnv.New64a()
	own.Write([]byte(r.Scenario.Name))
	random := rand.New(rand.NewPCG(seed, own.Sum64()))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	strata := map[string][]Trial{}
	for _, t := range all {
		s := r.stratum(t)
		strata[s] = append(strata[s], t)
	}
	names := make([]string, 0, len(strata))
	for s := range strata {
		names = append(names, s)
	}
	// Where not every stratum has its turn, each scenario takes others.
	slices.Sort(names)
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case tried[a] == tried[b]:
			return 0
		case tried[a]:
			return 1
		}
		return -1
	})
	var picked []Trial
	for round := 0; len(picked) < min(n, len(all)); round++ {
		for _, s := range names {
			if round < len(strata[s]) && len(picked) < n {
				picked = append(picked, strata[s][round])
			}
		}
	}
	slices.SortFunc(picked, func(a, b Trial) int {
		if a.Step != b.Step {
			return a.Step - b.Step
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return picked
}

func (r *Recording) stratum(t Trial) string {
	op := r.Steps[t.Step].Operation
	return string(t.Kind) + " " + service(op) + " " + op.Verb
}

// Strata is how many there are: the smallest sample that covers them.
func (r *Recording) Strata() int { return len(r.Covered(r.All())) }

// Covered are the strata of trials: fault kind, service and verb.
func (r *Recording) Covered(list []Trial) map[string]bool {
	seen := map[string]bool{}
	for _, t := range list {
		seen[r.stratum(t)] = true
	}
	return seen
}

// Shard is one part of n, from 1; the zero value is everything.
type Shard struct{ Part, Of int }

// ParseShard reads "i/n", as SHARD has it; "" is everything.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	part, of, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(part)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, fmt.Errorf("SHARD=%q: it is i/n with 1 ≤ i ≤ n, for example 1/4", text)
	}
	return Shard{Part: i, Of: n}, nil
}

// Take is the shard's part of a list.
func (s Shard) Take(all []Trial) []Trial {
	if s.Of == 0 {
		return all
	}
	var mine []Trial
	for i, t := range all {
		if i%s.Of == s.Part-1 {
			mine = append(mine, t)
		}
	}
	return mine
}
