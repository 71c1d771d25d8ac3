package rules

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
)

// quota says what a quota of AWS limits, and which laws refuse more: one for
// all types, or each service its own, or why there is none.
type quota struct {
	types []string
	rules []string
	why   string
}

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
	facts.QuotaVPCs:              {types: []string{"aws:ec2/vpc:Vpc"}, rules: []string{"ec2.vpc-quota"}},
	facts.QuotaSubnets:           {types: []string{"aws:ec2/subnet:Subnet"}, rules: []string{"ec2.subnet-quota"}},
	facts.QuotaCIDRBlocks:        {types: []string{"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"}, rules: []string{"ec2.vpc-cidr-quota"}},
	facts.QuotaElasticIPs:        {types: []string{"aws:ec2/eip:Eip"}, rules: []string{"ec2.address-quota"}},
	facts.QuotaNATAddresses:      {types: []string{natGateway}, rules: []string{"ec2.nat-address-quota"}},
	facts.QuotaNATGateways:       {types: []string{natGateway}, rules: []string{"ec2.nat-quota"}},
	facts.QuotaInternetGateways:  {types: []string{"aws:ec2/internetGateway:InternetGateway"}, rules: []string{"ec2.internet-gateway-quota"}},
	facts.QuotaSecurityGroups:    {types: []string{"aws:ec2/securityGroup:SecurityGroup"}, rules: []string{"ec2.security-group-quota"}},
	facts.QuotaSecurityGroupRule: {types: []string{"aws:ec2/securityGroupRule:SecurityGroupRule", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"}, rules: []string{"ec2.security-group-rule-quota"}},
	facts.QuotaRoutes:            {types: []string{"aws:ec2/route:Route"}, rules: []string{"ec2.route-quota"}},
	facts.QuotaEKSClusters:       {types: []string{"aws:eks/cluster:Cluster"}, rules: []string{"eks.cluster-quota"}},
	facts.QuotaNodeGroups:        {types: []string{nodeGroup}, rules: []string{"eks.node-group-quota"}},
	facts.QuotaNodesPerGroup:     {types: []string{nodeGroup}, rules: []string{"eks.node-group-size"}},
	facts.QuotaPodIdentity:       {types: []string{"aws:eks/podIdentityAssociation:PodIdentityAssociation"}, rules: []string{"eks.pod-identity-quota"}},

	facts.QuotaNATPrivate:     {types: []string{natGateway}, rules: []string{"ec2.nat-private-address-quota"}},
	facts.QuotaNATConnections: {types: []string{natGateway}, rules: []string{"ec2.nat-connection-quota"}},
	facts.QuotaInterfaceGroups: {types: []string{"aws:ec2/instance:Instance", "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:efs/mountTarget:MountTarget", "aws:eks/cluster:Cluster", nodeGroup},
		rules: []string{"ec2.interface-security-groups", "efs.mount-target-security-groups", "eks.cluster-security-groups", "eks.node-security-groups"}},

	"Fargate profiles per cluster": {types: []string{"aws:eks/fargateProfile:FargateProfile"}, why: "Fargate is not modelled"},
	facts.QuotaALBs:                {types: []string{loadBalancer}, rules: []string{"elb.load-balancer-quota"}},
	facts.QuotaNLBs:                {types: []string{loadBalancer}, rules: []string{"elb.load-balancer-quota"}},
	facts.QuotaListeners:           {types: []string{listener}, rules: []string{"elb.listener-quota"}},
	facts.QuotaListenerRules:       {types: []string{listenerRule}, rules: []string{"elb.rule-quota"}},
	facts.QuotaCertificates:        {types: []string{listenerCertificate}, rules: []string{"elb.certificate-quota"}},
	facts.QuotaTargetGroups:        {types: []string{targetGroup}, rules: []string{"elb.target-group-quota"}},
	facts.QuotaBalancerGroups:      {types: []string{listener}, rules: []string{"elb.groups-per-balancer-quota"}},
	facts.QuotaActionGroups:        {types: []string{listener, listenerRule}, rules: []string{"elb.groups-per-action-quota"}},
	"Targets per ALB":              {types: []string{targetGroup}, why: "targets are pods, which are no objects here"},
	"Targets per target group":     {types: []string{targetGroup}, why: "targets are pods, which are no objects here"},
}

// checkQuotas wants laws for every quota that limits a registered type, and for
// each such type a case that exceeds it; or the reason why there is none, which
// the page then lists.
func checkQuotas(t *testing.T, registered []string) {
	known := map[string]bool{}
	for _, fact := range facts.Quotas() {
		known[fact.Name] = true
		q, ok := quotas[fact.Name]
		switch {
		case !ok:
			t.Errorf("the quota %q of facts is not in quotas: name its law, or why there is none", fact.Name)
			continue
		case (len(q.rules) == 0) == (q.why == ""):
			t.Errorf("the quota %q needs a law or a reason for none", fact.Name)
		case len(q.rules) > 0 && !q.concerns(registered):
			t.Errorf("no stack registers what the quota %q limits: %v", fact.Name, q.types)
		}
		for _, token := range q.types {
			if len(q.rules) == 0 || !slices.Contains(registered, token) {
				continue
			}
			if !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Then.Type == token && exceeds(c, q, fact.Name) }) {
				t.Errorf("no case of %v exceeds the quota %q with a %s", q.rules, fact.Name, token)
			}
		}
	}
	for name := range quotas {
		if !known[name] {
			t.Errorf("facts have no quota %q", name)
		}
	}
}

// unmodelled are the quotas without a law that limit a registered type.
func unmodelled(registered []string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(quotas)) {
		if quotas[name].why != "" && quotas[name].concerns(registered) {
			out = append(out, name)
		}
	}
	return out
}

// exceeds: the case sets the quota, or makes as many objects as AWS allows.
func exceeds(c cases.Case, q quota, name string) bool {
	if !slices.Contains(q.rules, c.Rule) {
		return false
	}
	_, set := c.Quotas[name]
	return set || len(c.Quotas) == 0 && strings.HasSuffix(c.Rule, "-quota")
}
