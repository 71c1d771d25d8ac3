package measure

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// input of a stack with everything, in three zones.
func input(change func(*spec.Config)) Input {
	c := spec.Config{
		Metrics: &spec.Metrics{}, Grafana: &spec.Grafana{AdminEntry: "platform/dev/grafana", URL: "https://grafana.example.com"}, Kiali: &spec.Kiali{},
	}
	if change != nil {
		change(&c)
	}
	return Input{
		Config: c.WithDefaults(), Cluster: "dev-main", Stack: "dev", Region: "ap-northeast-2", Zones: []string{"a", "b", "c"}, ThanosTag: "v0.42.4", Mesh: true,
	}
}

// at is a value inside of values; nil where there is none.
func at(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(dict)
		v = m[p]
	}
	return v
}

func TestTwoServersAreInDifferentZones(t *testing.T) {
	for what, path := range map[string][]string{"Prometheus": {"prometheus", "prometheusSpec"}, "Alertmanager": {"alertmanager", "alertmanagerSpec"}} {
		server := at(PrometheusStack(input(nil)), path...)
		zone, _ := at(server, "topologySpreadConstraints").(list)[0].(dict)
		if at(server, "replicas") != 2 || zone["topologyKey"] != "topology.kubernetes.io/zone" || zone["whenUnsatisfiable"] != "DoNotSchedule" {
			t.Errorf("%s: %v replicas, spread %v", what, at(server, "replicas"), zone)
		}
		if at(PrometheusStack(input(nil)), path[0], "podDisruptionBudget", "minAvailable") != 1 {
			t.Errorf("%s: a drain may take both", what)
		}
	}
	four := input(func(c *spec.Config) { c.Metrics.Prometheus.Replicas = 4 })
	zone := at(PrometheusStack(four), "prometheus", "prometheusSpec", "topologySpreadConstraints").(list)[0].(dict)
	if zone["whenUnsatisfiable"] != "ScheduleAnyway" {
		t.Error("the fourth server has no zone of its own to wait for")
	}
}

func TestABudgetOfOneWouldHoldEveryDrainBack(t *testing.T) {
	in := input(func(c *spec.Config) {
		c.Metrics.Prometheus.Replicas, c.Metrics.Alertmanagers, c.Metrics.Thanos = 1, 1, &spec.Thanos{Replicas: 1}
		c.Grafana.Replicas, c.Kiali.Replicas = 1, 1
	})
	for what, on := range map[string]any{
		"Prometheus":   at(PrometheusStack(in), "prometheus", "podDisruptionBudget", "enabled"),
		"Alertmanager": at(PrometheusStack(in), "alertmanager", "podDisruptionBudget", "enabled"),
		"Thanos":       at(Thanos(in), "query", "podDisruptionBudget", "enabled"),
	} {
		if on != false {
			t.Errorf("%s has a budget: %v", what, on)
		}
	}
	if at(Grafana(in), "podDisruptionBudget") != nil || at(Kiali(in, Tracing{}, ""), "deployment", "pod_disruption_budget") != nil {
		t.Error("Grafana or Kiali has a budget")
	}
}

func TestWhereMetricsGo(t *testing.T) {
	thanos := PrometheusStack(input(nil))
	secret := at(thanos, "prometheus", "prometheusSpec", "thanos", "objectStorageConfig", "existingSecret")
	if diff := cmp.Diff(any(dict{"name": ObjectStore, "key": ObjectStoreKey}), secret); diff != "" {
		t.Errorf("the sidecar uploads by (-want +got):\n%s", diff)
	}
	endpoints := at(Thanos(input(nil)), "additionalEndpoints")
	if diff := cmp.Diff(any(list{"dnssrv+_grpc._tcp.metrics-thanos-discovery.observability.svc.cluster.local"}), endpoints); diff != "" {
		t.Errorf("the querier asks (-want +got):\n%s", diff)
	}
	moved := input(func(c *spec.Config) { c.Metrics.Store, c.Metrics.Thanos = spec.StoreManaged, &spec.Thanos{} })
	values := PrometheusStack(moved)
	if at(values, "prometheus", "prometheusSpec", "thanos") != nil || at(Thanos(moved), "additionalEndpoints") != nil {
		t.Error("the old store is still written to")
	}
	WriteTo(values, RemoteWrite("https://x/api/v1/remote_write", "ap-northeast-2"))
	target, _ := at(values, "prometheus", "prometheusSpec", "remoteWrite").(list)[0].(dict)
	if target["url"] != "https://x/api/v1/remote_write" || at(target, "sigv4", "region") != "ap-northeast-2" {
		t.Errorf("samples go to %v", target)
	}
}

func TestTheCompactorKeepsWhatTheSectionSays(t *testing.T) {
	in := input(func(c *spec.Config) {
		c.Metrics.Retention = spec.Retention{RawDays: 14, FiveMinuteDays: 60, OneHourDays: 180}
	})
	want := list{"--retention.resolution-raw=14d", "--retention.resolution-5m=60d", "--retention.resolution-1h=180d"}
	if diff := cmp.Diff(any(want), at(Thanos(in), "compact", "extraArgs")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if at(Thanos(in), "compact", "replicas") != nil || at(Thanos(in), "compact", "enabled") != true {
		t.Error("the compactor is one, by design")
	}
}

// TestRequestsAreThoseOfTheCapacityPlan: the containers of a pod ask in all for
// what the plan reckons with.
func TestRequestsAreThoseOfTheCapacityPlan(t *testing.T) {
	in := input(nil)
	stack := PrometheusStack(in)
	reloader := at(stack, "prometheusOperator", "prometheusConfigReloader", "resources")
	server := at(stack, "prometheus", "prometheusSpec")
	watcher := at(Grafana(in), "sidecar", "resources")
	for name, containers := range map[string][]any{
		capacity.Prometheus:   {at(server, "resources"), at(server, "thanos", "resources"), reloader},
		capacity.Alertmanager: {at(stack, "alertmanager", "alertmanagerSpec", "resources"), reloader},
		capacity.Grafana:      {at(Grafana(in), "resources"), watcher, watcher},
	} {
		cpu, memory := 0, 0
		for _, c := range containers {
			cpu += number(t, at(c, "requests", "cpu"), "m")
			memory += number(t, at(c, "requests", "memory"), "Mi")
			if at(c, "limits", "memory") == nil {
				t.Errorf("%s: a container without a limit of memory", name)
			}
		}
		if w := in.of(name); cpu != w.CPU || memory != w.Memory || cpu == 0 {
			t.Errorf("%s asks for %dm and %dMi, the plan has %dm and %dMi", name, cpu, memory, w.CPU, w.Memory)
		}
	}
}

func number(t *testing.T, v any, unit string) int {
	t.Helper()
	text, _ := v.(string)
	var n int
	if err := json.Unmarshal([]byte(strings.TrimSuffix(text, unit)), &n); err != nil {
		t.Fatalf("%v is not a number of %s", v, unit)
	}
	return n
}

func TestNothingSecretIsInValues(t *testing.T) {
	in := input(func(c *spec.Config) {
		sign := func() *spec.SingleSignOn {
			return &spec.SingleSignOn{Issuer: "https://login.example.com/realms/p", ClientID: "x", ClientEntry: "platform/dev/client", AdminGroup: "admins", EditorGroup: "o'neill"}
		}
		c.Grafana.SingleSignOn, c.Kiali.SingleSignOn = sign(), sign()
	})
	for what, values := range map[string]dict{"Grafana": Grafana(in), "Kiali": Kiali(in, Tracing{}, "")} {
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"platform/dev/client", `"client_secret"`, `"adminPassword"`} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s in its values", what, word)
			}
		}
	}
	if at(Grafana(in), "envValueFrom", "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET", "secretKeyRef", "name") != GrafanaSignOn {
		t.Error("Grafana does not read the client's secret from where External Secrets puts it")
	}
	role := at(Grafana(in), "grafana.ini", "auth.generic_oauth", "role_attribute_path")
	if role != `contains(groups[*], 'admins') && 'Admin' || contains(groups[*], 'o\'neill') && 'Editor' || 'Viewer'` {
		t.Errorf("roles: %v", role)
	}
}

func TestKialiLooksAndDoesNotTouch(t *testing.T) {
	if at(Kiali(input(nil), Tracing{}, ""), "deployment", "view_only_mode") != true {
		t.Error("Kiali may change objects of Istio")
	}
	write := input(func(c *spec.Config) { c.Kiali.Write = true })
	values := Kiali(write, Tracing{Provider: "jaeger", URL: "http://jaeger:16685", GRPC: true}, "http://grafana")
	if at(values, "deployment", "view_only_mode") != false {
		t.Error("the section lets Kiali write, and it does not")
	}
	if at(values, "external_services", "prometheus", "url") != ThanosURL() || at(values, "external_services", "tracing", "provider") != "jaeger" || at(values, "external_services", "tracing", "use_grpc") != true {
		t.Errorf("Kiali asks %v", at(values, "external_services"))
	}
}

func TestDataSources(t *testing.T) {
	uids := func(in Input, managed any) []string {
		var out []string
		for _, s := range DataSources(in, managed) {
			out = append(out, s.(dict)["uid"].(string))
		}
		return out
	}
	if got := uids(input(nil), nil); !slices.Equal(got, []string{"metrics", "alertmanager"}) {
		t.Errorf("%v", got)
	}
	moved := input(func(c *spec.Config) { c.Metrics.Store, c.Metrics.Thanos = spec.StoreManaged, &spec.Thanos{} })
	if got := uids(moved, "https://x/"); !slices.Equal(got, []string{"metrics", "metrics-old", "metrics-aws", "alertmanager"}) {
		t.Errorf("the old store is to be read until it goes: %v", got)
	}
}

func TestWhatIsScraped(t *testing.T) {
	names := func(in Input) []string {
		var out []string
		for _, o := range Monitors(in) {
			out = append(out, o.Name)
		}
		return out
	}
	mesh := []string{"istiod", "ztunnel", "istio-cni", "istio-proxies"}
	all := names(input(nil))
	for _, name := range mesh {
		if !slices.Contains(all, name) {
			t.Errorf("%s is not scraped", name)
		}
	}
	if out := input(nil); true {
		out.Mesh = false
		if got := names(out); slices.Contains(got, "istiod") || len(got) != len(all)-len(mesh) {
			t.Errorf("without a mesh: %v", got)
		}
	}
}

// TestObjectStoreConfigIsWhatThanosReads: by AWS's SDK, which knows Pod Identity.
func TestObjectStoreConfigIsWhatThanosReads(t *testing.T) {
	want := "type: S3\nconfig:\n  bucket: b-1\n  endpoint: s3.ap-northeast-2.amazonaws.com\n  region: ap-northeast-2\n  aws_sdk_auth: true\n"
	if diff := cmp.Diff(want, ObjectStoreConfig("b-1", "ap-northeast-2")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
