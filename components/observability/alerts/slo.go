package alerts

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Objective is what a service owes its users in 30 days.
type Objective struct {
	// Availability is the share of requests in percent that do not end in a
	// server error, LatencyShare the share that ends within LatencyMillis.
	Availability  float64
	LatencyShare  float64
	LatencyMillis int
}

// IstioBuckets are the bounds of istio_request_duration_milliseconds. Source:
// Envoy's default histogram buckets, source/common/stats/histogram_impl.cc,
// which Istio's proxies keep; read 2026-11.
var IstioBuckets = []int{1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000}

// Burn rates with their windows. Source: The Site Reliability Workbook, chapter
// "Alerting on SLOs", table 5-8: 2 percent of a month's budget in an hour, 5 in
// six hours, 10 in one day and in three days; the short window, a twelfth, ends
// the alert soon after the fault ends.
var (
	fastBurns = []burn{{14.4, "1h", "5m"}, {6, "6h", "30m"}}
	slowBurns = []burn{{3, "1d", "2h"}, {1, "3d", "6h"}}
	windows   = []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"}
)

type burn struct {
	factor      float64
	long, short string
}

// leastRate of requests in a second, over an hour, under which a share of them
// says nothing: about one in a hundred seconds.
const leastRate = 0.01

// service is what an objective is measured on.
type service struct {
	key, alert string // as in mesh and Mesh
	selector   string // of Istio's standard metrics
	by         string
	subject    string // in a summary
}

func (s service) series(what string) string { return "ladder:" + s.key + "_" + what }

// records are rates over five minutes and from them the shares of bad requests
// over each window: sums of what was recorded, so that three days cost as much
// as an hour.
func (s service) records(o Objective) []Rule {
	total, errors, slow := s.series("requests:rate5m"), s.series("errors:rate5m"), s.series("slow:rate5m")
	out := []Rule{
		record(total, fmt.Sprintf(`sum by (%s) (rate(istio_requests_total{%s}[5m]))`, s.by, s.selector)),
		record(errors, fmt.Sprintf(`sum by (%s) (rate(istio_requests_total{%s,response_code=~"5.."}[5m])) or 0 * %s`, s.by, s.selector, total)),
		// Prometheus 3 writes the bound 500 as 500.0.
		record(slow, fmt.Sprintf(`clamp_min(sum by (%[1]s) (rate(istio_request_duration_milliseconds_count{%[2]s}[5m])) - sum by (%[1]s) (rate(istio_request_duration_milliseconds_bucket{%[2]s,le=~"%[3]d(\\.0)?"}[5m])), 0)`, s.by, s.selector, o.LatencyMillis)),
	}
	for _, w := range windows {
		for _, bad := range []string{"errors", "slow"} {
			out = append(out, record(s.series(bad+":ratio_"+w), fmt.Sprintf(`sum_over_time(%s[%s]) / (sum_over_time(%s[%s]) > 0)`, s.series(bad+":rate5m"), w, total, w)))
		}
	}
	return out
}

// alerts of both budgets, each with a fast and a slow one.
func (s service) alerts(o Objective) []Rule {
	var out []Rule
	for _, b := range []struct {
		name, bad, what string
		objective       float64
	}{{"Error", "errors", "fail", o.Availability}, {"Latency", "slow", fmt.Sprintf("take longer than %d ms", o.LatencyMillis), o.LatencyShare}} {
		out = append(out,
			alert(s.alert+b.name+"BudgetBurnsFast", Critical, 2*time.Minute, s.burns(b.bad, b.objective, fastBurns),
				fmt.Sprintf("Requests %s %s: the budget of a month is gone within days", s.subject, b.what)),
			alert(s.alert+b.name+"BudgetBurnsSlowly", Warning, 15*time.Minute, s.burns(b.bad, b.objective, slowBurns),
				fmt.Sprintf("Requests %s %s: the budget of this month will not last", s.subject, b.what)),
		)
	}
	return out
}

func (s service) burns(bad string, objective float64, burns []burn) string {
	var parts []string
	for _, b := range burns {
		limit := number(math.Round(b.factor*(100-objective)*1e6) / 1e8)
		parts = append(parts, fmt.Sprintf(`(%[1]s > %[2]s and %[3]s > %[2]s)`, s.series(bad+":ratio_"+b.long), limit, s.series(bad+":ratio_"+b.short)))
	}
	return fmt.Sprintf(`(%s) and avg_over_time(%s[1h]) > %s`, strings.Join(parts, " or "), s.series("requests:rate5m"), number(leastRate))
}

// meshService are calls between workloads, as the side that is called counts
// them: a sidecar, or in ambient a waypoint. ztunnel sees no requests.
var meshService = service{
	key: "mesh", alert: "Mesh", selector: `reporter=~"destination|waypoint"`,
	by:      "destination_service_namespace, destination_service_name",
	subject: "to {{ $labels.destination_service_namespace }}/{{ $labels.destination_service_name }}",
}

// edgeService are requests from outside, as the gateway counts them.
func edgeService(namespace string) service {
	return service{
		key: "edge", alert: "Edge", selector: fmt.Sprintf(`reporter="source",source_workload_namespace="%s",source_workload=~"gateway-.+"`, namespace),
		by: "source_workload", subject: "through {{ $labels.source_workload }}",
	}
}

func slo(s service, o Objective) Group {
	return Group{Name: "ladder-" + s.key + "-slo", Page: s.key, Rules: append(s.records(o), s.alerts(o)...)}
}
