package aws_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// TestNameServersAreWhatDNSSays: whom somebody outside would ask, whose zone it
// is does not matter.
func TestNameServersAreWhatDNSSays(t *testing.T) {
	registrar := func(domain string, attrs map[string]any) *world.Object {
		return &world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: domain, Owner: world.OwnerSeed, Attrs: attrs}
	}
	zone := func(account, name string, more map[string]any) *world.Object {
		attrs := map[string]any{"name": name, "nameServers": []any{"ns-1." + account + ".test"}}
		for k, v := range more {
			attrs[k] = v
		}
		return &world.Object{Kind: "aws:route53/zone:Zone", Scope: account, ID: "Z" + account, Attrs: attrs}
	}
	ns := func(zoneAccount, name, server string) *world.Object {
		return &world.Object{Kind: "aws:route53/record:Record", Scope: zoneAccount, ID: name, Attrs: map[string]any{
			"zoneId": "Z" + zoneAccount, "fqdn": name, "type": "NS", "records": []any{server}}}
	}
	for name, c := range map[string]struct {
		objects []*world.Object
		want    []string
	}{
		"a zone that nobody delegates to":          {[]*world.Object{zone("1", "dev.example.com", nil)}, nil},
		"a registrar that takes the zone as it is": {[]*world.Object{zone("1", "dev.example.com", nil), registrar("dev.example.com", nil)}, []string{"ns-1.1.test"}},
		"a registrar that names others": {[]*world.Object{zone("1", "dev.example.com", nil),
			registrar("dev.example.com", map[string]any{"nameServers": []any{"ns.elsewhere.net"}})}, []string{"ns.elsewhere.net"}},
		"the zone above, of another account": {[]*world.Object{zone("1", "dev.example.com", nil), zone("2", "example.com", map[string]any{"delegated": true}),
			ns("2", "dev.example.com", "ns-7.test")}, []string{"ns-7.test"}},
		"the zone above, which nobody finds": {[]*world.Object{zone("1", "dev.example.com", nil), zone("2", "example.com", nil), ns("2", "dev.example.com", "ns-7.test")}, nil},
		"a private zone":                     {[]*world.Object{zone("1", "dev.example.com", map[string]any{"vpcs": []any{map[string]any{"vpcId": "vpc-1"}}}), registrar("dev.example.com", nil)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := world.New(7, today)
			var got []string
			if err := w.Tx(func(tx *world.Tx) error {
				for _, o := range c.objects {
					tx.Put(o)
				}
				got = aws.NameServers(tx, "Dev.Example.com.")
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
