package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Stores of metrics beyond what a Prometheus keeps.
const (
	StoreThanos  = "thanos"
	StoreManaged = "managed"
)

// Metrics are Prometheus servers and the store behind them.
type Metrics struct {
	// Store is thanos (S3, everything in the cluster) or managed (Amazon Managed
	// Service for Prometheus). Empty means thanos.
	Store string `json:"store,omitempty" jsonschema:"enum=thanos,enum=managed"`
}

func (m *Metrics) defaults() {
	if m.Store == "" {
		m.Store = StoreThanos
	}
}

func (m Metrics) validate(c Config, in Input) finding.List {
	var out finding.List
	word(&out, "store", m.Store, StoreThanos, StoreManaged)
	return out
}

// charts that metrics install.
func (m Metrics) charts() []string { return nil }
