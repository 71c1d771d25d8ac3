package spec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/finding"
)

func TestWithDefaults(t *testing.T) {
	tests := map[string]struct{ in, want Config }{
		"nothing given": {
			in: Config{CIDR: "10.0.0.0/16"},
			want: Config{CIDR: "10.0.0.0/16", NAT: &NAT{Mode: "perZone", Addresses: 1}, Endpoints: []string{"s3"},
				FlowLogs: &FlowLogs{RetentionDays: 30}, Quotas: &Quotas{ElasticIPs: 5, NATAddresses: 2}},
		},
		"what is given stays": {
			in: Config{NAT: &NAT{Mode: "none"}, Endpoints: []string{}, FlowLogs: &FlowLogs{Disabled: true}, Quotas: &Quotas{ElasticIPs: 20}},
			want: Config{NAT: &NAT{Mode: "none"}, Endpoints: []string{}, FlowLogs: &FlowLogs{Disabled: true},
				Quotas: &Quotas{ElasticIPs: 20, NATAddresses: 2}},
		},
		"an existing VPC has its subnets' zones and nothing else": {
			in: taken(),
			want: func() Config {
				c := taken()
				c.Zones = []string{"apne2-az1", "apne2-az2"}
				return c
			}(),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.in.WithDefaults()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("defaults (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(got, got.WithDefaults()); diff != "" {
				t.Errorf("filling in twice changes something:\n%s", diff)
			}
		})
	}
}

func TestWithDefaultsLeavesItsReceiverAlone(t *testing.T) {
	c := Config{NAT: &NAT{}, FlowLogs: &FlowLogs{}, Quotas: &Quotas{}}
	c.WithDefaults()
	if diff := cmp.Diff(Config{NAT: &NAT{}, FlowLogs: &FlowLogs{}, Quotas: &Quotas{}}, c); diff != "" {
		t.Errorf("the receiver changed:\n%s", diff)
	}
}

func TestNATZones(t *testing.T) {
	zones := []string{"apne2-az3", "apne2-az1", "apne2-az2"}
	tests := map[string]struct {
		nat  *NAT
		want []string
		ips  int
	}{
		"each zone by default":             {nat: nil, want: []string{"apne2-az1", "apne2-az2", "apne2-az3"}, ips: 3},
		"the lowest, whatever the order":   {nat: &NAT{Mode: "single", Addresses: 2}, want: []string{"apne2-az1"}, ips: 2},
		"none":                             {nat: &NAT{Mode: "none"}, want: []string{}, ips: 0},
		"each zone with several addresses": {nat: &NAT{Addresses: 8}, want: []string{"apne2-az1", "apne2-az2", "apne2-az3"}, ips: 24},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := Config{CIDR: "10.0.0.0/16", Zones: zones, NAT: tt.nat}
			if diff := cmp.Diff(tt.want, c.NATZones()); diff != "" {
				t.Errorf("zones (-want +got):\n%s", diff)
			}
			if got := c.ElasticIPs(); got != tt.ips {
				t.Errorf("%d Elastic IPs, want %d", got, tt.ips)
			}
		})
	}
}

// TestAcceptedIsPlannable ties the two packages together: what Validate lets
// through, the planner can plan.
func TestAcceptedIsPlannable(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		c := Config{
			CIDR: fmt.Sprintf("%d.%d.%d.0/%d", rapid.SampledFrom([]int{10, 10, 10, 8, 172, 198}).Draw(t, "a"),
				rapid.SampledFrom([]int{0, 1, 16, 17, 19, 64, 168}).Draw(t, "b"), rapid.SampledFrom([]int{0, 16, 128}).Draw(t, "c"),
				rapid.IntRange(15, 26).Draw(t, "bits")),
			AllowPublicRange: rapid.Bool().Draw(t, "public"),
		}
		if rapid.Bool().Draw(t, "pods") {
			c.PodCIDR = fmt.Sprintf("%d.%d.0.0/%d", rapid.SampledFrom([]int{10, 100}).Draw(t, "pa"), rapid.IntRange(0, 65).Draw(t, "pb"), rapid.IntRange(15, 21).Draw(t, "podBits"))
		}
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 5), 1, 3).Draw(t, "zones") {
			c.Zones = append(c.Zones, fmt.Sprintf("apne2-az%d", n))
		}
		found := c.Validate("n", ValidateInput{Region: "ap-northeast-2", Key: "n"}).Errors()
		if len(found) > 0 {
			return
		}
		accepted++
		if _, planned := c.Layout(); !planned {
			t.Errorf("%+v has no finding and no plan", c)
		}
	})
	if accepted == 0 {
		t.Error("no configuration was accepted: the property was not tried")
	}
}

func TestHeadroom(t *testing.T) {
	clusters := []plan.Cluster{{Key: "main", Groups: []plan.Group{{Key: "general", Max: 2,
		Types: []plan.InstanceType{{Name: "m5.large", ENIs: 3, AddressesPerENI: 10}}}}}}
	made := Config{CIDR: "10.0.0.0/22", Zones: []string{"apne2-az1", "apne2-az2"}, Endpoints: []string{"s3", "sts"}}
	known := taken()
	known.Existing.AvailableAddresses = map[string]int{"subnet-00000001": 97, "subnet-00000002": 96}
	tests := map[string]struct {
		c     Config
		asked bool
		paths []string
		need  int
	}{
		"made here, with an endpoint of its own": {c: made, need: 98},
		"existing, one subnet too full":          {c: known, need: 97, paths: []string{"networks.main.existing.subnets.private.apne2-az2"}},
		"existing, and AWS will be asked":        {c: taken(), asked: true, need: 97},
		"existing, nobody knows": {c: taken(), need: 97, paths: []string{
			"networks.main.existing.subnets.private.apne2-az1", "networks.main.existing.subnets.private.apne2-az2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			proof, found := tt.c.Headroom("networks.main", clusters, tt.asked)
			if got := proof.Rows[0].Need; got != tt.need {
				t.Errorf("the first private subnet needs %d, want %d", got, tt.need)
			}
			var paths []string
			for _, f := range found {
				paths = append(paths, f.Path)
			}
			if diff := cmp.Diff(tt.paths, paths); diff != "" {
				t.Errorf("findings at (-want +got):\n%s\n%v", diff, found)
			}
		})
	}
}

func TestValidateChange(t *testing.T) {
	change := func(f func(*Config)) Config {
		c := good()
		f(&c)
		return c
	}
	const fix = "make a new network beside it and move the clusters"
	tests := map[string]struct {
		old, now Config
		want     finding.List
	}{
		"nothing changed":             {old: good(), now: good()},
		"a zone and a pod block more": {old: change(func(c *Config) { c.PodCIDR = "" }), now: change(func(c *Config) { c.Zones = append(c.Zones, "apne2-az4") })},
		"another block": {old: good(), now: change(func(c *Config) { c.CIDR = "10.21.0.0/16" }), want: finding.List{
			e("cidr", `a change from "10.20.0.0/16" to "10.21.0.0/16" replaces the VPC and all that is in it`, fix)}},
		"another pod block": {old: good(), now: change(func(c *Config) { c.PodCIDR = "" }), want: finding.List{
			e("podCidr", `a change from "100.64.0.0/16" to "" replaces every pod subnet while pods run in it`, fix)}},
		"a zone less": {old: good(), now: change(func(c *Config) { c.Zones = c.Zones[1:] }), want: finding.List{
			warning("zones", `"apne2-az1" is removed, with its subnets`, "move node groups out of it first")}},
		"made here becomes existing": {old: good(), now: taken(), want: finding.List{
			e("existing", "a network made here and an existing VPC cannot become one another", fix)}},
		"another existing VPC": {old: taken(), now: func() Config {
			c := taken()
			c.Existing.VPCID = "vpc-00000000"
			return c
		}(), want: finding.List{e("existing.vpcId", `a change from "vpc-0123456789abcdef0" to "vpc-00000000" replaces every cluster in it`, fix)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ValidateChange("networks.main", tt.old, tt.now)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOrderOfZonesChangesNothing(t *testing.T) {
	c := good()
	want, _ := c.Layout()
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		r.Shuffle(len(c.Zones), func(i, j int) { c.Zones[i], c.Zones[j] = c.Zones[j], c.Zones[i] })
		if got, ok := c.Layout(); !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("zones %v give\n%v\nwant\n%v", c.Zones, got, want)
		}
	}
}
