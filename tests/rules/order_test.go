package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/sandbox/aws/cases"
)

// pair is an object of one type that an object of another one refers to.
type pair struct{ on, by string }

func (p pair) String() string { return p.by + " on " + p.on }

// beyondInputs are pairs in which one holds the other and no input says so: a
// gateway's mapped address holds the network's way out, nodes carry the groups of
// their launch template, and a service takes its linked role itself. Source: the
// laws' own.
var beyondInputs = []pair{
	{"aws:ec2/internetGateway:InternetGateway", natGateway},
	{"aws:ec2/securityGroup:SecurityGroup", nodeGroup},
	{"aws:iam/serviceLinkedRole:ServiceLinkedRole", "aws:opensearch/domain:Domain"},
}

// free says which objects a service deletes although others refer to them. A *
// at the end stands for any rest of a type.
type free struct{ on, by, why string }

func (f free) covers(p pair) bool { return like(f.on, p.on) && like(f.by, p.by) }

func like(pattern, token string) bool {
	if start, any := strings.CutSuffix(pattern, "*"); any {
		return strings.HasPrefix(token, start)
	}
	return pattern == token
}

// freeToGo is asked in this order. Source: the API reference of the action that
// is named, or the VPC user guide on deleting a VPC.
var freeToGo = []free{
	{"aws:*", "kubernetes:*", "AWS knows nothing of Kubernetes objects; what a controller makes of them in AWS has a type or a hidden object of its own"},
	{"kubernetes:*", "*", "the API server asks for no dependent, and deletes what is in a namespace with it; finalizers delay a deletion (kube.finalizers)"},
	{"aws:cloudwatch/logGroup:LogGroup", "*", "DeleteLogGroup does not ask who writes to it"},
	{"aws:ec2/launchTemplate:LaunchTemplate", "*", "DeleteLaunchTemplate does not ask who was made from it"},
	{"aws:ec2/natGateway:NatGateway", "aws:ec2/route:Route", "DeleteNatGateway leaves its routes behind, as black holes"},
	{"aws:ec2/natGateway:NatGateway", "aws:cloudwatch/metricAlarm:MetricAlarm", "an alarm watches a name"},
	{"aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "*", "DeleteVpcPeeringConnection leaves its routes behind, as black holes"},
	{"aws:ec2/internetGateway:InternetGateway", "aws:ec2/route:Route", "DetachInternetGateway leaves its routes behind, as black holes"},
	{"aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route", "the routes are part of their table"},
	{"aws:ec2/routeTable:RouteTable", "aws:ec2/vpcEndpoint:VpcEndpoint", "DeleteRouteTable asks for subnets only; the endpoint loses the table"},
	{"aws:ec2/subnet:Subnet", "aws:ec2/routeTableAssociation:RouteTableAssociation", "the association goes with its subnet"},
	{"aws:ec2/subnet:Subnet", "aws:eks/addon:Addon", "the VPC CNI's values name subnets; what holds them are the interfaces of nodes"},
	{"aws:ec2/vpc:Vpc", "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "the blocks are part of their VPC"},
	{"aws:ec2/vpc:Vpc", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "DeleteVpc deletes the default group, and nobody else can"},
	{"aws:ec2/vpc:Vpc", "aws:ec2/flowLog:FlowLog", "DeleteVpc does not ask who watches it"},
	{"aws:acm/certificateValidation:CertificateValidation", "*", "there is nothing to delete: it only waits"},
	{"aws:lb/listener:Listener", "*", "DeleteListener takes its rules with it"},
	{"aws:route53/record:Record", "*", "ChangeResourceRecordSets does not ask who follows a name"},
	{"aws:lb/loadBalancer:LoadBalancer", "*", "DeleteLoadBalancer takes its listeners with it; names that lead to it answer nothing"},
	{"aws:eks/cluster:Cluster", "aws:cloudwatch/metricAlarm:MetricAlarm", "an alarm watches a name"},
	{"aws:eks/nodeGroup:NodeGroup", "aws:cloudwatch/metricAlarm:MetricAlarm", "DeleteNodegroup does not ask which alarm looks at its Auto Scaling group"},
	{"aws:ssm/parameter:Parameter", "*", "DeleteParameter does not ask what was written after it"},
	{"aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "DeleteCluster asks for node groups and Fargate profiles only; add-ons go with their cluster"},
	{"aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry", "DeleteCluster takes its access entries with it"},
	{"aws:eks/cluster:Cluster", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "DeleteCluster takes its access entries with it"},
	{"aws:eks/cluster:Cluster", "aws:eks/podIdentityAssociation:PodIdentityAssociation", "DeleteCluster takes its associations with it"},
	{"aws:eks/cluster:Cluster", "aws:ec2/securityGroup:SecurityGroup", "a group names its cluster in a tag"},
	{"aws:eks/cluster:Cluster", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "DeleteCluster takes the cluster security group with its rules"},
	{"aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation", "a validation only waits; what holds a certificate is a listener"},
	{"aws:acm/certificate:Certificate", "aws:route53/record:Record", "DeleteCertificate does not ask which records prove it"},
	{"aws:ec2/vpc:Vpc", "aws:lb/targetGroup:TargetGroup", "DeleteVpc does not ask for target groups; what hold it are the subnets and groups of their load balancers"},
	{"aws:ec2/vpc:Vpc", "aws:route53/zone:Zone", "DeleteVpc does not ask which private zones answer in it"},
	{"aws:eks/cluster:Cluster", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "DeleteCluster takes the cluster security group away, with the rules that name it"},
	{"aws:eks/nodeGroup:NodeGroup", "aws:autoscaling/attachment:Attachment", "DeleteNodegroup takes the Auto Scaling group away, with its attachments"},
	{"aws:lb/targetGroup:TargetGroup", "aws:autoscaling/attachment:Attachment", "DeleteTargetGroup asks for listeners and rules only"},
	{"aws:lb/targetGroup:TargetGroup", "aws:cloudwatch/metricAlarm:MetricAlarm", "an alarm watches a name"},
	{"aws:lb/targetGroup:TargetGroup", "aws:iam/rolePolicy:RolePolicy", "a policy names an ARN"},
	{"aws:route53/zone:Zone", "aws:iam/rolePolicy:RolePolicy", "a policy names an ARN"},
	{"aws:s3/bucketV2:BucketV2", "aws:lb/loadBalancer:LoadBalancer", "DeleteBucket asks for objects only"},
	{"aws:s3/bucketV2:BucketV2", "aws:s3/*", "DeleteBucket takes the bucket's own settings with it"},
	{"aws:wafv2/webAcl:WebAcl", "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "DeleteWebACL takes its logging configuration with it"},
	{"aws:s3/bucketV2:BucketV2", "aws:iam/rolePolicy:RolePolicy", "a policy names an ARN"},
	{"aws:amp/workspace:Workspace", "*", "DeleteWorkspace takes its configuration with it, and does not ask who writes to it"},
	{"aws:msk/cluster:Cluster", "*", "DeleteCluster does not ask who reads or writes; alarms and policies name it"},
	{"aws:opensearch/domain:Domain", "aws:cloudwatch/metricAlarm:MetricAlarm", "an alarm watches a name"},
	{"aws:sns/topic:Topic", "aws:cloudwatch/compositeAlarm:CompositeAlarm", "DeleteTopic does not ask which alarm tells it"},
	{"aws:iam/role:Role", "aws:opensearch/domain:Domain", deleteRole},
	{"aws:iam/role:Role", "aws:ec2/flowLog:FlowLog", deleteRole},
	{"aws:iam/role:Role", "aws:eks/*", deleteRole},
	{"aws:iam/instanceProfile:InstanceProfile", "*", "DeleteInstanceProfile asks only for its role, which the provider takes out first"},
	{"aws:kms/key:Key", "*", "ScheduleKeyDeletion does not ask who uses it"},
	{"aws:sqs/queue:Queue", "*", "DeleteQueue does not ask who sends to it"},
}

const deleteRole = "DeleteRole asks for policies and instance profiles only; whoever uses the role fails later"

// pairsOf are the pairs in the states, with those beyond inputs.
func pairsOf(all []apitype.ResourceV3) []pair {
	of := map[string]string{}
	for _, r := range all {
		of[string(r.URN)] = string(r.Type)
	}
	var out []pair
	for _, r := range all {
		for _, urns := range r.PropertyDependencies {
			for _, urn := range urns {
				if on := of[string(urn)]; on != "" {
					out = append(out, pair{on, string(r.Type)})
				}
			}
		}
	}
	have := types(all)
	for _, p := range beyondInputs {
		if slices.Contains(have, p.on) && slices.Contains(have, p.by) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b pair) int { return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.by, b.by)) })
	return slices.Compact(out)
}

// lawful: a case deletes an object of the one type against one of the other.
// TestAnOrderRuleIsAboutWhatStandsAgainst of sandbox/aws proves that nothing
// else stands against it.
func lawful(p pair) bool {
	return slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Then.Type == p.on && c.Against == p.by })
}

func reason(p pair) (free, bool) {
	i := slices.IndexFunc(freeToGo, func(f free) bool { return f.covers(p) })
	if i < 0 {
		return free{}, false
	}
	return freeToGo[i], true
}

// checkOrder wants, for every pair, a law with a case that breaks it by a
// deletion, or the reason why there is none.
func checkOrder(t *testing.T, all []apitype.ResourceV3) {
	pairs := pairsOf(all)
	used := map[free]bool{}
	for _, p := range pairs {
		why, free := reason(p)
		switch law := lawful(p); {
		case !law && !free:
			t.Errorf("%s: neither a law against the deletion with a case, nor a reason for none: add a case with Against to sandbox/aws/cases, or a line to freeToGo", p)
		case law && free:
			t.Errorf("%s: a case says that it stands against the deletion, and freeToGo that it does not", p)
		case free:
			used[why] = true
		}
	}
	for _, f := range freeToGo {
		if !used[f] && !strings.HasSuffix(f.on, "*") { // a whole cloud's need no pair of today
			t.Errorf("freeToGo has %s on %s, and no stack has such a pair: take it out", f.by, f.on)
		}
	}
	for _, c := range cases.All() {
		p := pair{c.Then.Type, c.Against}
		if c.Against != "" && !slices.Contains(pairs, p) && !slices.Contains(notRegistered, p) {
			t.Errorf("a case of %s is about %s, and no stack has such a pair: add it to beyondInputs or notRegistered", c.Rule, p)
		}
	}
}

// notRegistered are pairs with a case and no stack that has them yet, or none
// that a state shows: a listener names a certificate by its validation's output.
var notRegistered = []pair{
	{"aws:acm/certificate:Certificate", "aws:lb/listener:Listener"},
	{"aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule"},
	{"aws:iam/policy:Policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"},
	{"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"},
}

// page lists what no law covers.
func page(registered []string, pairs []pair) string {
	var b strings.Builder
	b.WriteString(`# What no law of the simulated cloud covers

Written by ` + "`make golden`" + ` from what the shipped stacks and variants register.

## Types without a case

No law is broken by an operation on one of these. Their properties are checked
against the schema, and what cannot change replaces them
(testdata/replacements.txt).

`)
	none := true
	for _, token := range registered {
		if strings.HasPrefix(token, "aws:") && !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Then.Type == token }) {
			fmt.Fprintf(&b, "- `%s`\n", token)
			none = false
		}
	}
	if none {
		b.WriteString("None.\n")
	}
	b.WriteString("\nKubernetes objects share the laws named kube.* and helm.*, whatever their kind.\n\n" +
		"## Deletions that nothing stands against\n\nThe second refers to the first, whose service deletes it all the same.\n\n| of | with | why |\n|---|---|---|\n")
	for _, f := range freeToGo {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", named(f.on, pairs, func(p pair) string { return p.on }, f), named(f.by, pairs, func(p pair) string { return p.by }, f), f.why)
	}
	b.WriteString("\n## Quotas that are not modelled\n\n")
	unmodelled := unmodelled(registered)
	if len(unmodelled) == 0 {
		b.WriteString("None that limits a registered type.\n")
		return b.String()
	}
	b.WriteString("| quota | of | why |\n|---|---|---|\n")
	for _, name := range unmodelled {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, strings.Join(quotas[name].types, ", "), quotas[name].why)
	}
	return b.String()
}

// named writes a pattern as the types that it stands for in the stacks; of two
// clouds as a whole their names are enough.
func named(pattern string, pairs []pair, side func(pair) string, f free) string {
	switch pattern {
	case "*":
		if strings.HasSuffix(f.on, "*") {
			return "whatever refers to it"
		}
	case "aws:*":
		return "every type of AWS"
	case "kubernetes:*":
		return "every kind of Kubernetes"
	}
	var out []string
	for _, p := range pairs {
		if g, ok := reason(p); ok && g == f && !slices.Contains(out, "`"+side(p)+"`") {
			out = append(out, "`"+side(p)+"`")
		}
	}
	return strings.Join(out, ", ")
}
