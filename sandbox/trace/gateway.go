package trace

import (
	"encoding/json"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const kindFilter = "kube:networking.istio.io/v1alpha3/EnvoyFilter"

// gateway asks the gateway's pods: which of their servers takes the request,
// and which route it has.
func (r *run) gateway(lb, _, group *world.Object, t *target) {
	network := nested.Text(lb.Attrs, "loadBalancerType") == "network"
	if network && !r.proxied(group, t) {
		return
	}
	r.sees(t, !network, nested.Boolean(group.Attrs, "proxyProtocolV2"))
	tls := network && r.url.Scheme == "https" || nested.Text(group.Attrs, "protocol") == "HTTPS"
	istio, api := r.istioServers(t), r.apiListeners(t)
	switch {
	case len(istio) > 0 && !tls:
		r.istioPlain(t, istio)
	case len(istio) > 0:
		r.istioTLS(t, istio)
	case len(api) > 0 && !tls:
		r.apiPlain(t, api)
	case len(api) > 0:
		r.apiTLS(t, api)
	case network:
		r.dead("gateway", t.name, "no Gateway object opens port %d (%d of service %s) on these pods: connections are refused", t.podPort, t.port, t.service.ID)
	default:
		r.refused(502, "gateway", t.name, "no Gateway object opens port %d (%d of service %s) on these pods", t.podPort, t.port, t.service.ID)
	}
}

// proxied: the proxy protocol is spoken by both sides or by neither.
// Source: NLB user guide, proxy protocol; Envoy, listener filter proxy_protocol.
func (r *run) proxied(group *world.Object, t *target) bool {
	sends, expects, both := nested.Boolean(group.Attrs, "proxyProtocolV2"), false, false
	for _, f := range r.find(kindFilter, t.scope, nil) {
		ns, _, _ := strings.Cut(f.ID, "/")
		if ns != t.namespace && ns != "istio-system" || !subset(nested.Object(f.Attrs, "spec", "workloadSelector", "labels"), t.labels) {
			continue
		}
		content, err := json.Marshal(nested.At(f.Attrs, "spec"))
		if err != nil || !strings.Contains(string(content), "proxy_protocol") {
			continue
		}
		expects = true
		both = both || strings.Contains(string(content), "allow_requests_without_proxy_protocol")
	}
	switch {
	case sends && !expects:
		return r.refused(400, "gateway", t.name, "the target group sends the proxy protocol's header, and no EnvoyFilter has the gateway read it")
	case expects && !sends && !both:
		return r.dead("gateway", t.name, "waits for the proxy protocol's header, which the target group does not send: connections are closed")
	}
	return true
}

// secret is the certificate that a gateway ends TLS with.
func (r *run) secret(t *target, namespace, secret string) bool {
	for _, c := range r.find("kube:cert-manager.io/v1/Certificate", t.scope, nil) {
		ns, _, _ := strings.Cut(c.ID, "/")
		if ns != namespace || nested.Text(c.Attrs, "spec", "secretName") != secret {
			continue
		}
		for _, n := range nested.Texts(c.Attrs, "spec", "dnsNames") {
			if certified(name(n), r.host) {
				r.unknown("certificate", secret, "is for %s, from cert-manager: whether the authority has issued it is not decided here", n)
				return true
			}
		}
		return r.dead("certificate", secret, "is for %s, not for %s: clients give up", strings.Join(nested.Texts(c.Attrs, "spec", "dnsNames"), ", "), r.host)
	}
	if r.get(kindSecret, t.scope, namespace+"/"+secret) == nil {
		return r.dead("certificate", secret, "there is no secret %s/%s: the TLS handshake fails", namespace, secret)
	}
	r.unknown("certificate", secret, "the secret is there; what it is for is not decided here")
	return true
}

// serve ends the trace at a service's pods.
func (r *run) serve(t *target, namespace, service string, port any, path, step string) {
	s, problem := r.behind(t.scope, namespace, service, port)
	if problem != "" {
		r.refused(503, step, namespace+"/"+service, "%s", problem)
		return
	}
	if s.ready == 0 {
		r.refused(503, "pods", s.service.ID, "the service has no ready pod%s", because(s.why))
		return
	}
	if path != r.path && path != "" {
		r.hop("rewrite", r.path, "becomes %s", path)
	}
	r.policies(t, namespace)
	r.hop("pods", s.service.ID, "%s of %s on port %d", plural(s.ready, "ready pod"), s.name, s.podPort)
	r.trace.Outcome, r.trace.Status = Reached, 200
	r.trace.Service, r.trace.Path = s.service.ID+":"+itoa(s.port), path
}

// policies that may still say no.
func (r *run) policies(t *target, namespace string) {
	for _, p := range r.find("kube:security.istio.io/v1/AuthorizationPolicy", t.scope, nil) {
		if ns, _, _ := strings.Cut(p.ID, "/"); ns == namespace || ns == t.namespace {
			r.unknown("policy", p.ID, "an AuthorizationPolicy: what it says of this request is not decided here")
		}
	}
}
