package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/finding"
)

// good is a configuration without findings; cases change it.
func good() Config {
	return Config{CIDR: "10.20.0.0/16", PodCIDR: "100.64.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}}
}

func taken() Config {
	return Config{Existing: &Existing{
		VPCID: "vpc-0123456789abcdef0", CIDR: "10.9.0.0/16", PodCIDR: "100.70.0.0/16",
		Subnets: ExistingSubnets{
			Private: map[string]string{"apne2-az1": "subnet-00000001", "apne2-az2": "subnet-00000002"},
			Public:  map[string]string{"apne2-az1": "subnet-00000003"},
			Pod:     map[string]string{"apne2-az1": "subnet-00000004", "apne2-az2": "subnet-00000005"},
		},
	}}
}

func e(path, message, fix string) finding.Finding {
	return finding.Finding{Severity: finding.Error, Path: finding.Under("networks.main", path), Message: message, Fix: fix}
}

func warning(path, message, fix string) finding.Finding {
	f := e(path, message, fix)
	f.Severity = finding.Warning
	return f
}

type testCase struct {
	change func(*Config)
	others map[string]Config
	region string
	want   finding.List
}

func run(t *testing.T, base func() Config, tests map[string]testCase) {
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := base()
			if tt.change != nil {
				tt.change(&c)
			}
			in := ValidateInput{Region: "ap-northeast-2", Key: "main", Networks: map[string]Config{"main": c}}
			if tt.region != "" {
				in.Region = tt.region
			}
			for key, other := range tt.others {
				in.Networks[key] = other
			}
			if diff := cmp.Diff(tt.want, c.Validate("networks.main", in)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateBlocks(t *testing.T) {
	const private = "use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, or set allowPublicRange"
	const beside = "use a block of 100.64.0.0/10"
	run(t, good, map[string]testCase{
		"a good network has no finding": {},
		"no block":                      {change: func(c *Config) { c.CIDR = "" }, want: finding.List{e("cidr", "is missing", "give the block that the company assigned, /16 to /24, or existing")}},
		"not a block":                   {change: func(c *Config) { c.CIDR = "10.20.0.0" }, want: finding.List{e("cidr", `"10.20.0.0" is not an IPv4 block`, "use an IPv4 block such as 10.20.0.0/16")}},
		"an IPv6 block":                 {change: func(c *Config) { c.CIDR = "fd00::/48" }, want: finding.List{e("cidr", `"fd00::/48" is not an IPv4 block`, "use an IPv4 block such as 10.20.0.0/16")}},
		"not aligned": {change: func(c *Config) { c.CIDR = "10.20.1.0/16" }, want: finding.List{
			e("cidr", `"10.20.1.0/16" is not aligned: a /16 begins at a multiple of 65536 addresses`, "use 10.20.0.0/16")}},
		"not aligned and too small: both at once": {change: func(c *Config) { c.CIDR = "10.20.1.1/25" }, want: finding.List{
			e("cidr", `"10.20.1.1/25" is not aligned: a /25 begins at a multiple of 128 addresses`, "use 10.20.1.0/25"),
			e("cidr", `"10.20.1.1/25" holds 128 addresses, 4 slots of a zone (a private and a public subnet) need 256`, "use /24 or larger")}},
		"one bit too small":    {change: func(c *Config) { c.CIDR = "10.20.0.0/25" }, want: finding.List{e("cidr", `"10.20.0.0/25" holds 128 addresses, 4 slots of a zone (a private and a public subnet) need 256`, "use /24 or larger")}},
		"the smallest is fine": {change: func(c *Config) { c.CIDR = "10.20.0.0/24" }},
		"one bit too large":    {change: func(c *Config) { c.CIDR = "10.20.0.0/15" }, want: finding.List{e("cidr", `"10.20.0.0/15" is larger than a block of a VPC can be, /16`, "use /16 or smaller")}},
		"the whole world is too large, and nothing else": {change: func(c *Config) { c.CIDR, c.PodCIDR = "0.0.0.0/0", "" }, want: finding.List{
			e("cidr", `"0.0.0.0/0" is larger than a block of a VPC can be, /16`, "use /16 or smaller")}},
		"public":                  {change: func(c *Config) { c.CIDR, c.PodCIDR = "8.8.0.0/16", "" }, want: finding.List{e("cidr", `"8.8.0.0/16" is outside the private ranges (RFC 1918)`, private)}},
		"just below 172.16":       {change: func(c *Config) { c.CIDR, c.PodCIDR = "172.15.0.0/16", "" }, want: finding.List{e("cidr", `"172.15.0.0/16" is outside the private ranges (RFC 1918)`, private)}},
		"just above 172.31":       {change: func(c *Config) { c.CIDR, c.PodCIDR = "172.32.0.0/16", "" }, want: finding.List{e("cidr", `"172.32.0.0/16" is outside the private ranges (RFC 1918)`, private)}},
		"the last of 172.16":      {change: func(c *Config) { c.CIDR = "172.31.0.0/16" }},
		"public and acknowledged": {change: func(c *Config) { c.CIDR, c.AllowPublicRange = "8.8.0.0/16", true }},
		"link local never routes": {change: func(c *Config) { c.CIDR, c.AllowPublicRange = "169.254.0.0/16", true }, want: finding.List{e("cidr", `"169.254.0.0/16" does not route in a VPC`, "use a private range")}},
		"Docker's block is a warning": {change: func(c *Config) { c.CIDR = "172.17.0.0/16" }, want: finding.List{
			warning("cidr", `"172.17.0.0/16" overlaps 172.17.0.0/16, which Docker takes on hosts of some AWS services`, "use another block if such hosts must reach the network")}},
		"pods too small":       {change: func(c *Config) { c.PodCIDR = "100.64.0.0/21" }, want: finding.List{e("podCidr", `"100.64.0.0/21" holds 2048 addresses, 4 slots of a zone (pods) need 4096`, "use /20 or larger")}},
		"no pods is fine":      {change: func(c *Config) { c.PodCIDR = "" }},
		"pods public":          {change: func(c *Config) { c.PodCIDR = "100.128.0.0/16" }, want: finding.List{e("podCidr", `"100.128.0.0/16" is outside the private ranges (RFC 1918, RFC 6598)`, "use a block of 100.64.0.0/10, or set allowPublicRange")}},
		"pods overlap":         {change: func(c *Config) { c.PodCIDR = "10.20.128.0/17" }, want: finding.List{e("podCidr", `"10.20.128.0/17" overlaps cidr "10.20.0.0/16"`, "use a block of its own, for example from 100.64.0.0/10")}},
		"pods beside are fine": {change: func(c *Config) { c.PodCIDR = "10.21.0.0/16" }},
		"pods of another private range": {change: func(c *Config) { c.PodCIDR = "192.168.0.0/16" }, want: finding.List{
			e("podCidr", `AWS refuses "192.168.0.0/16" beside cidr "10.20.0.0/16": a VPC of 10.0.0.0/8 cannot take a block of 192.168.0.0/16`, beside)}},
		"10.0/15 cannot take 10.0/16": {change: func(c *Config) { c.CIDR, c.PodCIDR = "10.1.0.0/16", "10.0.0.0/16" }, want: finding.List{
			e("podCidr", `AWS refuses "10.0.0.0/16" beside cidr "10.1.0.0/16": a VPC of 10.0.0.0/15 cannot take a block of 10.0.0.0/16`, beside)}},
		"10.2 can take 10.0/16": {change: func(c *Config) { c.CIDR, c.PodCIDR = "10.2.0.0/16", "10.0.0.0/16" }},
		"a public VPC takes no private pods": {change: func(c *Config) { c.CIDR, c.PodCIDR, c.AllowPublicRange = "8.8.0.0/16", "10.0.0.0/16", true }, want: finding.List{
			e("podCidr", `AWS refuses "10.0.0.0/16" beside cidr "8.8.0.0/16": no RFC 1918 block can join a VPC outside RFC 1918`, beside)}},
		"198.19 takes no private pods": {change: func(c *Config) { c.CIDR, c.PodCIDR, c.AllowPublicRange = "198.19.0.0/16", "10.0.0.0/16", true }, want: finding.List{
			e("podCidr", `AWS refuses "10.0.0.0/16" beside cidr "198.19.0.0/16": no RFC 1918 block can join 198.19.0.0/16`, beside)}},
	})
}

func TestValidateZones(t *testing.T) {
	const name = "use the zone ID; list them with: aws ec2 describe-availability-zones --region ap-northeast-2"
	run(t, good, map[string]testCase{
		"one zone": {change: func(c *Config) { c.Zones = c.Zones[:1] }, want: finding.List{
			e("zones", "1 given; EKS needs subnets in two zones", "give at least two zone IDs such as apne2-az1 and apne2-az2")}},
		"zone names": {change: func(c *Config) { c.Zones[1] = "ap-northeast-2a" }, want: finding.List{
			e("zones[1]", `"ap-northeast-2a" is a zone name, which means another zone in each account`, name)}},
		"no zone ID": {change: func(c *Config) { c.Zones[2] = "apne2-3" }, want: finding.List{
			e("zones[2]", `"apne2-3" is not a zone ID`, "use a zone ID such as apne2-az1")}},
		"a zone twice": {change: func(c *Config) { c.Zones[2] = "apne2-az1" }, want: finding.List{
			e("zones[2]", `"apne2-az1" is there twice, first at zones[0]`, "remove it")}},
		"a zone of another region": {change: func(c *Config) { c.Zones[0] = "apne1-az1" }, want: finding.List{
			e("zones[0]", `"apne1-az1" is not a zone of region ap-northeast-2`, "use a zone ID such as apne2-az1")}},
		"a region whose name is a prefix of another": {region: "us-west-2", change: func(c *Config) { c.Zones = []string{"usw2-az1", "usgw2-az1"} }, want: finding.List{
			e("zones[1]", `"usgw2-az1" is not a zone of region us-west-2`, "use a zone ID such as usw2-az1")}},
		"a number beyond the slots": {change: func(c *Config) { c.Zones[0] = "apne2-az5" }, want: finding.List{
			e("zones[0]", `"apne2-az5" has no slot: networks in ap-northeast-2 are cut in 4`, "use zones 1 to 4")}},
		"six zones of us-east-1": {region: "us-east-1", change: func(c *Config) {
			c.Zones = []string{"use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"}
			c.Quotas = &Quotas{ElasticIPs: 6}
		}},
	})
}

func TestValidateEgress(t *testing.T) {
	const all = "use one of autoscaling, dynamodb, ec2, ec2messages, ecr.api, ecr.dkr, eks, eks-auth, elasticfilesystem, " +
		"elasticloadbalancing, kms, logs, monitoring, s3, secretsmanager, sqs, ssm, ssmmessages, sts"
	run(t, good, map[string]testCase{
		"an unknown mode": {change: func(c *Config) { c.NAT = &NAT{Mode: "double"} }, want: finding.List{e("nat.mode", `"double" is not a mode`, "use perZone, single or none")}},
		"nine addresses":  {change: func(c *Config) { c.NAT = &NAT{Mode: "single", Addresses: 9} }, want: finding.List{e("nat.addresses", "9 is not a number of addresses that a NAT gateway can have", "use 1 to 8")}},
		"more addresses than both quotas": {change: func(c *Config) { c.NAT = &NAT{Addresses: 3} }, want: finding.List{
			e("nat.addresses", "3 addresses on each gateway, the account's quota is 2", `have the quota "Elastic IP addresses per public NAT gateway" raised and set quotas.natAddresses: 3, or use 2`),
			e("nat", "gateways × addresses: 3 × 3 = 9 Elastic IPs; the region's quota is 5", `have the quota "EC2-VPC Elastic IPs" raised and set quotas.elasticIps: 9, or use fewer`)}},
		"raised quotas":                 {change: func(c *Config) { c.NAT, c.Quotas = &NAT{Addresses: 3}, &Quotas{ElasticIPs: 9, NATAddresses: 3} }},
		"one address more than quota 5": {change: func(c *Config) { c.NAT, c.Quotas = &NAT{Addresses: 2}, &Quotas{ElasticIPs: 5} }, want: finding.List{e("nat", "gateways × addresses: 3 × 2 = 6 Elastic IPs; the region's quota is 5", `have the quota "EC2-VPC Elastic IPs" raised and set quotas.elasticIps: 6, or use fewer`)}},
		"the network that passes the quota has the finding": {
			others: map[string]Config{"data": {CIDR: "10.30.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}}},
			want: finding.List{e("nat", "gateways × addresses: 3 × 1 = 3 Elastic IPs, with 3 of data 6; the region's quota is 5",
				`have the quota "EC2-VPC Elastic IPs" raised and set quotas.elasticIps: 6, or use fewer`)}},
		"a later network has it instead": {others: map[string]Config{"other": {CIDR: "10.30.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}}}},
		"a quota that earlier networks pass has its finding there": {others: map[string]Config{
			"a": {CIDR: "10.30.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}},
			"b": {CIDR: "10.31.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}}}},
		"another network raised it":   {others: map[string]Config{"data": {CIDR: "10.30.0.0/16", Zones: []string{"apne2-az1", "apne2-az2", "apne2-az3"}, Quotas: &Quotas{ElasticIPs: 6}}}},
		"existing networks take none": {others: map[string]Config{"data": taken()}},
		"no NAT and no endpoints": {change: func(c *Config) { c.NAT = &NAT{Mode: "none"} }, want: finding.List{
			e("endpoints", "without NAT nodes cannot join: 6 of the 7 endpoints that they need are missing", "add ec2, ecr.api, ecr.dkr, eks, eks-auth, sts")}},
		"no NAT with them": {change: func(c *Config) {
			c.NAT, c.Endpoints = &NAT{Mode: "none"}, []string{"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "s3", "sts", "logs"}
		}},
		"no NAT with addresses": {change: func(c *Config) { c.NAT, c.Endpoints = &NAT{Mode: "none", Addresses: 1}, withoutNAT }, want: finding.List{
			e("nat.addresses", "1 addresses are given, but mode none makes no gateway", "remove it")}},
		"an unknown endpoint":   {change: func(c *Config) { c.Endpoints = []string{"s3", "ecr"} }, want: finding.List{e("endpoints[1]", `"ecr" is not a known endpoint`, all)}},
		"an endpoint twice":     {change: func(c *Config) { c.Endpoints = []string{"s3", "s3"} }, want: finding.List{e("endpoints[1]", `"s3" is there twice`, "remove it")}},
		"a retention unknown":   {change: func(c *Config) { c.FlowLogs = &FlowLogs{RetentionDays: 31} }, want: finding.List{e("flowLogs.retentionDays", "31 is not a retention that CloudWatch Logs offers", "use 60")}},
		"a retention too long":  {change: func(c *Config) { c.FlowLogs = &FlowLogs{RetentionDays: 9999} }, want: finding.List{e("flowLogs.retentionDays", "9999 is not a retention that CloudWatch Logs offers", "use 3653")}},
		"retention of disabled": {change: func(c *Config) { c.FlowLogs = &FlowLogs{Disabled: true, RetentionDays: 7} }, want: finding.List{e("flowLogs.retentionDays", "7 days are given, but flow logs are disabled", "remove it, or disabled")}},
		"disabled":              {change: func(c *Config) { c.FlowLogs = &FlowLogs{Disabled: true} }},
		"negative quotas": {change: func(c *Config) { c.Quotas = &Quotas{ElasticIPs: -1, NATAddresses: 9} }, want: finding.List{
			e("quotas.elasticIps", "-1 is not a quota", "give the quota of the account, 5 unless it was raised"),
			e("quotas.natAddresses", "9 is not a quota that AWS grants", "give the quota of the account, 2 to 8")}},
	})
}

func TestValidatePeering(t *testing.T) {
	other := func() Config {
		return Config{CIDR: "10.30.0.0/16", PodCIDR: "100.65.0.0/16", Zones: []string{"apne2-az1", "apne2-az2"}, Quotas: &Quotas{ElasticIPs: 9}}
	}
	others := map[string]Config{"data": other(), "old": taken()}
	foreign := Peering{Name: "hub", VPCID: "vpc-0123456789abcdef0", AccountID: "222222222222", Region: "us-west-2", CIDRs: []string{"10.40.0.0/16"}}
	with := func(change func(*Peering)) func(*Config) {
		p := foreign
		change(&p)
		return func(c *Config) { c.Peering = []Peering{p} }
	}
	clash := other()
	clash.PodCIDR = "100.64.0.0/18"
	hub := other()
	hub.Peering = []Peering{{Name: "hub", VPCID: "vpc-0123456789abcdef0", CIDRs: []string{"100.64.0.0/20"}}}
	back := other()
	back.Peering = []Peering{{Name: "main", Network: "main"}}
	run(t, good, map[string]testCase{
		"a link inside and one outside": {others: others, change: func(c *Config) { c.Peering = []Peering{{Name: "data", Network: "data"}, foreign} }},
		"neither network nor VPC": {change: func(c *Config) { c.Peering = []Peering{{Name: "x"}} }, want: finding.List{
			e("peering[0]", "needs exactly one of network and vpcId", "give network for one of this stack, or vpcId with cidrs")}},
		"both": {others: others, change: with(func(p *Peering) { p.Network = "data" }), want: finding.List{
			e("peering[0]", "needs exactly one of network and vpcId", "give network for one of this stack, or vpcId with cidrs")}},
		"a bad name": {change: with(func(p *Peering) { p.Name = "Hub" }), want: finding.List{
			e("peering[0].name", `"Hub" cannot be a name`, "use lower-case letters, digits and hyphens, a letter first")}},
		"a name twice": {change: func(c *Config) {
			second := foreign
			second.CIDRs = []string{"10.41.0.0/16"}
			c.Peering = []Peering{foreign, second}
		}, want: finding.List{e("peering[1].name", `"hub" is there twice`, "use a name of its own")}},
		"itself": {change: func(c *Config) { c.Peering = []Peering{{Name: "x", Network: "main"}} }, want: finding.List{
			e("peering[0].network", `"main" is this network itself`, "name another network")}},
		"no such network": {others: others, change: func(c *Config) { c.Peering = []Peering{{Name: "x", Network: "date"}} }, want: finding.List{
			e("peering[0].network", `"date" is no network of this stack`, "use one of data, main, old")}},
		"an existing VPC": {others: others, change: func(c *Config) { c.Peering = []Peering{{Name: "x", Network: "old"}} }, want: finding.List{
			e("peering[0].network", `"old" is an existing VPC, whose routes belong to somebody else`, "have its owner make the connection")}},
		"what is known of a network": {others: others, change: func(c *Config) {
			c.Peering = []Peering{{Name: "x", Network: "data", AccountID: "111111111111", Region: "ap-northeast-2", CIDRs: []string{"10.30.0.0/16"}}}
		}, want: finding.List{
			e("peering[0].accountId", "is not allowed with network", "remove it: it is known from the stack"),
			e("peering[0].region", "is not allowed with network", "remove it: it is known from the stack"),
			e("peering[0].cidrs", "is not allowed with network", "remove it: it is known from the stack")}},
		"said by both sides": {others: map[string]Config{"data": back}, change: func(c *Config) { c.Peering = []Peering{{Name: "data", Network: "data"}} }, want: finding.List{
			e("peering[0]", `networks.data already peers with "main"`, "remove it: one connection carries both ways")}},
		"said by both sides, and the later key has the finding": {others: map[string]Config{"tools": back}, change: func(c *Config) { c.Peering = []Peering{{Name: "tools", Network: "tools"}} }},
		"two neighbours of one network overlap": {others: map[string]Config{
			"data": other(),
			"apps": {CIDR: "10.20.128.0/17", Zones: []string{"apne2-az1", "apne2-az2"}, Quotas: &Quotas{ElasticIPs: 9}, Peering: []Peering{{Name: "data", Network: "data"}}},
		}, change: func(c *Config) { c.Peering = []Peering{{Name: "data", Network: "data"}} }, want: finding.List{
			e("peering[0]", "10.20.0.0/16 overlaps 10.20.128.0/17, which networks.data is linked with by networks.apps", "routes of networks.data can lead to one of them only: renumber one")}},
		"a neighbour's link outside overlaps": {others: map[string]Config{"data": hub}, change: func(c *Config) { c.Peering = []Peering{{Name: "data", Network: "data"}} }, want: finding.List{
			e("peering[0]", "100.64.0.0/16 overlaps 100.64.0.0/20, which networks.data is linked with by link \"hub\"", "routes of networks.data can lead to one of them only: renumber one")}},
		"pod blocks overlap": {others: map[string]Config{"data": clash}, change: func(c *Config) { c.Peering = []Peering{{Name: "data", Network: "data"}} }, want: finding.List{
			e("peering[0]", "AWS refuses the connection: 100.64.0.0/18 of the other VPC overlaps 100.64.0.0/16 of this one", "renumber one of the two, or link them by PrivateLink")}},
		"a foreign block overlaps": {change: with(func(p *Peering) { p.CIDRs = []string{"10.40.0.0/16", "10.20.64.0/18"} }), want: finding.List{
			e("peering[0]", "AWS refuses the connection: 10.20.64.0/18 of the other VPC overlaps 10.20.0.0/16 of this one", "renumber one of the two, or link them by PrivateLink")}},
		"two links to one block": {others: others, change: func(c *Config) {
			p := foreign
			p.CIDRs = []string{"10.30.0.0/24"}
			c.Peering = []Peering{{Name: "data", Network: "data"}, p}
		}, want: finding.List{e("peering[1]", `10.30.0.0/24 overlaps 10.30.0.0/16 of link "data"`, "routes can lead to one of them only: renumber one")}},
		"bad values of a foreign VPC": {change: with(func(p *Peering) { p.VPCID, p.AccountID, p.Region, p.CIDRs = "vpc-1", "22", "usw2", nil }), want: finding.List{
			e("peering[0].vpcId", `"vpc-1" is not a VPC id`, "use an id such as vpc-0123456789abcdef0"),
			e("peering[0].accountId", `"22" is not an account id`, "use 12 digits, in quotes"),
			e("peering[0].region", `"usw2" is not a region`, "use a region such as ap-northeast-2"),
			e("peering[0].cidrs", "are needed with vpcId", "list all blocks of the other VPC, those of its pods too")}},
		"a foreign block not aligned": {change: with(func(p *Peering) { p.CIDRs = []string{"10.40.1.0/16"} }), want: finding.List{
			e("peering[0].cidrs[0]", `"10.40.1.0/16" is not aligned: a /16 begins at a multiple of 65536 addresses`, "use 10.40.0.0/16")}},
	})
}

func TestValidateExisting(t *testing.T) {
	not := func(path string) finding.Finding {
		return e(path, "is not allowed with existing, which is only read", "remove it: who made the VPC decides")
	}
	run(t, taken, map[string]testCase{
		"a good one has no finding": {},
		"its zones may be listed":   {change: func(c *Config) { c.Zones = []string{"apne2-az2", "apne2-az1"} }},
		"everything that is for VPCs made here": {change: func(c *Config) {
			g := good()
			g.Existing, g.Zones = c.Existing, nil
			g.NAT, g.Endpoints, g.FlowLogs, g.Quotas, g.AllowPublicRange = &NAT{}, []string{}, &FlowLogs{}, &Quotas{}, true
			g.Peering = []Peering{{Name: "x"}}
			*c = g
		}, want: finding.List{not("cidr"), not("podCidr"), not("allowPublicRange"), not("nat"), not("endpoints"), not("flowLogs"), not("quotas"), not("peering")}},
		"bad ids and blocks": {change: func(c *Config) {
			c.Existing.VPCID, c.Existing.CIDR = "vpc-xyz", ""
			c.Existing.Subnets.Public["apne2-az1"] = "subnet-3"
		}, want: finding.List{
			e("existing.vpcId", `"vpc-xyz" is not a VPC id`, "use an id such as vpc-0123456789abcdef0"),
			e("existing.cidr", "is missing", "give the VPC's primary block"),
			e("existing.subnets.public.apne2-az1", `"subnet-3" is not a subnet id`, "use an id such as subnet-0123456789abcdef0")}},
		"pod block inside the primary": {change: func(c *Config) { c.Existing.PodCIDR = "10.9.128.0/17" }, want: finding.List{
			e("existing.podCidr", `"10.9.128.0/17" overlaps existing.cidr "10.9.0.0/16"`, "give the VPC's secondary block")}},
		"pod subnets without a block": {change: func(c *Config) { c.Existing.PodCIDR = "" }, want: finding.List{
			e("existing.podCidr", `pod block and pod subnets do not match: 2 pod subnets and podCidr ""`, "give existing.podCidr and existing.subnets.pod together, or neither")}},
		"a pod subnet missing": {change: func(c *Config) { delete(c.Existing.Subnets.Pod, "apne2-az2") }, want: finding.List{
			e("existing.subnets.pod", "pod subnets are in apne2-az1, private ones in apne2-az1, apne2-az2", "give one pod subnet in each zone that has a private one")}},
		"one zone": {change: func(c *Config) {
			delete(c.Existing.Subnets.Private, "apne2-az2")
			delete(c.Existing.Subnets.Pod, "apne2-az2")
		}, want: finding.List{e("existing.subnets.private", "1 given; EKS needs subnets in two zones", "give a private subnet in at least two zones")}},
		"other zones listed": {change: func(c *Config) { c.Zones = []string{"apne2-az1", "apne2-az3"} }, want: finding.List{
			e("zones", "apne2-az1, apne2-az3 are listed, but the private subnets are in apne2-az1, apne2-az2", "remove it: the zones come from existing.subnets.private")}},
		"a zone name as key": {change: func(c *Config) {
			c.Existing.Subnets.Public = map[string]string{"ap-northeast-2a": "subnet-00000003"}
		}, want: finding.List{e("existing.subnets.public.ap-northeast-2a", `"ap-northeast-2a" is a zone name, which means another zone in each account`,
			"use the zone ID; list them with: aws ec2 describe-availability-zones --region ap-northeast-2")}},
		"a subnet in two roles": {change: func(c *Config) { c.Existing.Subnets.Public["apne2-az1"] = "subnet-00000001" }, want: finding.List{
			e("existing.subnets.public.apne2-az1", `"subnet-00000001" is there twice, first at existing.subnets.private.apne2-az1`, "give each role and zone a subnet of its own")}},
		"free addresses of a stranger": {change: func(c *Config) {
			c.Existing.AvailableAddresses = map[string]int{"subnet-00000001": -1, "subnet-0000000f": 4}
		}, want: finding.List{
			e("existing.availableAddresses.subnet-00000001", "-1 cannot be free", "give the number that AWS shows as available"),
			e("existing.availableAddresses.subnet-0000000f", `"subnet-0000000f" is no subnet of this network`, "use ids of existing.subnets")}},
	})
}

func TestValidateKey(t *testing.T) {
	long := strings.Repeat("a", maxKey+1)
	tests := map[string]struct {
		key  string
		want finding.List
	}{
		"plain":            {key: "main-2"},
		"longest":          {key: long[1:]},
		"upper case":       {key: "Main", want: finding.List{e("", `"Main" cannot be a network's key`, "use lower-case letters, digits and hyphens, a letter first")}},
		"hyphen at end":    {key: "main-", want: finding.List{e("", `"main-" cannot be a network's key`, "use lower-case letters, digits and hyphens, a letter first")}},
		"one too many":     {key: long, want: finding.List{e("", `the key "`+long+`" has 34 characters; the IAM role of its flow logs would be longer than 64`, "use at most 33 characters")}},
		"a digit first":    {key: "1main", want: finding.List{e("", `"1main" cannot be a network's key`, "use lower-case letters, digits and hyphens, a letter first")}},
		"a dot in between": {key: "ma.in", want: finding.List{e("", `"ma.in" cannot be a network's key`, "use lower-case letters, digits and hyphens, a letter first")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := good().Validate("networks.main", ValidateInput{Region: "ap-northeast-2", Key: tt.key})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
