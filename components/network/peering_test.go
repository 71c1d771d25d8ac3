package network

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/network/spec"
)

func TestForeignPeering(t *testing.T) {
	c := config()
	c.Peering = []spec.Peering{
		{Name: "hub", VPCID: "vpc-0123456789abcdef0", AccountID: "222222222222", Region: "us-west-2", CIDRs: []string{"10.40.0.0/16"}},
		{Name: "near", VPCID: "vpc-0123456789abcdef1", AccountID: "111111111111", CIDRs: []string{"10.41.0.0/16", "100.65.0.0/16"}},
		{Name: "data", Network: "data"}, // made by NewPeering
	}
	all, _ := made(t, c)
	hub, near := all["network-main-peering-hub"].inputs, all["network-main-peering-near"].inputs
	if hub["peerOwnerId"] != "222222222222" || hub["peerRegion"] != "us-west-2" || hub["autoAccept"] != nil {
		t.Errorf("hub is %v: AWS refuses to accept at once across accounts and regions", hub)
	}
	if near["peerOwnerId"] != nil || near["peerRegion"] != nil || near["autoAccept"] != true {
		t.Errorf("near is %v", near)
	}
	for _, name := range []string{"hub-public-10.40.0.0-16", "hub-apne2-az1-10.40.0.0-16", "near-apne2-az2-100.65.0.0-16"} {
		if _, ok := all["network-main-route-"+name]; !ok {
			t.Errorf("no route %s", name)
		}
	}
	if _, ok := all["network-main-peering-data"]; ok {
		t.Error("a link inside the stack is made twice")
	}
}

func TestPeeringOfTwoNetworks(t *testing.T) {
	m := &mocks{}
	other := spec.Config{CIDR: "10.30.0.0/16", Zones: []string{"apne2-az1", "apne2-az3"}, Quotas: &spec.Quotas{ElasticIPs: 4}}
	err := run(t, m, func(ctx *pulumi.Context, on pulumi.ResourceOption) error {
		a, err := New(ctx, "network-main", Args{Key: "main", Config: config(), Environment: environment()}, on)
		if err != nil {
			return err
		}
		b, err := New(ctx, "network-data", Args{Key: "data", Config: other, Environment: environment()}, on)
		if err != nil {
			return err
		}
		_, err = NewPeering(ctx, "network-main-peering-data", a, b, on)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string]string{}
	for name, r := range m.all {
		if short, ok := strings.CutPrefix(name, "network-main-peering-data-route-"); ok {
			routes[short] = fmt.Sprint(r.inputs["destinationCidrBlock"])
			if !strings.HasSuffix(r.parent, "::"+peeringToken+"::network-main-peering-data") || !strings.Contains(r.provider, "::aws::") {
				t.Errorf("%s has parent %q and provider %q", name, r.parent, r.provider)
			}
		}
	}
	want := map[string]string{
		"main-public-primary": "10.30.0.0/16", "main-apne2-az1-primary": "10.30.0.0/16", "main-apne2-az2-primary": "10.30.0.0/16",
		"data-public-primary": "10.20.0.0/16", "data-apne2-az1-primary": "10.20.0.0/16", "data-apne2-az3-primary": "10.20.0.0/16",
		"data-public-pod": "100.64.0.0/16", "data-apne2-az1-pod": "100.64.0.0/16", "data-apne2-az3-pod": "100.64.0.0/16",
	}
	if diff := cmp.Diff(want, routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}

func TestPeeringRefuses(t *testing.T) {
	a, b := &Network{key: "a"}, &Network{key: "b", existing: true}
	tests := map[string]struct {
		a, b *Network
		want string
	}{
		"a network missing": {a, nil, "it needs two networks"},
		"an existing VPC":   {a, b, "routes of an existing VPC belong to its owner"},
		"itself":            {a, a, `"a" cannot be linked with itself`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := &mocks{}
			err := run(t, m, func(ctx *pulumi.Context, on pulumi.ResourceOption) error {
				_, err := NewPeering(ctx, "p", tt.a, tt.b, on)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(m.all) > 1 {
				t.Errorf("error is %v with %d registrations, want %q and none", err, len(m.all)-1, tt.want)
			}
		})
	}
}
