package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Kiali draws the mesh from its metrics and traces.
type Kiali struct {
	// Write lets Kiali change objects of Istio; it only looks by default.
	Write bool `json:"write,omitempty"`
}

func (k *Kiali) defaults() {}

func (k Kiali) validate(c Config, in Input) finding.List { return nil }

// charts that Kiali installs.
func (k Kiali) charts() []string { return nil }
