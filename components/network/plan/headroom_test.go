package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Instance types with the interfaces that EC2 gives them (facts, eni_limits).
var (
	m5Large  = InstanceType{Name: "m5.large", ENIs: 3, AddressesPerENI: 10, VCPU: 2}
	m5XLarge = InstanceType{Name: "m5.xlarge", ENIs: 4, AddressesPerENI: 15, VCPU: 4}
)

func TestFootprint(t *testing.T) {
	tests := map[string]struct {
		c       Cluster
		maxPods int
		want    footprint
	}{
		"a full node has all its interfaces":              {want: footprint{pod: 30, text: "m5.large: 3 interfaces × 10"}},
		"few pods: the interfaces they need and one warm": {maxPods: 9, want: footprint{pod: 20, text: "m5.large: 2 interfaces × 10"}},
		"one pod more takes the next interface":           {maxPods: 10, want: footprint{pod: 30, text: "m5.large: 3 interfaces × 10"}},
		"custom networking: the first interface has no pods": {
			c: Cluster{PodSubnets: true}, want: footprint{node: 1, pod: 20, text: "m5.large: 1, and for pods 2 interfaces × 10"}},
		"prefixes: 110 pods are 7 and one warm": {
			c: Cluster{PrefixDelegation: true}, want: footprint{pod: 1, prefixes: 8, text: "m5.large: 8 prefixes of 16 and 1 single"}},
		"prefixes and custom networking": {
			c: Cluster{PrefixDelegation: true, PodSubnets: true}, maxPods: 250,
			want: footprint{node: 1, pod: 2, prefixes: 17, text: "m5.large: 1, and for pods 17 prefixes of 16 and 2 single"}},
		"prefixes end with what the interfaces carry": {
			c: Cluster{PrefixDelegation: true, PodSubnets: true}, maxPods: 1000,
			want: footprint{node: 1, pod: 2, prefixes: 18, text: "m5.large: 1, and for pods 18 prefixes of 16 and 2 single"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := footprintOf(m5Large, tt.c, tt.maxPods); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPrefixPodsFollowTheVCPU(t *testing.T) {
	tests := map[string]struct{ vcpu, prefixes int }{
		"30 vCPU carry 110 pods":        {30, 8},
		"31 vCPU carry 250":             {31, 17},
		"unknown vCPU counts as many":   {0, 17},
		"a small type is capped at 110": {2, 8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			big := InstanceType{Name: "x", ENIs: 8, AddressesPerENI: 30, VCPU: tt.vcpu}
			if got := footprintOf(big, Cluster{PrefixDelegation: true}, 0).prefixes; got != tt.prefixes {
				t.Errorf("%d prefixes, want %d", got, tt.prefixes)
			}
		})
	}
}

func TestNodesAtTheWorstInstant(t *testing.T) {
	tests := map[string]struct {
		g          Group
		zones      int
		all, surge int
	}{
		"rolling: two more for each zone":                    {Group{Max: 9}, 3, 5, 2},
		"rolling: uneven numbers round up":                   {Group{Max: 10}, 3, 6, 2},
		"rolling: maxUnavailable where it is more":           {Group{Max: 9, MaxUnavailable: 12}, 3, 7, 4},
		"rolling: maxUnavailable just below twice the zones": {Group{Max: 9, MaxUnavailable: 5}, 3, 5, 2},
		"rolling in one zone":                                {Group{Max: 4}, 1, 6, 2},
		"blue/green: the whole group again":                  {Group{Max: 10, Upgrade: BlueGreen}, 3, 8, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			all, surge, _ := tt.g.nodes(tt.zones)
			if all != tt.all || surge != tt.surge {
				t.Errorf("%d nodes, %d of them surge; want %d and %d", all, surge, tt.all, tt.surge)
			}
		})
	}
}

// proofRows is one "role zone usable need surge free" line for each row.
func proofRows(p Proof) []string {
	var out []string
	for _, r := range p.Rows {
		out = append(out, fmt.Sprintf("%s %s usable %d need %d surge %d free %d", r.Role, r.Zone, r.Usable, r.Need, r.Surge, r.Free))
	}
	return out
}

func TestProve(t *testing.T) {
	two := []string{"apne2-az1", "apne2-az2"}
	group := Group{Key: "general", Max: 6, Types: []InstanceType{m5Large, m5XLarge}}
	tests := map[string]struct {
		in   Input
		d    Demand
		want []string
	}{
		"node subnets: endpoints 3, control plane 2 + 5, (6 + 4) / 2 nodes × 60": {
			in: Input{CIDR: "10.0.0.0/20", Zones: two},
			d:  Demand{InterfaceEndpoints: 3, NATAddresses: map[string]int{"apne2-az1": 2}, Clusters: []Cluster{{Key: "main", Groups: []Group{group}}}},
			want: []string{
				"private apne2-az1 usable 507 need 310 surge 125 free 197",
				"public apne2-az1 usable 251 need 2 surge 0 free 249",
				"private apne2-az2 usable 507 need 310 surge 125 free 197",
				"public apne2-az2 usable 251 need 0 surge 0 free 251",
			},
		},
		"pod subnets: nodes take one address, pods 3 × 15": {
			in: Input{CIDR: "10.0.0.0/20", PodCIDR: "100.64.0.0/20", Zones: two},
			d:  Demand{Clusters: []Cluster{{Key: "main", PodSubnets: true, Groups: []Group{group}, PublicLoadBalancers: 2, InternalLoadBalancers: 1, FileSystems: 1, Bastions: 1}}},
			want: []string{
				"private apne2-az1 usable 507 need 22 surge 7 free 485",
				"public apne2-az1 usable 251 need 16 surge 0 free 235",
				"pod apne2-az1 usable 1019 need 225 surge 90 free 794",
				"private apne2-az2 usable 507 need 22 surge 7 free 485",
				"public apne2-az2 usable 251 need 16 surge 0 free 235",
				"pod apne2-az2 usable 1019 need 225 surge 90 free 794",
			},
		},
		"stores: control plane 2 + 5, and 4 of which 2 replace others": {
			in: Input{CIDR: "10.0.0.0/20", Zones: two},
			d:  Demand{Clusters: []Cluster{{Key: "main", Stores: 4, StoreSurge: 2}}},
			want: []string{
				"private apne2-az1 usable 507 need 11 surge 7 free 496",
				"public apne2-az1 usable 251 need 0 surge 0 free 251",
				"private apne2-az2 usable 507 need 11 surge 7 free 496",
				"public apne2-az2 usable 251 need 0 surge 0 free 251",
			},
		},
		"prefixes: first and last are not usable, singles count as 16": {
			in: Input{CIDR: "10.0.0.0/18", Zones: two},
			d: Demand{InterfaceEndpoints: 1, Clusters: []Cluster{{Key: "main", PrefixDelegation: true,
				Groups: []Group{{Key: "general", Max: 6, Types: []InstanceType{m5Large}}}}}},
			want: []string{ // 5 nodes × 9 + 1 + 7 = 53 prefixes of 126
				"private apne2-az1 usable 2016 need 848 surge 368 free 1168",
				"public apne2-az1 usable 251 need 0 surge 0 free 251",
				"private apne2-az2 usable 2016 need 848 surge 368 free 1168",
				"public apne2-az2 usable 251 need 0 surge 0 free 251",
			},
		},
		"a group in one zone takes nothing elsewhere": {
			in: Input{CIDR: "10.0.0.0/20", Zones: two},
			d: Demand{Clusters: []Cluster{{Key: "main", Groups: []Group{
				{Key: "one", Max: 1, Zones: two[:1], Types: []InstanceType{m5Large}}}}}},
			want: []string{
				"private apne2-az1 usable 507 need 97 surge 65 free 410",
				"public apne2-az1 usable 251 need 0 surge 0 free 251",
				"private apne2-az2 usable 507 need 7 surge 5 free 500",
				"public apne2-az2 usable 251 need 0 surge 0 free 251",
			},
		},
		"a pool at its limit: 16 vCPU are 8 of the small type": {
			in: Input{CIDR: "10.0.0.0/20", Zones: two},
			d: Demand{Clusters: []Cluster{{Key: "main", Pools: []Pool{
				{Key: "burst", CPULimit: 16, Types: []InstanceType{m5Large, m5XLarge}}}}}},
			want: []string{
				"private apne2-az1 usable 507 need 127 surge 5 free 380",
				"public apne2-az1 usable 251 need 0 surge 0 free 251",
				"private apne2-az2 usable 507 need 127 surge 5 free 380",
				"public apne2-az2 usable 251 need 0 surge 0 free 251",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := Prove(mustNew(t, tt.in).Subnets(), tt.d)
			if diff := cmp.Diff(tt.want, proofRows(p)); diff != "" {
				t.Errorf("proof (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindingsShowTheArithmetic(t *testing.T) {
	two := []string{"apne2-az1", "apne2-az2"}
	small := Input{CIDR: "10.0.0.0/22", Zones: two}
	pods := Input{CIDR: "10.0.0.0/20", PodCIDR: "100.64.0.0/20", Zones: two}
	cluster := func(podSubnets, prefixes bool, nodes int) Demand {
		return Demand{Clusters: []Cluster{{Key: "main", PodSubnets: podSubnets, PrefixDelegation: prefixes,
			Groups: []Group{{Key: "general", Max: nodes, Types: []InstanceType{m5Large}}}}}}
	}
	tests := map[string]struct {
		in   Input
		d    Demand
		want finding.List
	}{
		"it just fits": {in: small, d: cluster(false, false, 2)},
		"one node a zone too many": {in: small, d: cluster(false, false, 4), want: finding.List{{
			Severity: finding.Error, Path: "networks.main.cidr",
			Message: "private subnet 10.0.0.0/25 in apne2-az1 (and 1 more): needs 127 addresses at the worst instant of an upgrade, 123 are usable: " +
				"2 main: control plane [interfaces that stand] + 5 main: control plane upgrade [up to 5 new interfaces] + " +
				"120 main: group general [(4 nodes + 4 surge) over 2 zones = 4 a zone × m5.large: 3 interfaces × 10]",
			Fix: "use /21 or larger, or fewer nodes",
		}}},
		"pods do not fit": {in: pods, d: cluster(true, false, 100), want: finding.List{{
			Severity: finding.Error, Path: "networks.main.podCidr",
			Message: "pod subnet 100.64.0.0/22 in apne2-az1 (and 1 more): needs 1040 addresses at the worst instant of an upgrade, 1019 are usable: " +
				"1040 main: group general [(100 nodes + 4 surge) over 2 zones = 52 a zone × m5.large: 1, and for pods 2 interfaces × 10]",
			Fix: "use /19 or larger, or fewer nodes",
		}}},
		"prefixes do not fit": {in: small, d: cluster(false, true, 1), want: finding.List{{
			Severity: finding.Error, Path: "networks.main.cidr",
			Message: "private subnet 10.0.0.0/25 in apne2-az1 (and 1 more): needs 544 addresses at the worst instant of an upgrade, 96 are usable: " +
				"2 prefixes main: control plane [interfaces that stand] + 5 prefixes main: control plane upgrade [up to 5 new interfaces] + " +
				"27 prefixes main: group general [(1 node + 4 surge) over 2 zones = 3 a zone × m5.large: 8 prefixes of 16 and 1 single]" +
				"; each single address can spoil one prefix of 16",
			Fix: "use /19 or larger, or fewer nodes",
		}}},
		"nothing is large enough": {in: small, d: cluster(false, false, 600), want: finding.List{{
			Severity: finding.Error, Path: "networks.main.cidr",
			Message: "private subnet 10.0.0.0/25 in apne2-az1 (and 1 more): needs 9067 addresses at the worst instant of an upgrade, 123 are usable: " +
				"2 main: control plane [interfaces that stand] + 5 main: control plane upgrade [up to 5 new interfaces] + " +
				"9060 main: group general [(600 nodes + 4 surge) over 2 zones = 302 a zone × m5.large: 3 interfaces × 10]",
			Fix: "give pods a podCidr of their own, or use fewer or smaller nodes, or a lower podAddressing.maxPods: no VPC block up to /16 is enough",
		}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustNew(t, tt.in).Findings("networks.main", tt.d)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExistingSubnets(t *testing.T) {
	d := Demand{Clusters: []Cluster{{Key: "main", Groups: []Group{{Key: "general", Max: 2, Types: []InstanceType{m5Large}}}}}}
	subnets := func(free int) []Subnet {
		return []Subnet{{Role: Private, Zone: "apne2-az1", ID: "subnet-1", Available: free}, {Role: Public, Zone: "apne2-az1", ID: "subnet-2", Available: Unknown}}
	}
	const at = "networks.main.existing.subnets.private.apne2-az1"
	tests := map[string]struct {
		free         int
		acknowledged bool
		want         finding.List
	}{
		"exactly enough": {free: 127},
		"one too few": {free: 126, want: finding.List{{Severity: finding.Error, Path: at,
			Message: "subnet-1 needs 127 addresses at the worst instant of an upgrade, 126 are usable: 2 main: control plane [interfaces that stand] + " +
				"5 main: control plane upgrade [up to 5 new interfaces] + 120 main: group general [(2 nodes + 2 surge) over 1 zone = 4 a zone × m5.large: 3 interfaces × 10]",
			Fix: "use a larger subnet, or fewer nodes"}}},
		"unknown": {free: Unknown, want: finding.List{{Severity: finding.Error, Path: at,
			Message: "nobody knows whether upgrades fit: they need 127 addresses of subnet-1",
			Fix:     "give existing.availableAddresses.subnet-1, or set existing.acknowledgeUnknownHeadroom"}}},
		"unknown and acknowledged": {free: Unknown, acknowledged: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, FindingsExisting("networks.main", subnets(tt.free), d, tt.acknowledged)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// aDemand draws a plausible demand.
func aDemand(t *rapid.T) Demand {
	c := Cluster{Key: "main", PodSubnets: rapid.Bool().Draw(t, "podSubnets"), PrefixDelegation: rapid.Bool().Draw(t, "prefixes")}
	for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
		c.Groups = append(c.Groups, Group{
			Key: fmt.Sprintf("g%d", i), Max: rapid.IntRange(0, 60).Draw(t, "max"),
			Upgrade:        rapid.SampledFrom([]string{"", Rolling, BlueGreen}).Draw(t, "upgrade"),
			MaxUnavailable: rapid.IntRange(0, 20).Draw(t, "maxUnavailable"),
			MaxPods:        rapid.IntRange(0, 250).Draw(t, "maxPods"),
			Types:          []InstanceType{rapid.SampledFrom([]InstanceType{m5Large, m5XLarge}).Draw(t, "type")},
		})
	}
	return Demand{InterfaceEndpoints: rapid.IntRange(0, 20).Draw(t, "endpoints"), Clusters: []Cluster{c}}
}

func TestMoreDemandNeverLeavesMoreFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := New(anInput(t))
		if err != nil {
			t.Fatal(err)
		}
		d := aDemand(t)
		before := Prove(l.Subnets(), d)
		d.Clusters[0].Groups[0].Max += rapid.IntRange(1, 20).Draw(t, "more")
		for i, r := range Prove(l.Subnets(), d).Rows {
			if r.Free > before.Rows[i].Free {
				t.Errorf("%s in %s: %d free with more nodes, %d with fewer", r.Role, r.Zone, r.Free, before.Rows[i].Free)
			}
			if r.Surge < 0 || r.Surge > r.Need {
				t.Errorf("%s in %s: surge %d of %d", r.Role, r.Zone, r.Surge, r.Need)
			}
		}
	})
}

func TestTheAdvisedBlockFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anInput(t)
		l, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		d := aDemand(t)
		for _, f := range l.Findings("n", d) {
			role, base := Private, l.CIDR
			if strings.HasSuffix(f.Path, "podCidr") {
				role, base = Pod, l.PodCIDR
			}
			var bits int
			if _, err := fmt.Sscanf(f.Fix, "use /%d or larger", &bits); err != nil {
				bits = largestBits - 1 // no block is enough: it says so
			}
			for _, tried := range []struct {
				bits int
				fits bool
			}{{bits, true}, {bits + 1, false}} {
				if tried.bits < largestBits {
					continue
				}
				p, err := base.Addr().Prefix(tried.bits)
				if err != nil {
					t.Fatal(err)
				}
				if got := l.with(role, p).fits(role, d); got != tried.fits {
					t.Errorf("%v with /%d fits: %v, want %v (%s)", in, tried.bits, got, tried.fits, f)
				}
			}
		}
	})
}

func TestProofTable(t *testing.T) {
	l := mustNew(t, Input{CIDR: "10.0.0.0/22", Zones: []string{"apne2-az1"}})
	d := Demand{NATAddresses: map[string]int{"apne2-az1": 1}, Clusters: []Cluster{{Key: "main",
		Groups: []Group{{Key: "general", Max: 3, Types: []InstanceType{m5Large}}}}}}
	subnets := append(l.Subnets(), Subnet{Role: Pod, Zone: "apne2-az1", ID: "subnet-9", Available: Unknown})
	var b strings.Builder
	if err := Prove(subnets, d).Table(&b); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
SUBNET               ZONE       ADDRESSES  TAKEN BY                     HOW
private 10.0.0.0/25  apne2-az1  123        usable                       128 without AWS's 5
                                -2         main: control plane          interfaces that stand
                                -5         main: control plane upgrade  up to 5 new interfaces
                                -150       main: group general          (3 nodes + 2 surge) over 1 zone = 5 a zone × m5.large: 3 interfaces × 10
                                -34        DOES NOT FIT                 
public 10.0.0.128/26 apne2-az1  59         usable                       64 without AWS's 5
                                -1         NAT gateway                  1 for each Elastic IP
                                58         free at the worst instant    
pod subnet-9         apne2-az1  unknown    usable                       nobody said
                                unknown    free at the worst instant    
`, "\n")
	if diff := cmp.Diff(squeeze(want), squeeze(b.String())); diff != "" {
		t.Errorf("table (-want +got):\n%s\n%s", diff, b.String())
	}
}

// squeeze makes tables comparable whatever their columns' widths.
func squeeze(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return out
}

func TestPrefixTableSaysWhatSinglesCost(t *testing.T) {
	l := mustNew(t, Input{CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []string{"apne2-az1"}})
	d := Demand{Clusters: []Cluster{{Key: "main", PodSubnets: true, PrefixDelegation: true,
		Groups: []Group{{Key: "general", Max: 3, Types: []InstanceType{m5Large}}}}}}
	var b strings.Builder
	if err := Prove(l.Subnets(), d).Table(&b); err != nil {
		t.Fatal(err)
	}
	const want = "In pod subnets nodes take /28 prefixes: a single address counts as 16"
	if !strings.Contains(b.String(), want) {
		t.Errorf("no %q in:\n%s", want, b.String())
	}
}

func TestProofIsJSON(t *testing.T) {
	l := mustNew(t, Input{CIDR: "10.0.0.0/22", Zones: []string{"apne2-az1"}})
	b, err := json.Marshal(Prove(l.Subnets()[:1], Demand{InterfaceEndpoints: 2}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"rows":[{"role":"private","zone":"apne2-az1","cidr":"10.0.0.0/25","available":123,` +
		`"lines":[{"what":"interface endpoints","how":"1 each","addresses":2}],"need":2,"surge":0,"usable":123,"free":121}]}`
	if string(b) != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
}
