package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Kiali draws the mesh from its metrics and traces.
type Kiali struct {
	// Write lets Kiali change objects of Istio; it only looks by default.
	Write bool `json:"write,omitempty"`
	// Replicas, 1 to 6; 0 means 2.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0"`
	// URL under which people reach it, for single sign-on; empty means that it knows none.
	URL string `json:"url,omitempty"`
	// SingleSignOn through an identity provider; nil means that people show a
	// token of Kubernetes.
	SingleSignOn *SingleSignOn `json:"singleSignOn,omitempty"`
	// AcknowledgeSingle says why one pod is enough, for a stage that wants two.
	AcknowledgeSingle string `json:"acknowledgeSingle,omitempty"`
}

func (k *Kiali) defaults() {
	or(&k.Replicas, 2)
	if k.SingleSignOn != nil {
		s := k.SingleSignOn.withDefaults()
		k.SingleSignOn = &s
	}
}

func (k Kiali) validate(c Config, in Input) finding.List {
	var out finding.List
	between(&out, "replicas", k.Replicas, 1, maxReplicas, "replicas")
	if c.Metrics == nil {
		out.Add("", "add metrics, or remove it", "draws the mesh from metrics, and there are none")
	}
	for _, key := range c.On(keys(in.Clusters)) {
		if !in.Clusters[key].Mesh {
			out.Add("", "add mesh, or leave the cluster out of observability.clusters", "draws the mesh, and cluster %q has none", key)
		}
	}
	if k.URL != "" {
		httpsURL(&out, "url", k.URL)
	}
	if k.SingleSignOn != nil {
		if k.URL == "" {
			out.Add("url", "give the URL under which people reach Kiali", "is missing, and single sign-on sends people back to it")
		}
		out.Join("singleSignOn", k.SingleSignOn.validate(c, in))
	}
	if k.AcknowledgeSingle != "" && k.Replicas > 1 {
		out.Warn("acknowledgeSingle", "remove it", "acknowledges something that is not so")
	}
	return out
}

// charts that Kiali installs.
func (k Kiali) charts() []string { return []string{ChartKiali} }

func (k Kiali) single() []Single {
	if k.Replicas > 1 || len(k.AcknowledgeSingle) > 0 {
		return nil
	}
	return []Single{{Path: "kiali.replicas", Acknowledge: "kiali.acknowledgeSingle", Loses: "nobody sees the mesh while its node or zone is away"}}
}
