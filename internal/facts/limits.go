package facts

import "time"

// QuotaFact is a service quota as AWS sets it for a new account.
type QuotaFact struct {
	Name       string     `json:"name"`
	Default    int        `json:"default"`
	Adjustable bool       `json:"adjustable"`
	Note       string     `json:"note,omitempty"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

// Names of quotas that this program looks up.
const (
	QuotaVPCs              = "VPCs per Region"
	QuotaSubnets           = "Subnets per VPC"
	QuotaElasticIPs        = "Elastic IPs per Region"
	QuotaNATAddresses      = "EIPs per public NAT gateway"
	QuotaNATGateways       = "NAT gateways per AZ"
	QuotaInternetGateways  = "Internet gateways per Region"
	QuotaEKSClusters       = "EKS clusters per Region"
	QuotaNodeGroups        = "Managed node groups per cluster"
	QuotaNodesPerGroup     = "Nodes per managed node group"
	QuotaPodIdentity       = "Pod Identity associations per cluster"
	QuotaSecurityGroups    = "SGs per Region"
	QuotaSecurityGroupRule = "SG rules inbound / outbound each"
	QuotaRoutes            = "Routes per route table"
	QuotaCIDRBlocks        = "IPv4 CIDR blocks per VPC"
	QuotaInterfaceGroups   = "Security groups per ENI"
	QuotaNATPrivate        = "Private IPs per NAT gateway"
	QuotaNATConnections    = "NAT simultaneous connections per unique destination (IP,port,protocol) per NAT IP"
	QuotaALBs              = "ALBs per Region"
	QuotaNLBs              = "NLBs per Region"
	QuotaListeners         = "Listeners per ALB"
	QuotaListenerRules     = "Rules per ALB (excl. defaults)"
	QuotaCertificates      = "Certificates per ALB"
	QuotaTargetGroups      = "Target groups per Region"
	QuotaBalancerGroups    = "Target groups per ALB"
	QuotaActionGroups      = "Target groups per action"
)

// Quota looks a default quota up by one of the names above.
func Quota(name string) (QuotaFact, bool) {
	p, _ := load()
	for _, q := range p.Quotas {
		if q.Name == name {
			return q, true
		}
	}
	return QuotaFact{}, false
}

// Quotas are all known quotas.
func Quotas() []QuotaFact {
	p, _ := load()
	return append([]QuotaFact(nil), p.Quotas...)
}

type latencyRow struct {
	Operation      string     `json:"operation"`
	TypicalSeconds int        `json:"typicalSeconds"`
	RangeSeconds   [2]int     `json:"rangeSeconds"`
	Source         string     `json:"source"`
	Confidence     Confidence `json:"confidence"`
}

// Names of operations with a known latency.
const (
	LatencyClusterCreate   = "EKS cluster create"
	LatencyClusterUpgrade  = "EKS control-plane minor upgrade"
	LatencyClusterDelete   = "EKS cluster delete"
	LatencyNodeGroupCreate = "EKS managed node group create"
	// LatencyNodeRoll is for one node; a group takes it ceil(nodes / maxUnavailable) times.
	LatencyNodeRoll       = "EKS managed node group rolling update, 1 node"
	LatencyAddon          = "EKS add-on create/update"
	LatencyNATGateway     = "NAT gateway create"
	LatencyLoadBalancer   = "ALB/NLB create"
	LatencyACMValidation  = "ACM DNS validation"
	LatencyIAMPropagation = "IAM role propagation"
	LatencyDomain         = "OpenSearch domain create"
	LatencyStream         = "MSK cluster create"
)

// LatencyFact is how long AWS takes for an operation.
type LatencyFact struct {
	Operation        string
	Typical          time.Duration
	Fastest, Slowest time.Duration
	Origin           Origin
}

// Latency looks the duration of an operation up by one of the names above.
func Latency(operation string) (LatencyFact, bool) {
	p, _ := load()
	for _, l := range p.Latencies {
		if l.Operation == operation {
			s := func(n int) time.Duration { return time.Duration(n) * time.Second }
			return LatencyFact{Operation: l.Operation, Typical: s(l.TypicalSeconds),
				Fastest: s(l.RangeSeconds[0]), Slowest: s(l.RangeSeconds[1]), Origin: Origin{l.Source, l.Confidence}}, true
		}
	}
	return LatencyFact{}, false
}

// NameRule is what AWS accepts as a name or block of a resource.
type NameRule struct {
	Resource string `json:"resource"`
	Rule     string `json:"rule"`
	// Regex is a Go regular expression; "" means that the rule has none.
	Regex string `json:"regex,omitempty"`
	// Min and Max are lengths in characters; 0 means that the rule has none.
	Min        int        `json:"min,omitempty"`
	Max        int        `json:"max,omitempty"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

// NameRuleFor looks the rule of a resource up, for example "iam role name".
func NameRuleFor(resource string) (NameRule, bool) {
	p, _ := load()
	for _, r := range p.NameRules {
		if r.Resource == resource {
			return r, true
		}
	}
	return NameRule{}, false
}
