package stacks_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"testing"
)

// object is one entry of a seed file.
type object struct {
	Kind  string         `json:"kind"`
	Scope string         `json:"scope"`
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Owner string         `json:"owner"`
	Attrs map[string]any `json:"attrs"`
}

// seeds are the objects of the seed file by ID.
func seeds(t *testing.T) map[string]object {
	t.Helper()
	text, err := os.ReadFile("seed-existing-vpc.json")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var list []object
	if err := dec.Decode(&list); err != nil {
		t.Fatal(err)
	}
	out := map[string]object{}
	for _, o := range list {
		if _, twice := out[o.ID]; twice {
			t.Errorf("%s is there twice", o.ID)
		}
		if o.Owner != "seed" || o.Kind == "" || len(o.Attrs) == 0 {
			t.Errorf("%s: incomplete or not the seed's own: %+v", o.ID, o)
		}
		out[o.ID] = o
	}
	return out
}

// TestSeedIsWhatTheStackFileSays compares the two sides of existing-vpc.
func TestSeedIsWhatTheStackFileSays(t *testing.T) {
	s, all := read(t, "existing-vpc.yaml"), seeds(t)
	e := s.Networks["main"].Existing
	vpc := all[e.VPCID]
	if vpc.Kind != "aws:ec2/vpc:Vpc" || vpc.Attrs["cidrBlock"] != e.CIDR {
		t.Fatalf("the VPC is %+v, want block %s", vpc, e.CIDR)
	}
	scope := s.Environment.AccountID + "/" + s.Environment.Region
	for _, o := range all {
		if o.Scope != scope {
			t.Errorf("%s is in %q, want %q", o.ID, o.Scope, scope)
		}
	}
	taken := map[any]int{} // addresses by subnet
	for _, o := range all {
		if ips, ok := o.Attrs["privateIps"].([]any); ok {
			taken[o.Attrs["subnetId"]] += len(ips)
		}
	}
	const reserved = 5 // of each subnet, AWS's own
	for role, subnets := range map[string]map[string]string{"private": e.Subnets.Private, "public": e.Subnets.Public, "pod": e.Subnets.Pod} {
		block := netip.MustParsePrefix(e.CIDR)
		if role == "pod" {
			block = netip.MustParsePrefix(e.PodCIDR)
		}
		for zone, id := range subnets {
			o := all[id]
			if o.Attrs["vpcId"] != e.VPCID || o.Attrs["availabilityZoneId"] != zone {
				t.Errorf("%s %s: %+v is not in %s of %s", role, id, o, zone, e.VPCID)
				continue
			}
			p := netip.MustParsePrefix(o.Attrs["cidrBlock"].(string))
			if !block.Contains(p.Addr()) || p != p.Masked() {
				t.Errorf("%s %s: %s is not a block of %s", role, id, p, block)
			}
			if free := 1<<(32-p.Bits()) - reserved - taken[id]; free != e.AvailableAddresses[id] {
				t.Errorf("%s %s: %d addresses are free, the stack file says %d", role, id, free, e.AvailableAddresses[id])
			}
		}
	}
}

// TestSeedRefersToItself: what an object names by ID is in the file too.
func TestSeedRefersToItself(t *testing.T) {
	all := seeds(t)
	for _, o := range all {
		for _, key := range []string{"vpcId", "subnetId", "routeTableId", "natGatewayId", "gatewayId", "networkInterfaceId",
			"mainRouteTableId", "defaultSecurityGroupId", "defaultNetworkAclId"} {
			if id, ok := o.Attrs[key].(string); ok {
				if _, there := all[id]; !there {
					t.Errorf("%s: %s names %q, which the file lacks", o.ID, key, id)
				}
			}
		}
	}
}
