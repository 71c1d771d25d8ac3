package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// watched is a stack of one cluster in three zones.
func watched() Input {
	return Input{Stack: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Clusters: map[string]ClusterInput{
		"main": {Network: "main", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}, Mesh: true, SecretPrefixes: []string{"platform/dev/"}, Release: "2026.11"},
	}}
}

func TestMetricsFindings(t *testing.T) {
	tests := map[string]struct {
		config Config
		want   []string
	}{
		"everything left out": {Config{Metrics: &Metrics{}}, nil},
		"a store that is not there": {Config{Metrics: &Metrics{Store: "mimir"}}, []string{
			`observability.metrics.store: "mimir" is not one of thanos, managed; use one of managed, thanos`,
			"observability.metrics.retention.fiveMinuteDays: 0 days is outside of that; use 10 to 3650",
			"observability.metrics.retention.oneHourDays: 0 days is outside of that; use 10 to 3650",
			"observability.metrics.retention.fiveMinuteDays: 0 is less than the 30 days of raw samples, which are larger; use rawDays or more",
		}},
		"Prometheus keeps more than the store": {Config{Metrics: &Metrics{Prometheus: Prometheus{RetentionHours: 25 * 24}, Retention: Retention{RawDays: 24}}}, []string{
			"observability.metrics.retention.rawDays: 24 days are less than Prometheus itself keeps, 600 hours; use 25 or more, or fewer prometheus.retentionHours",
		}},
		"as much as the store": {Config{Metrics: &Metrics{Prometheus: Prometheus{RetentionHours: 24 * 24}, Retention: Retention{RawDays: 24}}}, nil},
		"blocks that are gone before they are uploaded": {Config{Metrics: &Metrics{Prometheus: Prometheus{RetentionHours: 5}}}, []string{
			"observability.metrics.prometheus.retentionHours: 5 hours is outside of that; use 6 to 87600",
		}},
		"an acknowledgement of nothing": {Config{Metrics: &Metrics{AcknowledgeSingle: "a small stack"}}, []string{
			"warning: observability.metrics.acknowledgeSingle: acknowledges something that is not so; remove it",
		}},
		"the old store stays": {Config{Metrics: &Metrics{Store: StoreManaged, Thanos: &Thanos{}}}, nil},
		"Grafana and Kiali of nothing": {Config{Grafana: &Grafana{AdminEntry: "platform/dev/grafana"}, Kiali: &Kiali{}}, []string{
			"observability.grafana: shows metrics, and there are none; add metrics, or remove it",
			"observability.kiali: draws the mesh from metrics, and there are none; add metrics, or remove it",
		}},
		"an entry whose name begins as another prefix": {Config{Metrics: &Metrics{}, Grafana: &Grafana{AdminEntry: "platform/develop"}}, []string{
			`observability.grafana.adminEntry: External Secrets of cluster "main" may not read "platform/develop"; add a prefix of it to clusters.main.externalSecrets.secretPrefixes`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range tt.config.Validate("observability", watched()) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKialiWantsAMesh(t *testing.T) {
	in := watched()
	in.Clusters["other"] = ClusterInput{Network: "main", Zones: []string{"apne2-az1"}, SecretPrefixes: []string{"platform/dev/"}}
	found := Config{Metrics: &Metrics{Prometheus: Prometheus{Replicas: 1}}, Kiali: &Kiali{}}.Validate("observability", in)
	if len(found) != 1 || found[0].Path != "observability.kiali" {
		t.Errorf("%v", found)
	}
	if found := (Config{Clusters: []string{"main"}, Metrics: &Metrics{}, Kiali: &Kiali{}}).Validate("observability", in); len(found) > 0 {
		t.Errorf("the cluster without a mesh is not watched: %v", found)
	}
}

func TestDefaultsDoNotWriteIntoTheSection(t *testing.T) {
	c := Config{Metrics: &Metrics{Thanos: &Thanos{}}, Grafana: &Grafana{SingleSignOn: &SingleSignOn{Issuer: "https://login.example.com"}}}
	full := c.WithDefaults()
	if c.Metrics.Store != "" || c.Metrics.Thanos.ExpireDays != 0 || c.Grafana.SingleSignOn.TokenURL != "" {
		t.Error("the section was changed")
	}
	if full.Metrics.Thanos.ExpireDays != 760 || full.Grafana.SingleSignOn.TokenURL != "https://login.example.com/protocol/openid-connect/token" {
		t.Errorf("%+v %+v", full.Metrics.Thanos, full.Grafana.SingleSignOn)
	}
}

func TestSingleParts(t *testing.T) {
	one := Config{
		Metrics: &Metrics{Prometheus: Prometheus{Replicas: 1}, Alertmanagers: 1, Thanos: &Thanos{Replicas: 1}},
		Grafana: &Grafana{Replicas: 1}, Kiali: &Kiali{Replicas: 1},
	}.WithDefaults()
	var paths []string
	for _, s := range one.Single() {
		paths = append(paths, s.Path)
	}
	want := []string{"metrics.prometheus.replicas", "metrics.alertmanagers", "metrics.thanos.replicas", "grafana.replicas", "kiali.replicas"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	one.Metrics.AcknowledgeSingle, one.Grafana.AcknowledgeSingle, one.Kiali.AcknowledgeSingle = "a rehearsal", "a rehearsal", "a rehearsal"
	if left := one.Single(); len(left) > 0 {
		t.Errorf("acknowledged: %v", left)
	}
	if left := (Config{Metrics: &Metrics{}, Grafana: &Grafana{}, Kiali: &Kiali{}}).WithDefaults().Single(); len(left) > 0 {
		t.Errorf("two of each: %v", left)
	}
}
