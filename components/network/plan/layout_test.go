package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var seoul = []string{"apne2-az1", "apne2-az2", "apne2-az3"}

func mustNew(t *testing.T, in Input) Layout {
	t.Helper()
	l, err := New(in)
	if err != nil {
		t.Fatalf("New(%+v): %v", in, err)
	}
	return l
}

// flat is the layout as "role zone block" lines.
func flat(l Layout) []string {
	var out []string
	for _, z := range l.Zones {
		out = append(out, "private "+z.ID+" "+z.Private.String(), "public "+z.ID+" "+z.Public.String())
		if z.Pod.IsValid() {
			out = append(out, "pod "+z.ID+" "+z.Pod.String())
		}
		for _, s := range z.Spare {
			out = append(out, "spare "+z.ID+" "+s.String())
		}
	}
	for _, u := range l.Unused {
		out = append(out, "unused "+u.String())
	}
	return out
}

func TestNew(t *testing.T) {
	tests := map[string]struct {
		in   Input
		want []string
	}{
		"a /16 with pods: halves of a /18, a /24 public": {
			in: Input{CIDR: "10.20.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []string{"apne2-az1", "apne2-az3"}},
			want: []string{
				"private apne2-az1 10.20.0.0/19", "public apne2-az1 10.20.32.0/24", "pod apne2-az1 100.64.0.0/18",
				"spare apne2-az1 10.20.33.0/24", "spare apne2-az1 10.20.34.0/23", "spare apne2-az1 10.20.36.0/22",
				"spare apne2-az1 10.20.40.0/21", "spare apne2-az1 10.20.48.0/20",
				"private apne2-az3 10.20.128.0/19", "public apne2-az3 10.20.160.0/24", "pod apne2-az3 100.64.128.0/18",
				"spare apne2-az3 10.20.161.0/24", "spare apne2-az3 10.20.162.0/23", "spare apne2-az3 10.20.164.0/22",
				"spare apne2-az3 10.20.168.0/21", "spare apne2-az3 10.20.176.0/20",
				"unused 10.20.64.0/18", "unused 10.20.192.0/18",
			},
		},
		"a /24, the smallest: /27 and /28": {
			in: Input{CIDR: "10.0.1.0/24", Zones: []string{"apne2-az4", "apne2-az1"}},
			want: []string{
				"private apne2-az1 10.0.1.0/27", "public apne2-az1 10.0.1.32/28", "spare apne2-az1 10.0.1.48/28",
				"private apne2-az4 10.0.1.192/27", "public apne2-az4 10.0.1.224/28", "spare apne2-az4 10.0.1.240/28",
				"unused 10.0.1.64/26", "unused 10.0.1.128/26",
			},
		},
		"us-east-1 has eight slots, and a /24 no spare": {
			in: Input{CIDR: "10.0.1.0/24", Zones: []string{"use1-az6", "use1-az1"}},
			want: []string{
				"private use1-az1 10.0.1.0/28", "public use1-az1 10.0.1.16/28",
				"private use1-az6 10.0.1.160/28", "public use1-az6 10.0.1.176/28",
				"unused 10.0.1.32/27", "unused 10.0.1.64/27", "unused 10.0.1.96/27", "unused 10.0.1.128/27",
				"unused 10.0.1.192/27", "unused 10.0.1.224/27",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, flat(mustNew(t, tt.in))); diff != "" {
				t.Errorf("layout (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		in   Input
		want string
	}{
		"no block":                      {Input{Zones: seoul}, `cidr: "" is not an IPv4 block`},
		"an IPv6 block":                 {Input{CIDR: "fd00::/16", Zones: seoul}, `cidr: "fd00::/16" is not an IPv4 block`},
		"a block not aligned":           {Input{CIDR: "10.0.1.0/16", Zones: seoul}, `cidr: "10.0.1.0/16" is not aligned; use 10.0.0.0/16`},
		"a block one bit too small":     {Input{CIDR: "10.0.0.0/25", Zones: seoul}, `cidr: "10.0.0.0/25" is not between /16 and /24`},
		"a block one bit too large":     {Input{CIDR: "10.0.0.0/15", Zones: seoul}, `cidr: "10.0.0.0/15" is not between /16 and /24`},
		"a pod block one bit too small": {Input{CIDR: "10.0.0.0/16", PodCIDR: "100.64.0.0/21", Zones: seoul}, `podCidr: "100.64.0.0/21" is not between /16 and /20`},
		"a pod block inside the VPC's":  {Input{CIDR: "10.0.0.0/16", PodCIDR: "10.0.0.0/18", Zones: seoul}, `podCidr: 10.0.0.0/18 overlaps cidr 10.0.0.0/16`},
		"no zones":                      {Input{CIDR: "10.0.0.0/16"}, "zones: none given"},
		"a zone name":                   {Input{CIDR: "10.0.0.0/16", Zones: []string{"ap-northeast-2a"}}, `zones: "ap-northeast-2a" is not a zone ID`},
		"a local zone":                  {Input{CIDR: "10.0.0.0/16", Zones: []string{"use1-bos1-az1"}}, `zones: "use1-bos1-az1" is not a zone ID`},
		"zones of two regions":          {Input{CIDR: "10.0.0.0/16", Zones: []string{"apne2-az1", "apne1-az1"}}, `zones: "apne2-az1" and "apne1-az1" are of different regions`},
		"a zone twice":                  {Input{CIDR: "10.0.0.0/16", Zones: []string{"apne2-az1", "apne2-az1"}}, `zones: "apne2-az1" is there twice`},
		"a zone beyond the slots":       {Input{CIDR: "10.0.0.0/16", Zones: []string{"apne2-az5"}}, `zones: "apne2-az5" has no slot: networks in apne2 are cut in 4`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := New(tt.in)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %+v and error %v, want error %q", l, err, tt.want)
			}
		})
	}
}

func TestZonePrefix(t *testing.T) {
	tests := map[string]string{
		"ap-northeast-2": "apne2", "ap-southeast-1": "apse1", "ap-south-1": "aps1", "us-east-1": "use1", "us-west-2": "usw2",
		"eu-central-1": "euc1", "eu-north-1": "eun1", "us-gov-west-1": "usgw1", "ca-west-1": "caw1", "me-central-1": "mec1",
		"mars-north-1x": "", "apne2": "", "ap-nowhere-1": "", "": "", "ap-northeast-0": "",
	}
	for region, want := range tests {
		t.Run(region, func(t *testing.T) {
			if got := ZonePrefix(region); got != want {
				t.Errorf("ZonePrefix(%q) = %q, want %q", region, got, want)
			}
		})
	}
}

// anInput draws any input that New must accept.
func anInput(t *rapid.T) Input {
	prefix := rapid.SampledFrom([]string{"apne2", "use1", "euc1"}).Draw(t, "prefix")
	all := make([]string, Slots(prefix))
	for i := range all {
		all[i] = fmt.Sprintf("%s-az%d", prefix, i+1)
	}
	zones := rapid.Permutation(all).Draw(t, "order")[:rapid.IntRange(1, len(all)).Draw(t, "count")]
	in := Input{Zones: zones}
	in.CIDR = aBlock(t, "cidr", 10, rapid.IntRange(largestBits, SmallestVPCBits).Draw(t, "bits"))
	if rapid.Bool().Draw(t, "pods") {
		in.PodCIDR = aBlock(t, "podCidr", 100, rapid.IntRange(largestBits, SmallestPodBits).Draw(t, "podBits"))
	}
	return in
}

func aBlock(t *rapid.T, label string, first byte, bits int) string {
	a := netip.AddrFrom4([4]byte{first, rapid.Byte().Draw(t, label+"2"), rapid.Byte().Draw(t, label+"3"), 0})
	return netip.PrefixFrom(a, bits).Masked().String()
}

// all blocks of a layout, with what they are for.
func blocks(l Layout) map[string]netip.Prefix {
	out := map[string]netip.Prefix{}
	for _, line := range flat(l) {
		words := strings.Fields(line)
		out[line] = netip.MustParsePrefix(words[len(words)-1])
	}
	return out
}

func TestAnyAcceptedInputGivesLegalSubnets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anInput(t)
		l, err := New(in)
		if err != nil {
			t.Fatalf("New(%+v): %v", in, err)
		}
		if len(l.Zones) != len(in.Zones) {
			t.Fatalf("%d zones from %d", len(l.Zones), len(in.Zones))
		}
		used := 0
		all := blocks(l)
		for a, p := range all {
			if p != p.Masked() {
				t.Errorf("%s is not aligned", a)
			}
			outer := l.CIDR
			if strings.HasPrefix(a, "pod ") {
				outer = l.PodCIDR
			} else {
				used += Size(p)
			}
			if p.Bits() < outer.Bits() || !outer.Contains(p.Addr()) {
				t.Errorf("%s is not inside %s", a, outer)
			}
			for b, q := range all {
				if a != b && p.Overlaps(q) {
					t.Errorf("%s overlaps %s", a, b)
				}
			}
		}
		if used != Size(l.CIDR) {
			t.Errorf("%d of %d addresses are accounted for", used, Size(l.CIDR))
		}
		for _, z := range l.Zones {
			if z.Public.Bits() < publicBits || z.Public.Bits() > smallestBits || z.Private.Bits() > smallestBits {
				t.Errorf("%s: public %s or private %s has no legal size", z.ID, z.Public, z.Private)
			}
			if l.PodCIDR.IsValid() != z.Pod.IsValid() {
				t.Errorf("%s: pod subnet is %v", z.ID, z.Pod)
			}
		}
	})
}

func TestOtherZonesMoveNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anInput(t)
		before, err := New(in)
		if err != nil {
			t.Fatal(err)
		}
		fewer := in
		fewer.Zones = rapid.Permutation(in.Zones).Draw(t, "again")[:rapid.IntRange(1, len(in.Zones)).Draw(t, "kept")]
		after, err := New(fewer)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range after.Zones {
			was, ok := before.Zone(z.ID)
			if !ok {
				t.Fatalf("%s came from nowhere", z.ID)
			}
			if diff := cmp.Diff(fmt.Sprint(was), fmt.Sprint(z)); diff != "" {
				t.Errorf("%s moved when zones went from %v to %v:\n%s", z.ID, in.Zones, fewer.Zones, diff)
			}
		}
	})
}

func TestTableAccountsForEveryBlock(t *testing.T) {
	l := mustNew(t, Input{CIDR: "10.20.0.0/20", PodCIDR: "100.64.0.0/18", Zones: seoul})
	var b strings.Builder
	if err := l.Table(&b); err != nil {
		t.Fatal(err)
	}
	for what, p := range blocks(l) {
		if !slices.Contains(strings.Fields(b.String()), p.String()) {
			t.Errorf("%s is not in the table:\n%s", what, b.String())
		}
	}
}
