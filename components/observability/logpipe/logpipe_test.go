package logpipe

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

func planOf(c spec.Config) Plan {
	return Plan{Cluster: "dev-main", Region: "ap-northeast-2", Config: c.WithDefaults(), Agent: "logs-agent"}
}

var (
	inSearch  = spec.Config{Logs: &spec.Logs{}, OpenSearch: &spec.OpenSearch{}}
	inLoki    = spec.Config{Logs: &spec.Logs{Loki: &spec.Loki{}}}
	byKafka   = spec.Config{Logs: &spec.Logs{Kafka: true}, OpenSearch: &spec.OpenSearch{Warm: &spec.Warm{ColdAfterDays: 20}}, Kafka: &spec.Kafka{}}
	draining  = spec.Config{Logs: &spec.Logs{}, OpenSearch: &spec.OpenSearch{}, Kafka: &spec.Kafka{}}
	podsAlone = spec.Config{Logs: &spec.Logs{Sources: []string{spec.SourcePods}, Loki: &spec.Loki{}}}
)

// ways are input → output of a configuration: what comes in by which tag, what
// goes out where.
func ways(c Config) []string {
	var out []string
	for _, i := range c.Pipeline.Inputs {
		from := fmt.Sprint(i["name"])
		if i["topics"] != nil {
			from += ":" + fmt.Sprint(i["topics"])
		}
		tag := fmt.Sprint(i["tag"])
		to := ""
		for _, o := range c.Pipeline.Outputs {
			if glob(fmt.Sprint(o["match"]), tag) {
				to += " " + fmt.Sprint(o["name"])
				for _, k := range []string{"topics", "logstash_prefix"} {
					if o[k] != nil {
						to += ":" + fmt.Sprint(o[k])
					}
				}
			}
		}
		out = append(out, from+" →"+to)
	}
	return out
}

func glob(pattern, tag string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	return pattern == tag || star && tail == "" && strings.HasPrefix(tag, head)
}

func TestEveryRecordHasOneWay(t *testing.T) {
	nodes := func(to string) []string { return []string{"systemd →" + to, "systemd →" + to, "systemd →" + to} }
	for sentence, c := range map[string]struct {
		config       spec.Config
		agent, relay []string
	}{
		"straight into OpenSearch": {inSearch, append([]string{"tail → opensearch:logs-pods"}, nodes(" opensearch:logs-nodes")...), []string{"opentelemetry → opensearch:logs-control-plane"}},
		"straight into Loki":       {inLoki, append([]string{"tail → loki"}, nodes(" loki")...), []string{"opentelemetry → loki"}},
		"through Kafka": {byKafka, append([]string{"tail → kafka:logs-pods"}, nodes(" kafka:logs-nodes")...),
			[]string{"opentelemetry → kafka:logs-control-plane", "kafka:logs-pods → opensearch:logs-pods", "kafka:logs-nodes → opensearch:logs-nodes", "kafka:logs-control-plane → opensearch:logs-control-plane"}},
		"past Kafka, which drains": {draining, append([]string{"tail → opensearch:logs-pods"}, nodes(" opensearch:logs-nodes")...),
			[]string{"opentelemetry → opensearch:logs-control-plane", "kafka:logs-pods → opensearch:logs-pods", "kafka:logs-nodes → opensearch:logs-nodes", "kafka:logs-control-plane → opensearch:logs-control-plane"}},
		"pods alone": {podsAlone, []string{"tail → loki"}, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			p := planOf(c.config)
			if diff := cmp.Diff(c.agent, ways(p.OnNode())); diff != "" {
				t.Errorf("on the node (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.relay, ways(p.Relay())); diff != "" {
				t.Errorf("in the relay (-want +got):\n%s", diff)
			}
			if p.NeedsRelay() != (len(c.relay) > 0) {
				t.Errorf("relay needed: %v", p.NeedsRelay())
			}
		})
	}
}

// TestNothingIsGivenUp: every output tries for ever, every input of what can
// wait elsewhere buffers on disk, and nothing of the text is a template.
func TestNothingIsGivenUp(t *testing.T) {
	for _, c := range []spec.Config{inSearch, inLoki, byKafka, draining, podsAlone} {
		p := planOf(c)
		limits := 0
		for _, one := range []Config{p.OnNode(), p.Relay()} {
			for _, o := range one.Pipeline.Outputs {
				if o["retry_limit"] != "no_limits" {
					t.Errorf("%v gives up", o)
				}
				var mb int
				if _, err := fmt.Sscanf(fmt.Sprint(o["storage.total_limit_size"]), "%dM", &mb); err == nil {
					limits += mb
				}
			}
			for _, i := range one.Pipeline.Inputs {
				if i["storage.type"] != "filesystem" {
					t.Errorf("%v buffers in memory", i)
				}
			}
			if text := one.Text(); strings.Contains(text, "{{") || !json.Valid([]byte(text)) {
				t.Errorf("a template, or no JSON:\n%s", text)
			}
		}
		if want := p.logs().BufferGiB * 1024; limits != want {
			t.Errorf("the shares of the buffer are %d MB, want %d", limits, want)
		}
	}
	for _, k := range planOf(byKafka).OnNode().Pipeline.Outputs {
		if k["rdkafka.request.required.acks"] != "all" || k["rdkafka.message.timeout.ms"] != 0 || k["queue_full_retries"] != 0 {
			t.Errorf("a record may be lost between the agent and Kafka: %v", k)
		}
	}
}

func TestBounds(t *testing.T) {
	big := spec.Config{Logs: &spec.Logs{BufferGiB: 20, DailyGiB: 40, Loki: &spec.Loki{}}}
	for sentence, c := range map[string]struct {
		config spec.Config
		want   Bound
	}{
		"straight, as shipped": {inSearch, Bound{StoreAway: 24 * time.Hour, NodeGoneMB: 4, NodeGoneAwayMB: 5120}},
		"through Kafka":        {byKafka, Bound{StoreAway: 72 * time.Hour, KafkaAway: 24 * time.Hour, NodeGoneMB: 36, NodeGoneAwayMB: 5120, RelayGoneMB: 64}},
		"much, and much room":  {big, Bound{StoreAway: 12 * time.Hour, NodeGoneMB: 4, NodeGoneAwayMB: 20480}},
		"pods alone":           {podsAlone, Bound{StoreAway: 24 * time.Hour, NodeGoneMB: 2, NodeGoneAwayMB: 5120}},
	} {
		if got := planOf(c.config).Bound(); got != c.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, c.want)
		}
	}
}

// TestThePageTellsTheBounds: docs/logs.md has the figures of the defaults.
func TestThePageTellsTheBounds(t *testing.T) {
	page, err := os.ReadFile("../../../docs/logs.md")
	if err != nil {
		t.Fatal(err)
	}
	straight, kafka := planOf(inSearch).Bound(), planOf(byKafka).Bound()
	for _, row := range []string{
		fmt.Sprintf("| the store is away | after %.0f h |", straight.StoreAway.Hours()),
		fmt.Sprintf("| after %.0f h |", kafka.StoreAway.Hours()),
		fmt.Sprintf("| Kafka is away | – | after %.0f h |", kafka.KafkaAway.Hours()),
		fmt.Sprintf("| a node goes, all else works | %d MB | %d MB |", straight.NodeGoneMB, kafka.NodeGoneMB),
		fmt.Sprintf("| a node goes while nothing can be sent | %d MB | %d MB |", straight.NodeGoneAwayMB, kafka.NodeGoneAwayMB),
		fmt.Sprintf("| a relay goes with its node | 0 | %d MB |", kafka.RelayGoneMB),
	} {
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/logs.md lacks %q", row)
		}
	}
}

func TestWhatOpenSearchIsTold(t *testing.T) {
	requests := planOf(byKafka).Search([]Client{LogsClient("RELAY")})
	var paths []string
	for _, r := range requests {
		paths = append(paths, r.Path)
		var body map[string]any
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
			t.Errorf("%s: %v", r.Path, err)
		}
	}
	if diff := cmp.Diff([]string{
		"/_plugins/_security/api/roles/ladder-logs-writer", "/_plugins/_security/api/rolesmapping/ladder-logs-writer",
		"/_index_template/ladder-logs", "/_plugins/_ism/policies/ladder-logs",
	}, paths); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if requests[1].Body != `{"backend_roles":["$RELAY"]}` {
		t.Errorf("mapping: %s", requests[1].Body)
	}
	var policy struct {
		Policy struct {
			States []struct {
				Name        string
				Transitions []struct {
					Name       string `json:"state_name"`
					Conditions struct {
						Age string `json:"min_index_age"`
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(requests[3].Body), &policy); err != nil {
		t.Fatal(err)
	}
	var life []string
	for _, s := range policy.Policy.States {
		for _, next := range s.Transitions {
			life = append(life, s.Name+" "+next.Conditions.Age+" "+next.Name)
		}
	}
	if want := []string{"hot 7d warm", "warm 20d cold", "cold 30d delete"}; !slices.Equal(life, want) {
		t.Errorf("life of an index %q, want %q", life, want)
	}
}

func TestTheSetUpScript(t *testing.T) {
	script := planOf(byKafka).Setup(Setup{Clients: []Client{LogsClient("RELAY")}, Topics: []string{"traces"}})
	for _, want := range []string{
		"set -eu", `put "/_plugins/_security/api/rolesmapping/ladder-logs-writer" "{\"backend_roles\":[\"$RELAY\"]}"`,
		`put_versioned "/_plugins/_ism/policies/ladder-logs"`, `topic "logs-pods" 12 "$REPLICAS"`, `topic "logs-control-plane" 12`, `topic "traces" 12`,
	} {
		if !strings.Contains(script, want) {
			t.Errorf("the script lacks %s", want)
		}
	}
	if s := planOf(inLoki).Setup(Setup{}); strings.Contains(s, "curl") || strings.Contains(s, "kafka") {
		t.Errorf("nothing is to be told to Loki:\n%s", s)
	}
	if Digest(script) == Digest(script+" ") || len(Digest(script)) != 8 {
		t.Error("another script needs another Job")
	}
}

func TestLuaText(t *testing.T) {
	for in, want := range map[string]string{`a"b\c`: `"a\"b\\c"`, "é\t": `"\195\169\009"`, "]]--": `"]]--"`} {
		if got := lua(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
