package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Grafana shows what the stores hold.
type Grafana struct {
	// SingleSignOn through an identity provider; nil means the admin's password alone.
	SingleSignOn *SingleSignOn `json:"singleSignOn,omitempty"`
}

func (g *Grafana) defaults() {
	if g.SingleSignOn != nil {
		s := g.SingleSignOn.withDefaults()
		g.SingleSignOn = &s
	}
}

func (g Grafana) validate(c Config, in Input) finding.List {
	var out finding.List
	if g.SingleSignOn != nil {
		out.Join("singleSignOn", g.SingleSignOn.validate(c, in))
	}
	return out
}

// charts that Grafana installs.
func (g Grafana) charts() []string { return nil }
