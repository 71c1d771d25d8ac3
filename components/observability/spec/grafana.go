package spec

import (
	"github.com/ladder-platform/ladder/internal/finding"
)

// Grafana shows what the stores hold. Its state is its dashboards, which are
// code: it has no volume, and any of its pods answers.
type Grafana struct {
	// Replicas, 1 to 6; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// AdminEntry is the name of an entry of Secrets Manager with the properties
	// admin-user and admin-password. The cluster's External Secrets must be
	// allowed to read it.
	AdminEntry string `json:"adminEntry"`
	// URL under which people reach it, for links in alerts and for single
	// sign-on; empty means that it knows none.
	URL string `json:"url,omitempty"`
	// SingleSignOn through an identity provider; nil means the admin's password alone.
	SingleSignOn *SingleSignOn `json:"singleSignOn,omitempty"`
	// AcknowledgeSingle says why one pod is enough, for a stage that wants two.
	AcknowledgeSingle string `json:"acknowledgeSingle,omitempty"`
}

func (g *Grafana) defaults() {
	or(&g.Replicas, 2)
	if g.SingleSignOn != nil {
		s := g.SingleSignOn.withDefaults()
		g.SingleSignOn = &s
	}
}

func (g Grafana) validate(c Config, in Input) finding.List {
	var out finding.List
	between(&out, "replicas", g.Replicas, 1, maxReplicas, "replicas")
	secretEntry(&out, "adminEntry", g.AdminEntry, c, in)
	if c.Metrics == nil {
		out.Add("", "add metrics, or remove it", "shows metrics, and there are none")
	}
	if g.URL != "" {
		httpsURL(&out, "url", g.URL)
	}
	if g.SingleSignOn != nil {
		if g.URL == "" {
			out.Add("url", "give the URL under which people reach Grafana", "is missing, and single sign-on sends people back to it")
		}
		out.Join("singleSignOn", g.SingleSignOn.validate(c, in))
	}
	if g.AcknowledgeSingle != "" && g.Replicas > 1 {
		out.Warn("acknowledgeSingle", "remove it", "acknowledges something that is not so")
	}
	return out
}

// charts that Grafana installs.
func (g Grafana) charts() []string { return []string{ChartGrafana} }

func (g Grafana) single() []Single {
	if g.Replicas > 1 || len(g.AcknowledgeSingle) > 0 {
		return nil
	}
	return []Single{{Path: "grafana.replicas", Acknowledge: "grafana.acknowledgeSingle", Loses: "nobody sees a dashboard while its node or zone is away"}}
}
