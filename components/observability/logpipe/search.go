package logpipe

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Client is somebody who writes into OpenSearch: its role there, and the
// indices that it may make and fill.
type Client struct {
	// Name is the role in OpenSearch.
	Name string
	// Patterns of its indices, for example logs-*.
	Patterns []string
	// Variables of the set-up Job that hold the ARNs of its AWS roles.
	Variables []string
	// Read lets it read them too.
	Read bool
}

// Request is one call that OpenSearch gets before anybody writes. The same
// request twice changes nothing.
type Request struct {
	// Path below the endpoint, with a leading slash.
	Path string
	// Body as JSON; $NAME in it is a variable of the Job.
	Body string
	// Versioned objects take a change only together with the number that a GET
	// of the same path gives.
	Versioned bool
}

// LogsClient is the role of agents and relays.
func LogsClient(variables ...string) Client {
	return Client{Name: "ladder-logs-writer", Patterns: []string{"logs-*"}, Variables: variables}
}

// Search is what the domain of a cluster is told: for each client a role and
// who has it, then how logs are indexed and how long they stay.
func (p Plan) Search(clients []Client) []Request {
	var out []Request
	for _, c := range clients {
		out = append(out, c.requests()...)
	}
	if p.Config.Logs != nil {
		out = append(out, p.indexTemplate(), p.lifecycle())
	}
	return out
}

// requests make the role and map AWS roles to it. Without the mapping every
// bulk request is answered with 403. Source: OpenSearch documentation, security
// plugin API; OpenSearch Service developer guide, "Fine-grained access control".
func (c Client) requests() []Request {
	indices := []string{"create_index", "manage", "index", "write", "indices:admin/mapping/put"}
	cluster := []string{"cluster:monitor/main", "cluster:monitor/health", "indices:data/write/bulk*"}
	if c.Read {
		indices = append(indices, "read", "search")
		cluster = append(cluster, "indices:data/read/msearch*", "indices:data/read/mget*", "indices:data/read/scroll*", "cluster:admin/component_template/put",
			"indices:admin/index_template/put", "indices:admin/index_template/get", "indices:admin/template/put", "indices:admin/template/get")
	}
	var roles []string
	for _, v := range c.Variables {
		roles = append(roles, "$"+v)
	}
	return []Request{
		{Path: "/_plugins/_security/api/roles/" + c.Name, Body: text(map[string]any{
			"cluster_permissions": cluster,
			"index_permissions":   []any{map[string]any{"index_patterns": c.Patterns, "allowed_actions": indices}},
		})},
		{Path: "/_plugins/_security/api/rolesmapping/" + c.Name, Body: text(map[string]any{"backend_roles": roles})},
	}
}

// indexTemplate gives parsed fields one type, so that two applications cannot
// make each other's records unacceptable, and a shard for each data node at most.
func (p Plan) indexTemplate() Request {
	keyword := map[string]any{"type": "keyword", "ignore_above": 256}
	return Request{Path: "/_index_template/ladder-logs", Body: text(map[string]any{
		"index_patterns": []string{"logs-*"}, "priority": 100,
		"template": map[string]any{
			"settings": map[string]any{
				"index.number_of_shards": 1, "index.number_of_replicas": spec.SearchReplicas, "index.refresh_interval": "10s", "index.codec": "best_compression",
			},
			"mappings": map[string]any{"properties": map[string]any{
				"@timestamp": map[string]any{"type": "date"}, "log": map[string]any{"type": "text"},
				"cluster": keyword, "fields": map[string]any{"type": "flat_object"}, "kubernetes": map[string]any{"type": "flat_object"},
			}},
		},
	})}
}

// lifecycle is the policy that moves indices to warm and cold nodes and deletes
// them. It takes every index of the pattern, old ones when they are made anew.
// Source: OpenSearch documentation, Index State Management; OpenSearch Service
// developer guide, "Index State Management": warm_migration, cold_migration.
func (p Plan) lifecycle() Request {
	type state = map[string]any
	after := func(days int) map[string]any { return map[string]any{"min_index_age": fmt.Sprintf("%dd", days)} }
	to := func(name string, days int) []any {
		return []any{map[string]any{"state_name": name, "conditions": after(days)}}
	}
	keep := p.logs().RetentionDays
	hot := state{"name": "hot", "actions": []any{}, "transitions": to("delete", keep)}
	states := []any{hot}
	deletion := []any{map[string]any{"delete": map[string]any{}}}
	if o := p.Config.OpenSearch; o != nil && o.Warm != nil {
		hot["transitions"] = to("warm", o.Warm.AfterDays)
		warm := state{"name": "warm", "actions": []any{map[string]any{"warm_migration": map[string]any{}}}, "transitions": to("delete", keep)}
		states = append(states, warm)
		if o.Warm.ColdAfterDays > 0 {
			warm["transitions"] = to("cold", o.Warm.ColdAfterDays)
			states = append(states, state{"name": "cold", "actions": []any{map[string]any{"cold_migration": map[string]any{"timestamp_field": "@timestamp"}}},
				"transitions": to("delete", keep)})
			deletion = []any{map[string]any{"cold_delete": map[string]any{}}}
		}
	}
	states = append(states, state{"name": "delete", "actions": deletion, "transitions": []any{}})
	return Request{Versioned: true, Path: "/_plugins/_ism/policies/ladder-logs", Body: text(map[string]any{"policy": map[string]any{
		"description":   fmt.Sprintf("logs are kept for %d days", keep),
		"default_state": "hot", "states": states,
		"ism_template": []any{map[string]any{"index_patterns": []string{"logs-*"}, "priority": 100}},
	}})}
}

// text is a body on one line. Its keys are sorted.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists only, all written here
	}
	return string(b)
}

// Topics of Kafka, one for each kind of logs.
func (p Plan) Topics() []string {
	if p.Config.Kafka == nil || p.Config.Logs == nil {
		return nil
	}
	return p.Kinds()
}

// Digest distinguishes plans of a set-up: a Job that has run is not run again
// for the same one.
func Digest(parts ...string) string { return short(strings.Join(parts, "\x00")) }

// Mapped are the names of the clients' roles, sorted.
func Mapped(clients []Client) []string {
	var out []string
	for _, c := range clients {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}
