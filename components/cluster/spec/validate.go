package spec

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// ValidateInput is what the rules need to know beside the section itself.
type ValidateInput struct {
	// Name is the component's logical name, for example "cluster-main"; names
	// in AWS derive from it.
	Name string
	// ClusterName is the cluster's name in AWS, "<stack>-<key>".
	ClusterName string
	// Release is the cluster's release by name.
	Release string
	// Zones are the network's zone IDs; empty when the network is not known.
	Zones []string
	// PodSubnets says that the network has pod subnets.
	PodSubnets bool
	// VPCCIDRs are the network's blocks, pod block included.
	VPCCIDRs []string
	// DeployerRoleARN has an access entry of its own.
	DeployerRoleARN string
}

// Limits, with their sources.
const (
	maxPublicCIDRs = 40                     // EKS user guide, service quotas: public endpoint access CIDR ranges per cluster
	minServiceBits = 12                     // facts/platform.json name_and_limit_rules "eks service IPv4 CIDR"
	maxServiceBits = 24                     // the same
	maxClusterName = 100                    // facts/platform.json name_and_limit_rules "eks cluster name"
	maxRoleName    = 64                     // facts/platform.json name_and_limit_rules "iam role name"
	autoSuffix     = 8                      // facts/providers.md D1: a hyphen and 7 hexadecimal digits
	longestName    = "-karpenter-rebalance" // an event rule, one more than the longest role; both have the same limit
)

// retentions that CloudWatch Logs offers, in days. Source: PutRetentionPolicy,
// CloudWatch Logs API reference, read 2026-11.
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var (
	keyPattern       = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$`)
	clusterPattern   = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]*$`)
	principalPattern = regexp.MustCompile(`^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:(?:role|user)/[A-Za-z0-9_+=,.@/-]+$`)
	addonPattern     = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$`)
	privateRanges    = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	}
)

// Validate returns every finding of the section at path, for example
// "clusters.main". Defaults may be filled or not.
func (c Config) Validate(path string, in ValidateInput) finding.List {
	c = c.WithDefaults(in.PodSubnets)
	var out finding.List
	out.Join(path, c.validateNames(in))
	out.Join(path, c.validateNetwork(in))
	out.Join(path, c.validateControlPlane())
	out.Join(path, c.validateInstanceTypes())
	out.Join(path, c.validateNodeGroups(in))
	out.Join(path, c.validateAutoscaler())
	out.Join(path, c.validateStorage())
	out.Join(path, c.validateAccess(in))
	out.Join(path, c.validateAddons())
	out.Join(path, c.validateAMIs())
	out.Sort()
	return out
}

func (c Config) validateNames(in ValidateInput) finding.List {
	var out finding.List
	if in.ClusterName != "" && !clusterPattern.MatchString(in.ClusterName) {
		out.Add("", "use letters, digits, hyphens and underscores, a letter or digit first", "the cluster's name %q is not one that EKS takes", in.ClusterName)
	}
	if n := len(in.ClusterName); n > maxClusterName {
		out.Add("", "shorten the stack's or the cluster's key", "the cluster's name %q has %d characters, EKS takes %d", in.ClusterName, n, maxClusterName)
	}
	if n := len(in.Name) + len(longestName) + autoSuffix; n > maxRoleName {
		out.Add("", "shorten the cluster's key", "the name %q would have %d characters with Pulumi's suffix of %d, IAM and EventBridge take %d",
			in.Name+longestName, n, autoSuffix, maxRoleName)
	}
	return out
}

func (c Config) validateNetwork(in ValidateInput) finding.List {
	var out finding.List
	if c.Network == "" {
		out.Add("network", "name one of networks", "it is missing")
	}
	service, ok := canonical(&out, "serviceCidr", c.ServiceCIDR)
	if ok {
		if service.Bits() < minServiceBits || service.Bits() > maxServiceBits {
			out.Add("serviceCidr", "use /12 to /24", "%q is a /%d", c.ServiceCIDR, service.Bits())
		}
		if !slices.ContainsFunc(privateRanges, func(p netip.Prefix) bool { return p.Contains(service.Addr()) && service.Bits() >= p.Bits() }) {
			out.Add("serviceCidr", "use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", "EKS refuses %q outside the private ranges", c.ServiceCIDR)
		}
		for _, cidr := range in.VPCCIDRs {
			vpc, err := netip.ParsePrefix(cidr)
			if err != nil {
				continue // the network's own rules report it
			}
			if vpc.Overlaps(service) {
				out.Add("serviceCidr", "choose a block apart from the network's", "%q overlaps the network's block %q", c.ServiceCIDR, cidr)
			}
		}
	}
	switch {
	case !slices.Contains([]string{PodsInNodeSubnets, PodsInPodSubnets}, c.PodAddressing.Mode):
		out.Add("podAddressing.mode", "use nodeSubnets or podSubnets", "%q is not known", c.PodAddressing.Mode)
	case c.PodAddressing.Mode == PodsInPodSubnets && !in.PodSubnets:
		out.Add("podAddressing.mode", "give the network a podCidr, or use nodeSubnets", "the network has no pod subnets")
	}
	if m := c.PodAddressing.SecurityGroups; m != "" && m != "standard" && m != "strict" {
		out.Add("podAddressing.securityGroups", "use standard or strict, or leave it out", "%q is not known", m)
	}
	if c.PodAddressing.MaxPods < 0 || c.PodAddressing.MaxPods > maxPodsLarge {
		out.Add("podAddressing.maxPods", "use 1 to 250, or leave it out", "%d pods on a node are more than EKS takes", c.PodAddressing.MaxPods)
	}
	return out
}

func (c Config) validateControlPlane() finding.List {
	var out finding.List
	if !slices.Contains([]string{SupportExtended, SupportStandard}, c.Support) {
		out.Add("support", "use extended or standard", "%q is not known", c.Support)
	}
	if !slices.Contains([]string{"", Live, Retiring}, c.State) {
		out.Add("state", "use live or retiring", "%q is not known", c.State)
	}
	if n := len(c.Endpoint.PublicCIDRs); n > maxPublicCIDRs {
		out.Add("endpoint.publicCidrs", "merge neighbouring blocks", "%d blocks are more than EKS takes, which is %d", n, maxPublicCIDRs)
	}
	seen := map[string]bool{}
	for i, cidr := range c.Endpoint.PublicCIDRs {
		at := index("endpoint.publicCidrs", i)
		block, ok := canonical(&out, at, cidr)
		switch {
		case !ok:
		case seen[cidr]:
			out.Add(at, "remove it", "%q is listed twice", cidr)
		case block.Bits() == 0 && !c.Endpoint.AcknowledgeOpenToWorld:
			out.Add(at, "name your own blocks, or set endpoint.acknowledgeOpenToWorld: true",
				"%q opens the Kubernetes API to the whole internet", cidr)
		case slices.ContainsFunc(privateRanges, func(p netip.Prefix) bool { return p.Contains(block.Addr()) && block.Bits() >= p.Bits() }):
			out.Add(at, "give the public address that your network leaves by", "%q is private, and the public endpoint never sees such an address", cidr)
		}
		seen[cidr] = true
	}
	for i, t := range c.Logs.Types {
		if !slices.Contains(LogTypes, t) {
			out.Add(index("logs.types", i), "use "+strings.Join(LogTypes, ", "), "%q is not a control plane log", t)
		}
		if slices.Contains(c.Logs.Types[:i], t) {
			out.Add(index("logs.types", i), "remove it", "%q is listed twice", t)
		}
	}
	if !slices.Contains(retentions, c.Logs.RetentionDays) {
		out.Add("logs.retentionDays", "use one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
			"CloudWatch Logs does not offer %d days", c.Logs.RetentionDays)
	}
	return out
}

func (c Config) validateAddons() finding.List {
	var out finding.List
	for _, name := range sortedKeys(c.Addons) {
		at := "addons." + name
		switch version := c.Addons[name].Version; {
		case !slices.Contains(addonNames, name):
			out.Add(at, "use "+strings.Join(addonNames, ", "), "the cluster installs no add-on %q", name)
		case !slices.Contains(c.NeededAddons(), name):
			out.Add(at, "remove the pin, or turn the feature on", "the pin has no effect: this configuration does not install %q", name)
		case !addonPattern.MatchString(version):
			out.Add(at+".version", "use for example v1.23.1-eksbuild.1", "%q is not an add-on build", version)
		}
	}
	if x := c.ExternalSecrets; x != nil {
		for i, prefix := range x.SecretPrefixes {
			validatePrefix(&out, index("externalSecrets.secretPrefixes", i), prefix, false)
		}
		for i, prefix := range x.ParameterPrefixes {
			validatePrefix(&out, index("externalSecrets.parameterPrefixes", i), prefix, true)
		}
		if len(x.SecretPrefixes)+len(x.ParameterPrefixes) == 0 {
			out.Warn("externalSecrets", "name secretPrefixes or parameterPrefixes", "the operator is installed and may read nothing")
		}
	}
	if c.Bastion != nil {
		if _, ok := architectureByName(c.Bastion.InstanceType); !ok {
			out.Add("bastion.instanceType", "use for example t4g.nano", "%q is not an instance type", c.Bastion.InstanceType)
		}
	}
	return out
}

// validatePrefix refuses a prefix that would match more than its owner's names.
func validatePrefix(out *finding.List, at, prefix string, rooted bool) {
	switch {
	case prefix == "" || strings.ContainsAny(prefix, "*?$ "):
		out.Add(at, `use for example "platform/dev/"`, "%q is not a prefix of names", prefix)
	case !strings.HasSuffix(prefix, "/"):
		out.Add(at, "end it with a slash", "%q would match other names that begin the same", prefix)
	case rooted && !strings.HasPrefix(prefix, "/"):
		out.Add(at, "begin it with a slash", "%q is not a path of Parameter Store", prefix)
	}
}

// canonical parses a CIDR block and reports what is wrong with it.
func canonical(out *finding.List, at, cidr string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		out.Add(at, "use for example 10.0.0.0/16", "%q is not a CIDR block", cidr)
		return netip.Prefix{}, false
	case !p.Addr().Is4():
		out.Add(at, "use an IPv4 block", "%q is not IPv4", cidr)
		return netip.Prefix{}, false
	case p.Masked() != p:
		out.Add(at, "use "+p.Masked().String(), "%q has address bits behind its mask", cidr)
		return netip.Prefix{}, false
	}
	return p, true
}
