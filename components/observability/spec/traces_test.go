package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// traced is a section with traces and whatever they may lean on.
func traced(change func(*Traces)) Config {
	t := &Traces{Jaeger: &Jaeger{}}
	change(t)
	return Config{OpenSearch: &OpenSearch{}, Traces: t}
}

func TestDefaultsOfTraces(t *testing.T) {
	got := *traced(func(t *Traces) { t.Tempo, t.Store = &Tempo{}, TracesTempo }).WithDefaults().Traces
	want := Traces{
		Store: TracesTempo, Jaeger: &Jaeger{Replicas: 2}, Tempo: &Tempo{Replicas: 3, VolumeGiB: 10}, RetentionDays: 7, KeepPercent: 10,
		SlowMilliseconds: 1000, DecisionSeconds: 10, Gateways: 2, SpansPerSecond: 1000, QueueGiB: 10,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestDefaultsWriteNothingThrough: what was read stays as it was.
func TestDefaultsWriteNothingThrough(t *testing.T) {
	c := traced(func(t *Traces) { t.Tempo, t.Store = &Tempo{}, TracesTempo })
	c.WithDefaults()
	if diff := cmp.Diff(Traces{Store: TracesTempo, Jaeger: &Jaeger{}, Tempo: &Tempo{}}, *c.Traces); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheStoreThatTracesGoTo(t *testing.T) {
	for sentence, c := range map[string]struct {
		change func(*Traces)
		search bool
		charts []string
	}{
		"the one whose section is there":      {func(*Traces) {}, true, []string{ChartCollector, ChartJaeger}},
		"Tempo alone":                         {func(t *Traces) { t.Jaeger, t.Tempo = nil, &Tempo{} }, false, []string{ChartCollector, ChartTempo}},
		"Tempo, and Jaeger stays for reading": {func(t *Traces) { t.Tempo, t.Store = &Tempo{}, TracesTempo }, false, []string{ChartCollector, ChartJaeger, ChartTempo}},
		"Jaeger again, and Tempo for reading": {func(t *Traces) { t.Tempo, t.Store = &Tempo{}, TracesJaeger }, true, []string{ChartCollector, ChartJaeger, ChartTempo}},
	} {
		t.Run(sentence, func(t *testing.T) {
			got := traced(c.change)
			if diff := cmp.Diff(c.charts, got.Traces.charts()); diff != "" || got.NeedsOpenSearch() != c.search {
				t.Errorf("charts (-want +got)\n%s; OpenSearch %v, want %v", diff, got.NeedsOpenSearch(), c.search)
			}
		})
	}
}
