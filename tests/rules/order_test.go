package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/sandbox/aws/cases"
)

// deletionRules are the laws that keep an object while another refers to it.
var deletionRules = map[string]string{
	"aws:cloudwatch/eventRule:EventRule":                              "cloudwatch.event-rule-in-use",
	"aws:ec2/eip:Eip":                                                 "ec2.address-in-use",
	"aws:ec2/internetGateway:InternetGateway":                         "ec2.internet-gateway-in-use",
	"aws:ec2/routeTable:RouteTable":                                   "ec2.route-table-in-use",
	"aws:ec2/securityGroup:SecurityGroup":                             "ec2.security-group-in-use",
	"aws:ec2/subnet:Subnet":                                           "ec2.subnet-in-use",
	"aws:ec2/vpc:Vpc":                                                 "ec2.vpc-in-use",
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": "ec2.vpc-cidr-in-use",
	"aws:efs/fileSystem:FileSystem":                                   "efs.file-system-in-use",
	"aws:eks/cluster:Cluster":                                         "eks.cluster-in-use",
	"aws:iam/role:Role":                                               "iam.role-in-use",
	"aws:acm/certificate:Certificate":                                 "acm.certificate-in-use",
	"aws:lb/targetGroup:TargetGroup":                                  "elb.target-group-in-use",
	"aws:route53/zone:Zone":                                           "route53.zone-not-empty",
	"aws:s3/bucketV2:BucketV2":                                        "s3.bucket-not-empty",
	"aws:wafv2/ipSet:IpSet":                                           "waf.in-use",
	"aws:wafv2/webAcl:WebAcl":                                         "waf.in-use",
}

// freeToGo are types that their service deletes although another object refers
// to them. Source: the API reference of the action that is named.
var freeToGo = map[string]string{
	"aws:acm/certificateValidation:CertificateValidation": "there is nothing to delete: it only waits",
	"aws:cloudwatch/logGroup:LogGroup":                    "DeleteLogGroup does not ask who writes to it",
	"aws:ec2/launchTemplate:LaunchTemplate":               "DeleteLaunchTemplate does not ask who was made from it",
	"aws:ec2/natGateway:NatGateway":                       "DeleteNatGateway leaves its routes behind, as black holes",
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":   "DeleteVpcPeeringConnection leaves its routes behind, as black holes",
	"aws:eks/accessEntry:AccessEntry":                     "DeleteAccessEntry takes its policies with it",
	"aws:iam/instanceProfile:InstanceProfile":             "DeleteInstanceProfile asks only for its role, which the provider takes out first",
	"aws:kms/key:Key":                                     "ScheduleKeyDeletion does not ask who uses it",
	"aws:lb/listener:Listener":                            "DeleteListener takes its rules with it",
	"aws:lb/loadBalancer:LoadBalancer":                    "DeleteLoadBalancer takes its listeners with it; names that lead to it answer nothing",
	"aws:route53/record:Record":                           "ChangeResourceRecordSets does not ask who follows a name",
	"aws:sqs/queue:Queue":                                 "DeleteQueue does not ask who sends to it",
	"kubernetes:core/v1:Secret":                           "the API server does not ask who read it; a token is refused once its Secret is gone",
	"kubernetes:core/v1:Namespace":                        "the API server deletes what is in it as well",
}

// dependents are the types that have one, each with those that refer to it.
func dependents(all []apitype.ResourceV3) map[string][]string {
	of := map[string]string{}
	for _, r := range all {
		of[string(r.URN)] = string(r.Type)
	}
	out := map[string][]string{}
	for _, r := range all {
		for _, urns := range r.PropertyDependencies {
			for _, urn := range urns {
				if on := of[string(urn)]; on != "" && !slices.Contains(out[on], string(r.Type)) {
					out[on] = append(out[on], string(r.Type))
				}
			}
		}
	}
	return out
}

// checkOrder wants, for every type that another one refers to, a law with a
// case that breaks it by a deletion, or the reason why there is none.
func checkOrder(t *testing.T, all []apitype.ResourceV3) {
	have := dependents(all)
	for _, token := range slices.Sorted(maps.Keys(have)) {
		name, why := deletionRules[token], freeToGo[token]
		switch {
		case name == "" && why == "":
			t.Errorf("%s has dependents (%s) and neither a law against its deletion nor a reason for none: add it to deletionRules or freeToGo", token, strings.Join(have[token], ", "))
		case name != "" && why != "":
			t.Errorf("%s is in deletionRules and in freeToGo", token)
		case name != "" && !slices.ContainsFunc(cases.All(), func(c cases.Case) bool {
			return c.Rule == name && c.Then.Op == "delete" && c.Then.Type == token
		}):
			t.Errorf("no case deletes a %s against %s", token, name)
		}
	}
	for _, list := range []map[string]string{deletionRules, freeToGo} {
		for token := range list {
			if have[token] == nil {
				t.Errorf("%s is listed, and no stack has one that another object refers to: take it out", token)
			}
		}
	}
}

// page lists what no law covers.
func page(registered []string) string {
	var b strings.Builder
	b.WriteString(`# What no law of the simulated cloud covers

Written by ` + "`make golden`" + ` from what the shipped stacks and variants register.

## Types without a case

No law is broken by an operation on one of these. Their properties are checked
against the schema, and what cannot change replaces them
(testdata/replacements.txt).

`)
	for _, token := range registered {
		if strings.HasPrefix(token, "aws:") && !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Then.Type == token }) {
			fmt.Fprintf(&b, "- `%s`\n", token)
		}
	}
	b.WriteString("\nKubernetes objects share the laws named kube.* and helm.*, whatever their kind.\n\n" +
		"## Deletions that nothing stands against\n\nOther objects refer to these; their service deletes them all the same.\n\n| type | why |\n|---|---|\n")
	for _, token := range slices.Sorted(maps.Keys(freeToGo)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", token, freeToGo[token])
	}
	b.WriteString("\n## Quotas that are not modelled\n\n| quota | of | why |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(quotas)) {
		if q := quotas[name]; q.why != "" && q.concerns(registered) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, strings.Join(q.types, ", "), q.why)
		}
	}
	return b.String()
}
