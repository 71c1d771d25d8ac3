package cost

import (
	"testing"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/stacks/config"
)

func TestStoresOfLogsAndTraces(t *testing.T) {
	s := config.Stack{
		Environment: config.Environment{Region: "us-east-1"},
		Networks:    map[string]network.Config{"main": {CIDR: "10.0.0.0/16", Zones: []string{"use1-az1", "use1-az2", "use1-az4"}}},
		Clusters:    map[string]cluster.Config{"main": {Network: "main"}},
		Observability: &observability.Config{
			Logs:       &observability.Logs{Store: observability.LogsOpenSearch, RetentionDays: 14, Loki: &observability.Loki{}},
			OpenSearch: &observability.OpenSearch{}, Kafka: &observability.Kafka{InstanceType: "kafka.m5.large"},
		},
	}
	got := map[string]int{}
	in := FromStack(s, func(string) string { return "" }, today)
	for _, l := range Of(in).Lines {
		if l.Component == "observability of main" {
			got[l.What] = int(l.Monthly)
		}
	}
	for what, cents := range map[string]int{
		"OpenSearch: 3 data nodes r7g.large.search": 38982, // 3 × 730 × 0.178
		"OpenSearch: 3 masters m7g.large.search":    29565, // 3 × 730 × 0.135
		"OpenSearch: disks of 100 GiB":              3660,  // 3 × 100 × 0.122
		"Kafka: 3 brokers kafka.m5.large":           45990, // 3 × 730 × 0.21
		"Kafka: disks of 100 GiB":                   3000,  // 3 × 100 × 0.1
		"KMS key of stores":                         100,
	} {
		if got[what] != cents {
			t.Errorf("%s: %d cents, want %d", what, got[what], cents)
		}
	}
	// In Seoul nobody has told what a broker costs: it is said, not left out.
	s.Environment.Region = "ap-northeast-2"
	unknown := map[string]bool{}
	for _, u := range Of(FromStack(s, func(string) string { return "" }, today)).Unknown {
		unknown[u.What] = true
	}
	for _, what := range []string{"Kafka: 3 brokers kafka.m5.large", "OpenSearch: disks of 100 GiB", "logs in S3"} {
		if !unknown[what] {
			t.Errorf("%s is not among what has no price", what)
		}
	}
}

func TestStoresOfMetrics(t *testing.T) {
	s := config.Stack{
		Environment: config.Environment{Region: "ap-northeast-2"},
		Networks:    map[string]network.Config{"main": {CIDR: "10.0.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}}},
		Clusters:    map[string]cluster.Config{"main": {Network: "main"}},
		Observability: &observability.Config{Metrics: &observability.Metrics{
			Store: observability.StoreManaged, Thanos: &observability.Thanos{}, Prometheus: observability.Prometheus{VolumeGiB: 100},
		}},
	}
	got := map[string]int{}
	all := Of(FromStack(s, func(string) string { return "" }, today))
	for _, l := range all.Lines {
		if l.Component == "observability of main" {
			got[l.What] = int(l.Monthly)
		}
	}
	for what, cents := range map[string]int{
		"Prometheus: 2 volumes of 100 GiB":          1824, // 2 × 100 × 0.0912
		"Alertmanager: 2 volumes of 2 GiB":          36,   // 2 × 2 × 0.0912
		"Thanos store gateway: 2 volumes of 20 GiB": 365,  // the old store is there until its section goes
		"Thanos compactor: 1 volume of 50 GiB":      456,
	} {
		if got[what] != cents {
			t.Errorf("%s: %d cents, want %d", what, got[what], cents)
		}
	}
	by := map[string]bool{}
	for _, u := range all.Unknown {
		by[u.What] = true
	}
	if !by["metrics in S3"] || !by["metrics in Managed Prometheus"] {
		t.Errorf("what depends on use is not said: %v", by)
	}
}
