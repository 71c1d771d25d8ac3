package edge

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
)

// tlsPolicy is TLS 1.3 and 1.2 with forward secrecy only, and a key exchange
// that a quantum computer does not break where the client knows it: what AWS
// recommends and its console chooses. Source: ELB user guide, "Security
// policies for your Application Load Balancer", read 2026-11.
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

// listeners makes what the load balancers answer on.
func (b *builder) listeners() error {
	for _, key := range b.cfg.Entrances() {
		e := b.entrances[key]
		build := b.httpsListeners
		if e.network {
			build = b.streamListeners
		}
		if err := build(e); err != nil {
			return fmt.Errorf("listeners of %s: %w", key, err)
		}
	}
	return nil
}

// httpsListeners are an ALB's: one that ends TLS, and for the application one
// that sends everybody to it. The management entrance has no plain port at all.
func (b *builder) httpsListeners(e *entrance) error {
	if e.key == spec.EntranceApplication {
		id := b.id(e.key + "-http")
		plain, err := lb.NewListener(b.ctx, id, &lb.ListenerArgs{
			LoadBalancerArn: e.balancer.Arn, Port: pulumi.Int(portHTTP), Protocol: pulumi.String("HTTP"), Tags: b.tags.For(id),
			DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
				Type: pulumi.String("redirect"), Redirect: lb.ListenerDefaultActionRedirectArgs{
					Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
				},
			}},
		}, b.aws()...)
		if err != nil {
			return err
		}
		e.listeners = append(e.listeners, plain)
	}
	id := b.id(e.key + "-https")
	secure, err := lb.NewListener(b.ctx, id, &lb.ListenerArgs{
		LoadBalancerArn: e.balancer.Arn, Port: pulumi.Int(portHTTPS), Protocol: pulumi.String("HTTPS"), Tags: b.tags.For(id),
		SslPolicy: pulumi.String(tlsPolicy), CertificateArn: e.certificate.ToStringOutput().ToStringPtrOutput(),
		DefaultActions: lb.ListenerDefaultActionArray{b.forward(e.key, "")},
	}, b.aws()...)
	if err != nil {
		return err
	}
	e.listeners = append(e.listeners, secure)
	if err := b.extraCertificates(e, secure); err != nil {
		return err
	}
	if e.key != spec.EntranceApplication {
		return nil
	}
	return b.redirects(secure)
}

// streamListeners are an NLB's: it passes both ports on as they are, and the
// gateway redirects and ends TLS.
func (b *builder) streamListeners(e *entrance) error {
	for _, p := range []struct {
		role string
		port int
	}{{spec.PortHTTP, portHTTP}, {spec.PortTLS, portHTTPS}} {
		id := b.id(e.key + "-" + p.role)
		listener, err := lb.NewListener(b.ctx, id, &lb.ListenerArgs{
			LoadBalancerArn: e.balancer.Arn, Port: pulumi.Int(p.port), Protocol: pulumi.String("TCP"), Tags: b.tags.For(id),
			DefaultActions: lb.ListenerDefaultActionArray{b.forward(e.key, p.role)},
		}, b.aws()...)
		if err != nil {
			return err
		}
		e.listeners = append(e.listeners, listener)
	}
	return nil
}

// forward leads to the target groups of an entrance's port, each cluster's
// with its share.
func (b *builder) forward(key, role string) lb.ListenerDefaultActionArgs {
	var groups lb.ListenerDefaultActionForwardTargetGroupArray
	var only pulumi.StringPtrInput
	for _, t := range b.targets {
		if t.entrance == key && t.role == role {
			only = t.group.Arn.ToStringPtrOutput()
			groups = append(groups, lb.ListenerDefaultActionForwardTargetGroupArgs{Arn: t.group.Arn, Weight: pulumi.Int(b.cfg.Shift[t.cluster])})
		}
	}
	out := lb.ListenerDefaultActionArgs{Type: pulumi.String("forward")}
	if len(groups) == 1 {
		out.TargetGroupArn = only
		return out
	}
	forward := lb.ListenerDefaultActionForwardArgs{TargetGroups: groups}
	if !b.entrances[key].network {
		// Left out, it would show as a difference for ever (facts/providers.md D8.25).
		forward.Stickiness = lb.ListenerDefaultActionForwardStickinessArgs{Enabled: pulumi.Bool(false), Duration: pulumi.Int(1)}
	}
	out.Forward = forward
	return out
}

// extraCertificates are those that the listener chooses by server name.
func (b *builder) extraCertificates(e *entrance, listener *lb.Listener) error {
	cert := b.certificate(e.key)
	for _, arn := range slices.Sorted(slices.Values(cert.Extra)) {
		sum := sha256.Sum256([]byte(arn)) // a certificate has no name but its ARN
		id := b.id(e.key + "-cert-" + hex.EncodeToString(sum[:4]))
		more, err := lb.NewListenerCertificate(b.ctx, id, &lb.ListenerCertificateArgs{
			ListenerArn: listener.Arn, CertificateArn: pulumi.String(arn),
		}, b.aws()...)
		if err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		e.listeners = append(e.listeners, more)
	}
	return nil
}

// redirects are rules that send one host to another.
func (b *builder) redirects(listener *lb.Listener) error {
	from := b.cfg.Application.Redirects
	names := slices.Sorted(maps.Keys(from))
	ranks := priorities(names)
	for _, name := range names {
		id := b.id("redirect-" + name)
		if _, err := lb.NewListenerRule(b.ctx, id, &lb.ListenerRuleArgs{
			ListenerArn: listener.Arn, Priority: pulumi.Int(ranks[name]), Tags: b.tags.For(id),
			Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
				HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.StringArray{pulumi.String(name)}},
			}},
			Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
				Type: pulumi.String("redirect"), Redirect: lb.ListenerRuleActionRedirectArgs{
					Host: pulumi.String(from[name]), Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
				},
			}},
		}, b.aws()...); err != nil {
			return fmt.Errorf("redirect of %s: %w", name, err)
		}
	}
	return nil
}

// maxPriority of a listener rule. Source: ELBv2 API, CreateRule, Priority.
const maxPriority = 50000

// priorities gives each name a place of its own that does not move when another
// name comes or goes: by its digest, the next free one where two meet. The
// rules match one host each, so that their order decides nothing.
func priorities(names []string) map[string]int {
	out, taken := map[string]int{}, map[int]bool{}
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		rank := int(binary.BigEndian.Uint32(sum[:4])%maxPriority) + 1
		for taken[rank] {
			rank = rank%maxPriority + 1
		}
		out[name], taken[rank] = rank, true
	}
	return out
}
