package measure

import (
	"github.com/ladder-platform/ladder/components/observability/capacity"
)

// Tracing is where Kiali asks for traces; the zero value means that there are none.
type Tracing struct {
	// Provider is jaeger or tempo, URL its query API inside the cluster.
	Provider, URL string
	GRPC          bool
}

// Kiali are the values of its chart. It looks and does not touch unless the
// section says write: its role in the cluster has no verb that changes anything
// then (view_only_mode), whatever its screens offer.
func Kiali(in Input, tracing Tracing, grafana string) dict {
	k := *in.Config.Kiali
	w := in.of(capacity.Kiali)
	deployment := dict{
		"instance_name": KialiRelease, "replicas": k.Replicas, "view_only_mode": !k.Write, "resources": w.Resources(),
		"topology_spread_constraints": in.spread(dict{"app.kubernetes.io/name": "kiali", "app.kubernetes.io/instance": KialiRelease}, k.Replicas, false),
	}
	if k.Replicas > 1 {
		deployment["pod_disruption_budget"] = dict{"spec": dict{"maxUnavailable": 1}}
	}
	external := dict{
		"istio":      dict{"root_namespace": "istio-system"},
		"prometheus": dict{"url": QueryURL(*in.Config.Metrics)},
		"grafana":    dict{"enabled": false},
		"tracing":    dict{"enabled": false},
	}
	if tracing.URL != "" {
		external["tracing"] = dict{"enabled": true, "provider": tracing.Provider, "internal_url": tracing.URL, "use_grpc": tracing.GRPC}
	}
	if grafana != "" {
		external["grafana"] = dict{"enabled": true, "internal_url": grafana, "external_url": in.Config.Grafana.URL}
	}
	auth := dict{"strategy": "token"}
	if s := k.SingleSignOn; s != nil {
		// Its secret is the key oidc-secret of the Secret kiali, where the chart looks.
		auth = dict{"strategy": "openid", "openid": dict{
			"client_id": s.ClientID, "issuer_uri": s.Issuer, "disable_rbac": true, "scopes": list{"openid", "profile", "email"}, "username_claim": "email",
		}}
	}
	return dict{
		"fullnameOverride": KialiRelease, "auth": auth, "deployment": deployment, "external_services": external,
		"login_token": dict{"signing_key": "secret:" + KialiSigning + ":password"},
		"server":      kialiServer(k.URL),
	}
}

func kialiServer(url string) dict {
	out := dict{"port": KialiPort, "web_root": "/"}
	if host, ok := hostOf(url); ok {
		out["web_fqdn"], out["web_port"], out["web_schema"] = host, "443", "https"
	}
	return out
}
