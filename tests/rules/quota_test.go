package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
)

// quota says what a quota of AWS limits, and which law refuses more: its name,
// or why there is none.
type quota struct {
	types []string
	rule  string
	why   string
}

// concerns: a stack registers one of the types.
func (q quota) concerns(registered []string) bool {
	return slices.ContainsFunc(q.types, func(token string) bool { return slices.Contains(registered, token) })
}

const (
	loadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	listener     = "aws:lb/listener:Listener"
	listenerRule = "aws:lb/listenerRule:ListenerRule"
	targetGroup  = "aws:lb/targetGroup:TargetGroup"

	listenerCertificate = "aws:lb/listenerCertificate:ListenerCertificate"

	natGateway = "aws:ec2/natGateway:NatGateway"
	nodeGroup  = "aws:eks/nodeGroup:NodeGroup"
)

// quotas has every quota of facts.
var quotas = map[string]quota{
	facts.QuotaVPCs:              {types: []string{"aws:ec2/vpc:Vpc"}, rule: "ec2.vpc-quota"},
	facts.QuotaSubnets:           {types: []string{"aws:ec2/subnet:Subnet"}, rule: "ec2.subnet-quota"},
	facts.QuotaCIDRBlocks:        {types: []string{"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"}, rule: "ec2.vpc-cidr-quota"},
	facts.QuotaElasticIPs:        {types: []string{"aws:ec2/eip:Eip"}, rule: "ec2.address-quota"},
	facts.QuotaNATAddresses:      {types: []string{natGateway}, rule: "ec2.nat-address-quota"},
	facts.QuotaNATGateways:       {types: []string{natGateway}, rule: "ec2.nat-quota"},
	facts.QuotaInternetGateways:  {types: []string{"aws:ec2/internetGateway:InternetGateway"}, rule: "ec2.internet-gateway-quota"},
	facts.QuotaSecurityGroups:    {types: []string{"aws:ec2/securityGroup:SecurityGroup"}, rule: "ec2.security-group-quota"},
	facts.QuotaSecurityGroupRule: {types: []string{"aws:ec2/securityGroupRule:SecurityGroupRule", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"}, rule: "ec2.security-group-rule-quota"},
	facts.QuotaRoutes:            {types: []string{"aws:ec2/route:Route"}, rule: "ec2.route-quota"},
	facts.QuotaEKSClusters:       {types: []string{"aws:eks/cluster:Cluster"}, rule: "eks.cluster-quota"},
	facts.QuotaNodeGroups:        {types: []string{nodeGroup}, rule: "eks.node-group-quota"},
	facts.QuotaNodesPerGroup:     {types: []string{nodeGroup}, rule: "eks.node-group-size"},
	facts.QuotaPodIdentity:       {types: []string{"aws:eks/podIdentityAssociation:PodIdentityAssociation"}, rule: "eks.pod-identity-quota"},

	"Private IPs per NAT gateway": {types: []string{natGateway}, why: "secondary private addresses of a gateway are not counted"},
	"NAT simultaneous connections per unique destination (IP,port,protocol) per NAT IP": {types: []string{natGateway}, why: "there are no packets"},
	"Security groups per ENI": {types: []string{"aws:ec2/instance:Instance", "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:efs/mountTarget:MountTarget", "aws:eks/cluster:Cluster"},
		why: "each service answers in words of its own, which were not found"},
	"Fargate profiles per cluster": {types: []string{"aws:eks/fargateProfile:FargateProfile"}, why: "Fargate is not modelled"},
	facts.QuotaALBs:                {types: []string{loadBalancer}, rule: "elb.load-balancer-quota"},
	facts.QuotaNLBs:                {types: []string{loadBalancer}, rule: "elb.load-balancer-quota"},
	facts.QuotaListeners:           {types: []string{listener}, rule: "elb.listener-quota"},
	facts.QuotaListenerRules:       {types: []string{listenerRule}, rule: "elb.rule-quota"},
	facts.QuotaCertificates:        {types: []string{listenerCertificate}, rule: "elb.certificate-quota"},
	facts.QuotaTargetGroups:        {types: []string{targetGroup}, rule: "elb.target-group-quota"},
	facts.QuotaBalancerGroups:      {types: []string{targetGroup}, rule: "elb.groups-per-balancer-quota"},
	facts.QuotaActionGroups:        {types: []string{listener, listenerRule}, rule: "elb.groups-per-action-quota"},
	"Targets per ALB":              {types: []string{targetGroup}, why: "targets are pods, which are no objects here"},
	"Targets per target group":     {types: []string{targetGroup}, why: "targets are pods, which are no objects here"},
}

// checkQuotas wants a law with a case for every quota that limits a registered
// type, or the reason why there is none, which the page then lists.
func checkQuotas(t *testing.T, registered []string) {
	known := map[string]bool{}
	for _, fact := range facts.Quotas() {
		known[fact.Name] = true
		q, ok := quotas[fact.Name]
		switch {
		case !ok:
			t.Errorf("the quota %q of facts is not in quotas: name its law, or why there is none", fact.Name)
		case (q.rule == "") == (q.why == ""):
			t.Errorf("the quota %q needs a law or a reason for none", fact.Name)
		case q.rule != "" && !q.concerns(registered):
			t.Errorf("no stack registers what the quota %q limits: %v", fact.Name, q.types)
		case q.rule != "" && !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return exceeds(c, q, fact.Name) }):
			t.Errorf("no case of %s exceeds the quota %q", q.rule, fact.Name)
		}
	}
	for name := range quotas {
		if !known[name] {
			t.Errorf("facts have no quota %q", name)
		}
	}
}

// exceeds: the case sets the quota, or makes as many objects as AWS allows.
func exceeds(c cases.Case, q quota, name string) bool {
	if c.Rule != q.rule {
		return false
	}
	_, set := c.Quotas[name]
	return set || len(c.Quotas) == 0 && strings.HasSuffix(c.Rule, "-quota")
}
