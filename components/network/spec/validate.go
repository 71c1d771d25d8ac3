package spec

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/components/network/plan"
	"github.com/ladder-platform/ladder/internal/finding"
)

// ValidateInput is what a network is judged against.
type ValidateInput struct {
	// Region is the stack's region, for example ap-northeast-2.
	Region string
	// Key is the network's own key.
	Key string
	// Networks are all networks of the stack by key; the network itself may be among them.
	Networks map[string]Config
}

// maxKey is the longest key of a network: the IAM role of its flow logs is
// named "network-<key>-flow-logs-role-" and 7 hex digits, and AWS ends role names
// at 64. Source: facts, name_and_limit_rules and providers.md D1.
const maxKey = 64 - len("network-") - len("-flow-logs-role-") - 7

var keyForm = regexp.MustCompile(`^[a-z](?:[a-z0-9-]*[a-z0-9])?$`)

// Validate returns every mistake in one network. It fills defaults in itself.
func (c Config) Validate(path string, in ValidateInput) finding.List {
	v := validation{in: in, given: c, c: c.WithDefaults()}
	v.key()
	if c.Existing != nil {
		v.existing()
	} else {
		v.blocks()
		v.zones("zones", c.Zones)
		v.nat()
		v.endpoints()
		v.flowLogs()
		v.quotas()
	}
	v.peering()
	var out finding.List
	out.Join(path, v.found)
	return out
}

// validation collects the findings of one network, with paths below it.
type validation struct {
	in    ValidateInput
	given Config // as written
	c     Config // with defaults
	found finding.List
}

func (v *validation) add(path, fix, format string, args ...any) {
	v.found.Add(path, fix, format, args...)
}

func (v *validation) key() {
	switch key := v.in.Key; {
	case key == "":
	case !keyForm.MatchString(key):
		v.add("", "use lower-case letters, digits and hyphens, a letter first", "%q cannot be a network's key", key)
	case len(key) > maxKey:
		v.add("", fmt.Sprintf("use at most %d characters", maxKey),
			"the key %q has %d characters; the IAM role of its flow logs would be longer than 64", key, len(key))
	}
}

// Ranges that matter here. Sources: RFC 1918, RFC 6598, RFC 5735; VPC user
// guide "IPv4 CIDR block association restrictions" (facts, name_and_limit_rules).
var (
	rfc1918 = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
	rfc6598 = prefixes("100.64.0.0/10")
	// unusable never route in a VPC: this host, loopback, link local, multicast, reserved.
	unusable = prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")
	docker   = netip.MustParsePrefix("172.17.0.0/16")
	// benchmark is what AWS lets nobody add RFC 1918 blocks to.
	benchmark = netip.MustParsePrefix("198.19.0.0/16")
)

func prefixes(in ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(in))
	for i, s := range in {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// inside finds the range that holds all of p.
func inside(p netip.Prefix, ranges []netip.Prefix) (netip.Prefix, bool) {
	for _, r := range ranges {
		if r.Bits() <= p.Bits() && r.Contains(p.Addr()) {
			return r, true
		}
	}
	return netip.Prefix{}, false
}

// block parses one aligned IPv4 block with a mask from /16 to /smallest; what
// is the sentence about the smallest that fits.
func (v *validation) block(path, s string, smallest int, what string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		v.add(path, "use an IPv4 block such as 10.20.0.0/16", "%q is not an IPv4 block", s)
		return netip.Prefix{}, false
	}
	ok := true
	if p != p.Masked() {
		v.add(path, fmt.Sprintf("use %s", p.Masked()), "%q is not aligned: a /%d begins at a multiple of %d addresses", s, p.Bits(), plan.Size(p))
		ok = false
	}
	switch {
	case p.Bits() < 16:
		v.add(path, "use /16 or smaller", "%q is larger than a block of a VPC can be, /16", s)
		ok = false
	case p.Bits() > smallest:
		v.add(path, fmt.Sprintf("use /%d or larger", smallest), "%q holds %d addresses, %s", s, plan.Size(p), what)
		ok = false
	}
	if _, bad := inside(p, unusable); bad {
		v.add(path, "use a private range", "%q does not route in a VPC", s)
		ok = false
	}
	return p.Masked(), ok
}

// blocks judges cidr and podCidr of a VPC made here.
func (v *validation) blocks() {
	var primary, pod netip.Prefix
	var ok bool
	if v.c.CIDR == "" {
		v.add("cidr", "give the block that the company assigned, /16 to /24, or existing", "is missing")
	} else if primary, ok = v.block("cidr", v.c.CIDR, plan.SmallestVPCBits,
		v.needs(plan.SmallestVPCBits, "a private and a public subnet")); ok {
		v.primaryRange(primary)
	}
	if v.c.PodCIDR == "" {
		return
	}
	if pod, ok = v.block("podCidr", v.c.PodCIDR, plan.SmallestPodBits, v.needs(plan.SmallestPodBits, "pods")); !ok {
		return
	}
	_, in1918 := inside(pod, rfc1918)
	_, in6598 := inside(pod, rfc6598)
	if !in1918 && !in6598 && !v.c.AllowPublicRange {
		v.add("podCidr", "use a block of 100.64.0.0/10, or set allowPublicRange", "%q is outside the private ranges (RFC 1918, RFC 6598)", v.c.PodCIDR)
	}
	if !primary.IsValid() {
		return
	}
	if primary.Overlaps(pod) {
		v.add("podCidr", "use a block of its own, for example from 100.64.0.0/10", "%q overlaps cidr %q", v.c.PodCIDR, v.c.CIDR)
		return
	}
	if why := association(primary, pod); why != "" {
		v.add("podCidr", "use a block of 100.64.0.0/10", "AWS refuses %q beside cidr %q: %s", v.c.PodCIDR, v.c.CIDR, why)
	}
}

// needs says what the smallest block is made of.
func (v *validation) needs(smallest int, holds string) string {
	slots := plan.Slots(plan.ZonePrefix(v.in.Region))
	return fmt.Sprintf("%d slots of a zone (%s) need %d", slots, holds, 1<<(32-smallest))
}

func (v *validation) primaryRange(p netip.Prefix) {
	if _, private := inside(p, rfc1918); !private && !v.c.AllowPublicRange {
		v.add("cidr", "use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, or set allowPublicRange",
			"%q is outside the private ranges (RFC 1918)", v.c.CIDR)
	}
	if p.Overlaps(docker) {
		v.found.Warn("cidr", "use another block if such hosts must reach the network",
			"%q overlaps %s, which Docker takes on hosts of some AWS services", v.c.CIDR, docker)
	}
}

// association says why AWS would not add a block to a VPC, or "". Source: VPC
// user guide, table of CIDR association restrictions (facts,
// name_and_limit_rules, medium).
func association(primary, added netip.Prefix) string {
	theirs, private := inside(added, rfc1918)
	if !private {
		return ""
	}
	if benchmark.Contains(primary.Addr()) {
		return "no RFC 1918 block can join 198.19.0.0/16"
	}
	ours, private := inside(primary, rfc1918)
	switch {
	case !private:
		return "no RFC 1918 block can join a VPC outside RFC 1918"
	case ours != theirs:
		return fmt.Sprintf("a VPC of %s cannot take a block of %s", ours, theirs)
	case netip.MustParsePrefix("10.0.0.0/15").Contains(primary.Addr()) && netip.MustParsePrefix("10.0.0.0/16").Contains(added.Addr()):
		return "a VPC of 10.0.0.0/15 cannot take a block of 10.0.0.0/16"
	}
	return ""
}

// zones judges a list of zone IDs.
func (v *validation) zones(path string, zones []string) {
	if len(zones) < 2 {
		v.add(path, "give at least two zone IDs such as "+v.exampleZone(1)+" and "+v.exampleZone(2), "%d given; EKS needs subnets in two zones", len(zones))
	}
	seen := map[string]int{}
	for i, id := range zones {
		at := fmt.Sprintf("%s[%d]", path, i)
		if first, twice := seen[id]; twice {
			v.add(at, "remove it", "%q is there twice, first at %s[%d]", id, path, first)
			continue
		}
		seen[id] = i
		v.zone(at, id)
	}
}

var zoneName = regexp.MustCompile(`^[a-z]{2}(?:-[a-z]+)+-[0-9]+[a-z]$`)

// zone judges one zone ID.
func (v *validation) zone(path, id string) {
	want := plan.ZonePrefix(v.in.Region)
	prefix, number, ok := plan.ParseZone(id)
	switch {
	case zoneName.MatchString(id):
		v.add(path, "use the zone ID; list them with: aws ec2 describe-availability-zones --region "+v.in.Region,
			"%q is a zone name, which means another zone in each account", id)
	case !ok:
		v.add(path, "use a zone ID such as "+v.exampleZone(1), "%q is not a zone ID", id)
	case want != "" && prefix != want:
		v.add(path, "use a zone ID such as "+v.exampleZone(1), "%q is not a zone of region %s", id, v.in.Region)
	case number > plan.Slots(prefix):
		v.add(path, fmt.Sprintf("use zones 1 to %d", plan.Slots(prefix)),
			"%q has no slot: networks in %s are cut in %d", id, v.in.Region, plan.Slots(prefix))
	}
}

func (v *validation) exampleZone(n int) string {
	prefix := plan.ZonePrefix(v.in.Region)
	if prefix == "" {
		prefix = "apne2"
	}
	return fmt.Sprintf("%s-az%d", prefix, n)
}

func (v *validation) nat() {
	nat, quota := v.c.NAT, v.c.Quotas
	if !slices.Contains([]string{NATPerZone, NATSingle, NATNone}, nat.Mode) {
		v.add("nat.mode", "use perZone, single or none", "%q is not a mode", nat.Mode)
		return
	}
	if nat.Mode == NATNone {
		if nat.Addresses != 0 {
			v.add("nat.addresses", "remove it", "%d addresses are given, but mode none makes no gateway", nat.Addresses)
		}
		v.withoutNAT()
		return
	}
	switch {
	case nat.Addresses < 0 || nat.Addresses > maxNATAddresses:
		v.add("nat.addresses", "use 1 to 8", "%d is not a number of addresses that a NAT gateway can have", nat.Addresses)
		return
	case nat.Addresses > quota.NATAddresses:
		v.add("nat.addresses", fmt.Sprintf("have the quota \"Elastic IP addresses per public NAT gateway\" raised and set quotas.natAddresses: %d, or use %d",
			nat.Addresses, quota.NATAddresses), "%d addresses on each gateway, the account's quota is %d", nat.Addresses, quota.NATAddresses)
	}
	v.elasticIPs()
}

// elasticIPs compares the whole stack with the region's quota. Of several
// networks, the one (in order of keys) that passes the quota has the finding.
func (v *validation) elasticIPs() {
	all := maps.Clone(v.in.Networks)
	if all == nil {
		all = map[string]Config{}
	}
	all[v.in.Key] = v.given
	quota, before := 0, 0
	var sum []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		other := all[key].WithDefaults()
		if other.Quotas != nil {
			quota = max(quota, other.Quotas.ElasticIPs)
		}
		if n := other.ElasticIPs(); key < v.in.Key && n > 0 {
			before += n
			sum = append(sum, fmt.Sprintf("%d of %s", n, key))
		}
	}
	own := v.c.ElasticIPs()
	if v.c.Quotas.ElasticIPs < 0 || before > quota || before+own <= quota { // a quota below zero has a finding of its own
		return
	}
	text := fmt.Sprintf("gateways × addresses: %d × %d = %d Elastic IPs", v.c.Gateways(), v.c.NAT.Addresses, own)
	if len(sum) > 0 {
		text += fmt.Sprintf(", with %s %d", strings.Join(sum, " and "), before+own)
	}
	v.add("nat", fmt.Sprintf("have the quota \"EC2-VPC Elastic IPs\" raised and set quotas.elasticIps: %d, or use fewer", before+own),
		"%s; the region's quota is %d", text, quota)
}

// withoutNAT names the endpoints that are missing when nothing else leads out.
func (v *validation) withoutNAT() {
	var missing []string
	for _, name := range withoutNAT {
		if !slices.Contains(v.c.Endpoints, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		v.add("endpoints", "add "+strings.Join(missing, ", "), "without NAT nodes cannot join: %d of the %d endpoints that they need are missing", len(missing), len(withoutNAT))
	}
}

func (v *validation) endpoints() {
	seen := map[string]bool{}
	for i, name := range v.c.Endpoints {
		at := fmt.Sprintf("endpoints[%d]", i)
		_, known := endpoints[name]
		switch {
		case seen[name]:
			v.add(at, "remove it", "%q is there twice", name)
		case !known:
			v.add(at, "use one of "+strings.Join(EndpointNames(), ", "), "%q is not a known endpoint", name)
		}
		seen[name] = true
	}
}

func (v *validation) flowLogs() {
	switch days := v.c.FlowLogs.RetentionDays; {
	case v.c.FlowLogs.Disabled && days != 0:
		v.add("flowLogs.retentionDays", "remove it, or disabled", "%d days are given, but flow logs are disabled", days)
	case !v.c.FlowLogs.Disabled && !slices.Contains(retentions, days):
		v.add("flowLogs.retentionDays", fmt.Sprintf("use %d", nearestRetention(days)), "%d is not a retention that CloudWatch Logs offers", days)
	}
}

// nearestRetention is the shortest offered retention that is not shorter than days.
func nearestRetention(days int) int {
	for _, r := range retentions {
		if r >= days {
			return r
		}
	}
	return retentions[len(retentions)-1]
}

func (v *validation) quotas() {
	if q := v.c.Quotas.ElasticIPs; q < 0 {
		v.add("quotas.elasticIps", "give the quota of the account, 5 unless it was raised", "%d is not a quota", q)
	}
	if q := v.c.Quotas.NATAddresses; q < 0 || q > maxNATAddresses {
		v.add("quotas.natAddresses", "give the quota of the account, 2 to 8", "%d is not a quota that AWS grants", q)
	}
}
