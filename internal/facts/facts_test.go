package facts

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestInstanceType(t *testing.T) {
	tests := map[string]Instance{
		"m7g.2xlarge":  {ENIs: 4, IPv4PerENI: 15, Arch: ARM64, VCPU: 8, MemoryGiB: 32},
		"m6i.large":    {ENIs: 3, IPv4PerENI: 10, Arch: AMD64, VCPU: 2, MemoryGiB: 8},
		"c7g.xlarge":   {ENIs: 4, IPv4PerENI: 15, Arch: ARM64, VCPU: 4, MemoryGiB: 8},
		"r6i.16xlarge": {ENIs: 15, IPv4PerENI: 50, Arch: AMD64, VCPU: 64, MemoryGiB: 512},
		"t3.medium":    {ENIs: 3, IPv4PerENI: 6, Arch: AMD64, VCPU: 2, MemoryGiB: 4},
		"t4g.medium":   {ENIs: 3, IPv4PerENI: 6, Arch: ARM64, VCPU: 2, MemoryGiB: 4},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := InstanceType(name)
			if !ok {
				t.Fatal("not known")
			}
			if got.Origin.Source == "" || !got.Nitro() {
				t.Errorf("no source or not Nitro: %+v", got)
			}
			want.Name, want.Hypervisor, want.Origin = name, "nitro", got.Origin
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, name := range []string{"", "m6i", "m6i.lage", "M6I.large", "m6i.large "} {
		if _, ok := InstanceType(name); ok {
			t.Errorf("%q is no instance type, and was found", name)
		}
	}
}

func TestEveryInstanceTypeIsDescribed(t *testing.T) {
	if n := len(InstanceTypes()); n < 150 {
		t.Fatalf("%d instance types, want at least 150", n)
	}
	for _, name := range InstanceTypes() {
		i, _ := InstanceType(name)
		if i.VCPU == 0 || i.MemoryGiB == 0 || i.ENIs < 2 || i.IPv4PerENI < 2 {
			t.Errorf("%s: incomplete: %+v", name, i)
		}
	}
}

func TestMaxPods(t *testing.T) {
	tests := map[string]struct {
		name           string
		custom, prefix bool
		want           int
	}{
		"secondary addresses":                    {"m5.large", false, false, 29}, // 3×9+2
		"custom networking loses one interface":  {"m5.large", true, false, 20},  // 2×9+2
		"prefixes are capped at 110 up to 30":    {"m5.large", false, true, 110},
		"prefixes are capped at 250 beyond 30":   {"m5.8xlarge", false, true, 250},
		"16 vCPU are still small":                {"m5.4xlarge", true, true, 110},
		"a large type without prefixes, no cap":  {"m5.8xlarge", false, false, 234}, // 8×29+2
		"custom networking on a small burstable": {"t3.small", true, false, 8},      // 2×3+2
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := MaxPods(tt.name, tt.custom, tt.prefix)
			if !ok || got != tt.want {
				t.Errorf("MaxPods = %d, %v; want %d", got, ok, tt.want)
			}
		})
	}
	if _, ok := MaxPods("x1.nothing", false, false); ok {
		t.Error("an unknown type has no number of pods")
	}
}

func TestEKSVersion(t *testing.T) {
	date := func(s string) time.Time { return day(s) }
	v, ok := EKSVersion("1.35")
	if !ok {
		t.Fatal("1.35 is not known")
	}
	tests := map[string]struct {
		on   string
		want Support
	}{
		"the day before standard support ends": {"2027-03-26", Standard},
		"the day it ends":                      {"2027-03-27", Extended},
		"the day before extended support ends": {"2028-03-26", Extended},
		"the day that ends":                    {"2028-03-27", Ended},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := v.SupportOn(date(tt.on)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	for _, minor := range []string{"1.3", "1.350", "35", "v1.35", ""} {
		if _, ok := EKSVersion(minor); ok {
			t.Errorf("%q was found", minor)
		}
	}
	if v, _ := EKSVersion("1.37"); v.Origin.Confidence != Low {
		t.Errorf("the dates of 1.37 are derived, and have confidence %q", v.Origin.Confidence)
	}
	prev := time.Time{}
	for _, v := range EKSVersions() {
		if !v.Released.After(prev) || !v.EndStandard.After(v.Released) || !v.EndExtended.After(v.EndStandard) {
			t.Errorf("%s: dates are out of order: %+v", v.Minor, v)
		}
		prev = v.Released
	}
}

func TestPrice(t *testing.T) {
	got, ok := Price("ap-northeast-2", "nat_gateway", "hour")
	if !ok || got.USD != 0.059 || got.Unit != "hour" || got.Date == "" {
		t.Errorf("NAT gateway in Seoul: %+v, %v", got, ok)
	}
	if _, ok := Price("ap-northeast-2", "efs", "standard_gb_month"); ok {
		t.Error("EFS has no price in the collection, and one was found")
	}
	if _, ok := Price("eu-west-1", "nat_gateway", "hour"); ok {
		t.Error("eu-west-1 has no prices, and one was found")
	}
	_, q := load()
	if q.HoursPerMonth != HoursPerMonth {
		t.Errorf("the collection has %d hours a month, the constant %d", q.HoursPerMonth, HoursPerMonth)
	}
	for _, r := range q.Prices {
		free := r.Item == "internet_in_gb" // AWS charges nothing for it
		if (r.USD <= 0) != free || r.Unit == "" || r.Source == "" || r.Confidence == "" {
			t.Errorf("incomplete price: %+v", r)
		}
	}
	for _, region := range PricedRegions() {
		if _, ok := Price(region, "eks", "control_plane_standard"); !ok {
			t.Errorf("%s has no control plane price", region)
		}
	}
}

func TestNamedFactsExist(t *testing.T) {
	for _, name := range []string{QuotaVPCs, QuotaSubnets, QuotaElasticIPs, QuotaNATAddresses, QuotaNATGateways, QuotaInternetGateways,
		QuotaEKSClusters, QuotaNodeGroups, QuotaNodesPerGroup, QuotaPodIdentity, QuotaSecurityGroups, QuotaSecurityGroupRule, QuotaRoutes, QuotaCIDRBlocks,
		QuotaInterfaceGroups, QuotaNATPrivate, QuotaNATConnections,
		QuotaALBs, QuotaNLBs, QuotaListeners, QuotaListenerRules, QuotaCertificates, QuotaTargetGroups, QuotaBalancerGroups, QuotaActionGroups} {
		if q, ok := Quota(name); !ok || q.Default <= 0 || q.Source == "" {
			t.Errorf("quota %q: %+v, %v", name, q, ok)
		}
	}
	for _, name := range []string{LatencyClusterCreate, LatencyClusterUpgrade, LatencyClusterDelete, LatencyNodeGroupCreate, LatencyNodeRoll,
		LatencyAddon, LatencyNATGateway, LatencyLoadBalancer, LatencyACMValidation, LatencyIAMPropagation} {
		if l, ok := Latency(name); !ok || l.Typical < l.Fastest || l.Typical > l.Slowest {
			t.Errorf("latency %q: %+v, %v", name, l, ok)
		}
	}
	if r, ok := NameRuleFor("iam role name"); !ok || r.Max != 64 {
		t.Errorf("the rule of role names: %+v, %v", r, ok)
	}
	p, _ := load()
	for _, r := range p.NameRules {
		if _, err := regexp.Compile(r.Regex); err != nil {
			t.Errorf("%s: %v", r.Resource, err)
		}
	}
	if len(AddonBuilds("kube-proxy")) == 0 || len(AddonBuilds("nothing")) != 0 {
		t.Error("builds of kube-proxy are missing, or those of nothing are not")
	}
}

func TestRemovedAPIs(t *testing.T) {
	has := func(minor, group, version string) bool {
		for _, r := range RemovedAPIs(minor) {
			if r.Group == group && r.Version == version {
				return true
			}
		}
		return false
	}
	if has("1.31", "flowcontrol.apiserver.k8s.io", "v1beta3") || !has("1.32", "flowcontrol.apiserver.k8s.io", "v1beta3") {
		t.Error("flowcontrol v1beta3 goes with 1.32, not before")
	}
	if RemovedAPIs("36") != nil {
		t.Error("36 is no minor")
	}
}

func TestRegions(t *testing.T) {
	tests := map[string]struct {
		prefix string
		slots  int
	}{
		"ap-northeast-2": {"apne2", 4},
		"us-east-1":      {"use1", 8},
		"eu-central-1":   {"euc1", 4},
		"ap-southeast-2": {"apse2", 4},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			r, ok := RegionByName(name)
			if !ok || r.ZonePrefix != want.prefix || r.Slots != want.slots {
				t.Errorf("%+v, %v; want %+v", r, ok, want)
			}
		})
	}
	seen := map[string]string{}
	for _, name := range Regions() {
		r, _ := RegionByName(name)
		if other, twice := seen[r.ZonePrefix]; twice {
			t.Errorf("%s and %s have the prefix %s", name, other, r.ZonePrefix)
		}
		seen[r.ZonePrefix] = name
		if len(r.Zones) > r.Slots {
			t.Errorf("%s has %d zones and %d slots", name, len(r.Zones), r.Slots)
		}
	}
}

func TestABookGoesBeforeTheShippedPrices(t *testing.T) {
	const text = `{"asOf": "2026-11-01", "currency": "USD", "hoursPerMonth": 730, "caution": "", "sources": {"mine": "our contract"}, "prices": [
		{"region": "ap-northeast-2", "service": "nat_gateway", "item": "hour", "usd": 0.01, "unit": "hour", "confidence": "high", "source": "mine", "date": "2026-11-01"}]}`
	b, err := ReadBook([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := b.Price("ap-northeast-2", "nat_gateway", "hour"); !ok || p.USD != 0.01 || p.Source != "mine" || p.Date != "2026-11-01" {
		t.Errorf("its own price is %+v, %v", p, ok)
	}
	shipped, _ := Price("us-east-1", "nat_gateway", "hour")
	if p, ok := b.Price("us-east-1", "nat_gateway", "hour"); !ok || p != shipped {
		t.Errorf("what it does not have is %+v, want the shipped %+v", p, shipped)
	}
	if b.Sources()["mine"] != "our contract" || len(b.Sources()) != len(PriceSources())+1 {
		t.Errorf("sources %v", b.Sources())
	}
	for sentence, bad := range map[string]string{
		"no JSON":          "x",
		"an unknown key":   `{"price": []}`,
		"no unit":          `{"prices": [{"region": "r", "service": "s", "item": "i", "usd": 1, "source": "m"}]}`,
		"a negative price": `{"prices": [{"region": "r", "service": "s", "item": "i", "unit": "hour", "usd": -1, "source": "m"}]}`,
		"no source":        `{"prices": [{"region": "r", "service": "s", "item": "i", "unit": "hour", "usd": 1}]}`,
	} {
		if _, err := ReadBook([]byte(bad)); err == nil {
			t.Errorf("%s: it is read", sentence)
		}
	}
}
