package edge

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
)

// NameServers asks DNS, as anyone outside would, which name servers a domain
// has; none is no error.
type NameServers func(ctx context.Context, domain string) ([]string, error)

// dnsPatience is how long an answer may take. A run must not hang on DNS.
const dnsPatience = 10 * time.Second

// provable is a certificate's ARN, once it is known that its proofs can be
// found: where the stack file says that somebody has delegated to a zone made
// here, DNS is asked, before ACM waits 75 minutes. In a preview nothing is asked.
func (b *builder) provable(cert *certificate) pulumi.StringInput {
	z := b.cfg.Domain.Zone
	if !z.Create || !z.Delegated || b.args.NameServers == nil {
		return cert.ARN
	}
	return pulumi.All(cert.ARN, b.e.NameServers).ApplyT(func(v []any) (string, error) {
		arn, _ := v[0].(string)
		servers, _ := v[1].([]string)
		if b.ctx.DryRun() {
			return arn, nil
		}
		return arn, b.delegated(servers)
	}).(pulumi.StringOutput)
}

// delegated is the answer of DNS, asked once. Without one the file is believed,
// with a warning; so it is where this machine may see the private zone of the
// same name in place of the public one.
func (b *builder) delegated(servers []string) error {
	b.asked.Do(func() {
		domain := b.cfg.Domain.Name
		ctx, cancel := context.WithTimeout(b.ctx.Context(), dnsPatience)
		defer cancel()
		answered, err := b.args.NameServers(ctx, domain)
		if err != nil {
			b.answer = b.ctx.Log.Warn(fmt.Sprintf("DNS could not be asked who delegates to the zone of %s (%v): zone.delegated is taken at its word", domain, err), nil)
			return
		}
		err = spec.CheckDelegation(domain, servers, answered)
		if err != nil && b.cfg.Domain.PrivateZone {
			b.answer = b.ctx.Log.Warn(err.Error()+"; or this machine sees the private zone of that name, then this means nothing", nil)
			return
		}
		b.answer = err
	})
	return b.answer
}
