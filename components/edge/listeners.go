package edge

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/untyped"
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
		if _, err := b.listener(e, id, pulumi.Map{
			"port": pulumi.Int(portHTTP), "protocol": pulumi.String("HTTP"), "defaultActions": pulumi.Array{toHTTPS(nil)},
		}); err != nil {
			return err
		}
	}
	id := b.id(e.key + "-https")
	secure, err := b.listener(e, id, pulumi.Map{
		"port": pulumi.Int(portHTTPS), "protocol": pulumi.String("HTTPS"), "sslPolicy": pulumi.String(tlsPolicy), "certificateArn": e.certificate,
		"defaultActions": pulumi.Array{b.forward(e.key, "")},
	})
	if err != nil {
		return err
	}
	if err := b.extraCertificates(e, secure); err != nil {
		return err
	}
	if e.key != spec.EntranceApplication {
		return nil
	}
	return b.redirects(secure)
}

// listener makes a listener of an entrance's load balancer.
func (b *builder) listener(e *entrance, id string, args pulumi.Map) (*listener, error) {
	args["loadBalancerArn"], args["tags"] = e.balancer.ARN, b.tags.For(id)
	var l listener
	if err := untyped.Register(b.ctx, tokenListener, id, args, &l, b.aws()...); err != nil {
		return nil, err
	}
	e.listeners = append(e.listeners, &l)
	return &l, nil
}

// toHTTPS sends a request to a host, its own when nil, by TLS.
func toHTTPS(host pulumi.StringInput) pulumi.Map {
	redirect := pulumi.Map{"protocol": pulumi.String("HTTPS"), "port": pulumi.String("443"), "statusCode": pulumi.String("HTTP_301")}
	if host != nil {
		redirect["host"] = host
	}
	return pulumi.Map{"type": pulumi.String("redirect"), "redirect": redirect}
}

// streamListeners are an NLB's: it passes both ports on as they are, and the
// gateway redirects and ends TLS.
func (b *builder) streamListeners(e *entrance) error {
	for _, p := range []struct {
		role string
		port int
	}{{spec.PortHTTP, portHTTP}, {spec.PortTLS, portHTTPS}} {
		id := b.id(e.key + "-" + p.role)
		if _, err := b.listener(e, id, pulumi.Map{
			"port": pulumi.Int(p.port), "protocol": pulumi.String("TCP"), "defaultActions": pulumi.Array{b.forward(e.key, p.role)},
		}); err != nil {
			return err
		}
	}
	return nil
}

// forward leads to the target groups of an entrance's port, each cluster's
// with its share.
func (b *builder) forward(key, role string) pulumi.Map {
	var groups pulumi.Array
	var only pulumi.StringInput
	for _, t := range b.targets {
		if t.entrance == key && t.role == role {
			only = t.group.ARN
			groups = append(groups, pulumi.Map{"arn": t.group.ARN, "weight": pulumi.Int(b.cfg.Shift[t.cluster])})
		}
	}
	if len(groups) == 1 {
		return pulumi.Map{"type": pulumi.String("forward"), "targetGroupArn": only}
	}
	forward := pulumi.Map{"targetGroups": groups}
	if !b.entrances[key].network {
		// Left out, it would show as a difference for ever (facts/providers.md D8.25).
		forward["stickiness"] = pulumi.Map{"enabled": pulumi.Bool(false), "duration": pulumi.Int(1)}
	}
	return pulumi.Map{"type": pulumi.String("forward"), "forward": forward}
}

// extraCertificates are those that the listener chooses by server name.
func (b *builder) extraCertificates(e *entrance, secure *listener) error {
	cert := b.certificate(e.key)
	for _, arn := range slices.Sorted(slices.Values(cert.Extra)) {
		sum := sha256.Sum256([]byte(arn)) // a certificate has no name but its ARN
		id := b.id(e.key + "-cert-" + hex.EncodeToString(sum[:4]))
		var more pulumi.CustomResourceState
		if err := untyped.Register(b.ctx, tokenCertificate, id, pulumi.Map{"listenerArn": secure.ARN, "certificateArn": pulumi.String(arn)}, &more, b.aws()...); err != nil {
			return fmt.Errorf("certificate %s: %w", arn, err)
		}
		e.listeners = append(e.listeners, &more)
	}
	return nil
}

// redirects are rules that send one host to another.
func (b *builder) redirects(secure *listener) error {
	from := b.cfg.Application.Redirects
	names := slices.Sorted(maps.Keys(from))
	ranks := priorities(names)
	for _, name := range names {
		id := b.id("redirect-" + name)
		var rule pulumi.CustomResourceState
		if err := untyped.Register(b.ctx, tokenRule, id, pulumi.Map{
			"listenerArn": secure.ARN, "priority": pulumi.Int(ranks[name]), "tags": b.tags.For(id),
			"conditions": pulumi.Array{pulumi.Map{"hostHeader": pulumi.Map{"values": pulumi.ToStringArray([]string{name})}}},
			"actions":    pulumi.Array{toHTTPS(pulumi.String(from[name]))},
		}, &rule, b.aws()...); err != nil {
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
