package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	watching "github.com/ladder-platform/ladder/components/observability/spec"
)

// observed is one release of what watches a cluster: its chart in the catalogue,
// the image that the catalogue pins beside it, and what people notice.
type observed struct{ name, chart, image, effect string }

// observedReleases in the order of the graph.
var observedReleases = []observed{
	{"prometheus-operator-crds", watching.ChartOperator, "", "objects of these kinds are kept"},
	{"metrics", watching.ChartPrometheus, "", "one Prometheus at a time restarts; the other scrapes and alerts meanwhile"},
	{"thanos", watching.ChartThanos, "thanos", "long queries are repeated; nothing is lost, the sidecars keep what is not uploaded"},
	{"grafana", watching.ChartGrafana, "", "dashboards are away for seconds"},
	{"kiali", watching.ChartKiali, "", "its page is away for seconds"},
	{"loki", watching.ChartLoki, "", "collectors keep what it does not take meanwhile"},
	{"tempo", watching.ChartTempo, "", "collectors keep what it does not take meanwhile"},
	{"jaeger", watching.ChartJaeger, "jaeger", "collectors keep what it does not take meanwhile"},
	{"collector-gateway", watching.ChartCollector, "", "agents keep what it does not take meanwhile"},
	{"collector", watching.ChartCollector, "", "on each node in turn, spans of some seconds are lost"},
	{"logs-agent", watching.ChartFluentBit, "", "on each node in turn, lines come later; it goes on where it stopped"},
	{"logs-relay", watching.ChartFluentBit, "", "lines come later"},
	{"logs-control-plane", watching.ChartCollector, "", "lines come later; it goes on where it stopped"},
}

// observability are the charts that watch one cluster; nothing waits for them.
func (p *planner) observability(key string) []Step {
	if !slices.Contains(p.in.Stack.Observed(), key) {
		return nil
	}
	runs := capacity.Of(p.in.Stack.Observability.WithDefaults())
	var out []Step
	for _, r := range observedReleases {
		was, now := p.in.From.Charts[r.chart].Version, p.in.To.Charts[r.chart].Version
		what := "chart " + r.chart + " as " + r.name
		if was == now && r.image != "" {
			was, now, what = p.in.From.Images[r.image].Version, p.in.To.Images[r.image].Version, "image "+r.image+" of "+r.name
		}
		if was == now || !r.in(runs) {
			continue
		}
		out = append(out, Step{
			Phase: PhaseCharts, Cluster: key, What: what, Resources: []string{"observability-" + key + "-" + r.name},
			From: was, To: now, How: "in place", Disruption: Brief, Effect: r.effect,
			Check: []string{fmt.Sprintf("helm -n %s history %s --max 2", watching.Namespace, r.name), fmt.Sprintf("kubectl -n %s get pods", watching.Namespace)},
			Back:  fmt.Sprintf("helm -n %s rollback %s, then set the old version in the release or the next up puts the new one back", watching.Namespace, r.name),
		})
	}
	return out
}

// in says whether the release is installed: its workloads begin with its name;
// definitions come with the metrics.
func (r observed) in(runs []capacity.Workload) bool {
	name := r.name
	if r.chart == watching.ChartOperator {
		name = "metrics"
	}
	return slices.ContainsFunc(runs, func(w capacity.Workload) bool { return w.Name == name || strings.HasPrefix(w.Name, name+"-") })
}
