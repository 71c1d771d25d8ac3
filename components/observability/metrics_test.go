package observability

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/components/internal/bucket"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

var (
	metricsInThanos = spec.Config{Metrics: &spec.Metrics{}, Grafana: &spec.Grafana{AdminEntry: "platform/grafana"}}
	metricsMoved    = spec.Config{
		Metrics: &spec.Metrics{Store: spec.StoreManaged, Thanos: &spec.Thanos{Bucket: "metrics", EmptyOnDelete: true}},
		Grafana: &spec.Grafana{AdminEntry: "platform/grafana"},
	}
)

func TestOrderOfMetricsIsInTheGraph(t *testing.T) {
	type end struct{ typ, name string }
	tests := map[string]struct {
		config   spec.Config
		from, to end
	}{
		"Prometheus waits for its kinds":                 {metricsInThanos, end{"Release", "metrics"}, end{"Release", "prometheus-operator-crds"}},
		"the sidecar waits for its role":                 {metricsInThanos, end{"Release", "metrics"}, end{"PodIdentityAssociation", "thanos-sidecar"}},
		"the sidecar waits for the bucket's policy":      {metricsInThanos, end{"Release", "metrics"}, end{"BucketPolicy", "thanos-policy"}},
		"the sidecar waits for where the bucket is":      {metricsInThanos, end{"Release", "metrics"}, end{"Secret", "thanos-objstore"}},
		"the store gateway waits for its role":           {metricsInThanos, end{"Release", "thanos"}, end{"PodIdentityAssociation", "thanos-store-gateway"}},
		"the compactor waits for its role":               {metricsInThanos, end{"Release", "thanos"}, end{"PodIdentityAssociation", "thanos-compact"}},
		"monitors wait for their kind":                   {metricsInThanos, end{"PodMonitor", "podmonitor"}, end{"Release", "prometheus-operator-crds"}},
		"Grafana waits for the admin's entry":            {metricsInThanos, end{"Release", "grafana"}, end{"ExternalSecret", "externalsecret-grafana-admin"}},
		"remote write waits for its role":                {metricsMoved, end{"Release", "metrics"}, end{"PodIdentityAssociation", "remote-write"}},
		"remote write waits for the retention":           {metricsMoved, end{"Release", "metrics"}, end{"WorkspaceConfiguration", "workspace"}},
		"Grafana waits for its role on the workspace":    {metricsMoved, end{"Release", "grafana"}, end{"PodIdentityAssociation", "grafana"}},
		"the old store gateway keeps its role":           {metricsMoved, end{"Release", "thanos"}, end{"PodIdentityAssociation", "thanos-store-gateway"}},
		"everything inside waits for the namespace":      {metricsInThanos, end{"Release", "prometheus-operator-crds"}, end{"Namespace", "namespace"}},
		"a role is associated after it has its document": {metricsInThanos, end{"PodIdentityAssociation", "thanos-compact"}, end{"RolePolicy", "thanos-compact"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := watch(t, tt.config)
			from, to := find(t, r, tt.from.typ, tt.from.name), find(t, r, tt.to.typ, tt.to.name)
			if !r.Reaches(from, to) {
				t.Errorf("%s does not wait for %s", from, to)
			}
		})
	}
}

func TestStoresDoNotWaitForWhatRunsInside(t *testing.T) {
	r := watch(t, metricsInThanos)
	if r.Reaches(find(t, r, "BucketV2", "thanos"), find(t, r, "Workloads", "workloads")) {
		t.Error("the bucket waits for the cluster")
	}
}

func TestWhatEachPartMayDoToTheBucket(t *testing.T) {
	r := watch(t, metricsInThanos)
	for role, may := range map[string]map[string]bool{
		"thanos-sidecar":       {"s3:PutObject": true, "s3:GetObject": true},
		"thanos-store-gateway": {"s3:PutObject": false, "s3:DeleteObject": false, "s3:GetObject": true},
		"thanos-compact":       {"s3:PutObject": true, "s3:DeleteObject": true},
	} {
		policy, _ := r[find(t, r, "RolePolicy", role)].Plain()["policy"].(string)
		for action, allowed := range may {
			if strings.Contains(policy, action) != allowed {
				t.Errorf("%s and %s: %s", role, action, policy)
			}
		}
		if strings.Contains(policy, `"s3:*"`) || strings.Contains(policy, `"Resource":"*"`) {
			t.Errorf("%s may do too much: %s", role, policy)
		}
	}
	for _, m := range watch(t, metricsMoved) {
		if strings.Contains(m.Name, "thanos-sidecar") {
			t.Error("nothing is uploaded any more, and there is a role for it")
		}
	}
}

func TestMetricsOutliveTheStackUnlessToldOtherwise(t *testing.T) {
	r := watch(t, metricsInThanos)
	b := r[find(t, r, "BucketV2", "thanos")]
	if tags, _ := b.Plain()["tags"].(map[string]any); !b.Retain || tags[bucket.KeepTag] != "true" || b.Plain()["forceDestroy"] != false || b.Plain()["bucket"] != nil {
		t.Errorf("retain %v, %v", b.Retain, b.Plain())
	}
	r = watch(t, metricsMoved)
	b = r[find(t, r, "BucketV2", "thanos")]
	if b.Retain || b.Plain()["forceDestroy"] != true || b.Plain()["bucket"] != "metrics-main" {
		t.Errorf("emptyOnDelete: retain %v, %v", b.Retain, b.Plain())
	}
}
