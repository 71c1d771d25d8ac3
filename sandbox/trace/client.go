package trace

import (
	"encoding/json"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// proxyNote is where a pod says how its Envoy is set up. Source: istio.io/api
// 1.31, annotation proxy.istio.io/config.
const proxyNote = "proxy.istio.io/config"

// sees says whom the gateway takes for the client, which rules by source address
// and everything behind it go by. An ALB adds the address that it saw to
// X-Forwarded-For; the gateway counts as many entries from the end as it trusts
// proxies, and without one takes its peer. Source: Envoy, HTTP headers,
// x-forwarded-for, and xff_num_trusted_hops; Istio, ProxyConfig.gatewayTopology.
func (r *run) sees(t *target, appends, proxyProtocol bool) {
	trusted, before := trustedProxies(t), 0
	if appends {
		before = 1
	}
	switch {
	case trusted > before:
		r.hop("client", t.name, "is told of proxies before it: %d, and there is %d: it believes what clients write into X-Forwarded-For", trusted, before)
	case trusted < before, !appends && !proxyProtocol:
		r.hop("client", t.name, "takes the load balancer for the client: the address of the client is lost to rules by source address")
	case proxyProtocol:
		r.hop("client", t.name, "learns the client's address %s from the proxy protocol", addresses(r.client))
	default:
		r.hop("client", t.name, "learns the client's address %s from X-Forwarded-For", addresses(r.client))
	}
}

func trustedProxies(t *target) int {
	var config struct {
		GatewayTopology struct {
			NumTrustedProxies int `json:"numTrustedProxies"`
		} `json:"gatewayTopology"`
	}
	if err := json.Unmarshal([]byte(nested.Text(t.notes, proxyNote)), &config); err != nil {
		return 0 // no note: Istio's default
	}
	return config.GatewayTopology.NumTrustedProxies
}
