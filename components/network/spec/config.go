package spec

// Config is one network of a stack: a VPC made here, or an existing one.
// Config: networks.<key>.
type Config struct {
	// CIDR is the VPC's primary IPv4 block, /16 to /24, inside the private
	// ranges of RFC 1918 unless AllowPublicRange is set. Needed unless Existing is set.
	CIDR string `json:"cidr,omitempty"`
	// PodCIDR is a secondary IPv4 block for pods (custom networking), /16 to
	// /20, usually from 100.64.0.0/10 (RFC 6598). Empty: pods take addresses
	// of the node subnets.
	PodCIDR string `json:"podCidr,omitempty"`
	// AllowPublicRange acknowledges that CIDR lies outside RFC 1918, or PodCIDR
	// outside RFC 1918 and RFC 6598.
	AllowPublicRange bool `json:"allowPublicRange,omitempty"`
	// Zones are availability zone IDs, for example apne2-az1, two to six of
	// them. Names such as ap-northeast-2a differ between accounts and are refused.
	// Subnets are keyed by zone ID: adding a zone moves nothing. With Existing
	// they come from its private subnets.
	Zones []string `json:"zones,omitempty"`
	// NAT is the way out for private subnets; left out means perZone. Not
	// allowed with Existing.
	NAT *NAT `json:"nat,omitempty"`
	// Endpoints are AWS services reached without NAT, by short name: s3 and
	// dynamodb make gateway endpoints, every other name (ecr.api, ecr.dkr, sts,
	// ec2, logs, eks, eks-auth, elasticloadbalancing, autoscaling, kms, ssm,
	// ssmmessages, ec2messages, sqs, secretsmanager, elasticfilesystem, monitoring) an interface
	// endpoint. Left out means s3, which costs nothing; an empty list means
	// none. Not allowed with Existing.
	Endpoints []string `json:"endpoints,omitzero"`
	// FlowLogs are on by default, and off with Existing.
	FlowLogs *FlowLogs `json:"flowLogs,omitempty"`
	// Quotas are raised service quotas of this account and region; what is
	// left out has AWS's default.
	Quotas *Quotas `json:"quotas,omitempty"`
	// Peering links this VPC with others.
	Peering []Peering `json:"peering,omitempty"`
	// Existing takes a VPC that somebody else made, instead of making one.
	Existing *Existing `json:"existing,omitempty"`
}

// NAT is the way out of the private subnets.
type NAT struct {
	// Mode is perZone (one gateway in each zone), single (one gateway in the
	// network's lowest zone: a zone failure takes the way out of all) or none
	// (nodes work through endpoints only). Empty means perZone.
	Mode string `json:"mode,omitempty" jsonschema:"enum=perZone,enum=single,enum=none"`
	// Addresses is the number of Elastic IPs on each gateway, 1 to 8; 0 means
	// 1. Each carries 55,000 simultaneous connections per destination.
	Addresses int `json:"addresses,omitempty" jsonschema:"minimum=0,maximum=8"`
}

// FlowLogs sends accepted and rejected flows of the VPC to CloudWatch Logs.
type FlowLogs struct {
	// Disabled turns them off.
	Disabled bool `json:"disabled,omitempty"`
	// RetentionDays is a retention that CloudWatch Logs offers; 0 means 30.
	RetentionDays int `json:"retentionDays,omitempty"`
}

// Quotas are service quotas that AWS raised for this account.
type Quotas struct {
	// ElasticIPs per region; 0 means AWS's default of 5.
	ElasticIPs int `json:"elasticIps,omitempty" jsonschema:"minimum=0"`
	// NATAddresses is the number of Elastic IPs per NAT gateway; 0 means 2, at most 8.
	NATAddresses int `json:"natAddresses,omitempty" jsonschema:"minimum=0,maximum=8"`
}

// Peering is a VPC peering connection. AWS refuses it when any block of the
// two VPCs overlaps, pod blocks too.
type Peering struct {
	// Name is the connection's key in logical names; it must be unique in the network.
	Name string `json:"name"`
	// Network is the key of another network of this stack. Exclusive with VPCID.
	Network string `json:"network,omitempty"`
	// VPCID is the other side's VPC where another stack or team owns it.
	VPCID string `json:"vpcId,omitempty"`
	// AccountID is the other side's account; empty means this one.
	AccountID string `json:"accountId,omitempty"`
	// Region is the other side's region; empty means this one.
	Region string `json:"region,omitempty"`
	// CIDRs are all blocks of the other VPC, needed with VPCID.
	CIDRs []string `json:"cidrs,omitempty"`
}

// Existing is a VPC that somebody else made. The stack only reads it.
type Existing struct {
	// VPCID such as vpc-0abc1234def567890.
	VPCID string `json:"vpcId"`
	// CIDR is its primary block, /16 to /28.
	CIDR string `json:"cidr"`
	// PodCIDR is the secondary block that the pod subnets lie in.
	PodCIDR string `json:"podCidr,omitempty"`
	// Subnets by role and zone ID.
	Subnets ExistingSubnets `json:"subnets"`
	// AvailableAddresses is the number of free addresses by subnet ID before
	// this stack uses any, for checks without an AWS account. Without it and without an account the
	// headroom is unknown and refused unless AcknowledgeUnknownHeadroom is set.
	AvailableAddresses map[string]int `json:"availableAddresses,omitempty"`
	// AcknowledgeUnknownHeadroom accepts that nobody proved that upgrades fit,
	// and lets an interrupted upgrade run again while its own nodes hold the addresses.
	AcknowledgeUnknownHeadroom bool `json:"acknowledgeUnknownHeadroom,omitempty"`
}

// ExistingSubnets are subnet IDs by zone ID.
type ExistingSubnets struct {
	// Private subnets hold nodes; needed, in two zones at least.
	Private map[string]string `json:"private"`
	// Public subnets hold load balancers that face the internet.
	Public map[string]string `json:"public,omitempty"`
	// Pod subnets, one in each private zone, for custom networking.
	Pod map[string]string `json:"pod,omitempty"`
}
