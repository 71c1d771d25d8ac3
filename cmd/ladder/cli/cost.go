package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/cost"
)

// costOf estimates what a stack costs a month, at list prices.
func costOf(cfg config.Stack, now time.Time) *report.Cost { return costAt(facts.Book{}, cfg, now) }

// costAt is costOf with prices of the reader's own.
func costAt(prices facts.Book, cfg config.Stack, now time.Time) *report.Cost {
	minor := func(cluster string) string { return kubernetesOf(cfg.ClusterRelease(cluster)) }
	in := cost.FromStack(cfg, minor, now)
	in.Prices = prices
	e := cost.Of(in)
	out := &report.Cost{USDMonth: e.Total.USD(), AsOf: e.AsOf, Caution: e.Caution}
	used := map[string]bool{}
	for _, l := range e.Lines {
		first, _, _ := strings.Cut(l.Source, ",")
		used[first] = true
		out.Lines = append(out.Lines, report.CostLine{Component: l.Component, What: l.What, USDMonth: l.Monthly.USD(),
			Note: l.Note, Source: l.Source, Date: l.Date, Confidence: string(l.Confidence)})
		if l.Date != "" && (out.Oldest == "" || l.Date < out.Oldest) {
			out.Oldest = l.Date
		}
	}
	for _, u := range e.Unknown {
		out.Unknown = append(out.Unknown, u.Component+": "+u.What+", "+u.Why)
	}
	where := prices.Sources()
	for _, key := range sortedKeys(used) {
		if text := where[key]; text != "" {
			out.Sources = append(out.Sources, key+": "+text)
		}
	}
	slices.Sort(out.Sources)
	return out
}
