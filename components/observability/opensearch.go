package observability

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/opensearch"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/internal/sgrule"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// searchStore is the cluster's OpenSearch domain, for logs and traces.
type searchStore struct {
	// Endpoint is its host, without scheme.
	Endpoint pulumi.StringOutput
	// ARN of the domain; what it holds is ARN + "/*".
	ARN string
	// Ready must be there before anybody writes: the domain with its roles and
	// mappings. It is filled in once the Job that makes them is registered.
	Ready []pulumi.Resource

	domain pulumi.Resource
	// door lets pods in.
	door pulumi.Resource
}

const httpsPort = 443

// NewSearchRole makes the service-linked role that lets OpenSearch Service into
// VPCs, unless the section needs none or says that the account has it. There is
// one in an account, so it is the stack's and not a cluster's.
func NewSearchRole(ctx *pulumi.Context, name string, c spec.Config, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	c = c.WithDefaults()
	if c.OpenSearch == nil || c.OpenSearch.ServiceLinkedRole != spec.RoleCreate {
		return nil, nil
	}
	role, err := iam.NewServiceLinkedRole(ctx, name, &iam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String("opensearchservice.amazonaws.com"), Description: pulumi.String("lets OpenSearch Service put interfaces into VPCs"),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("service-linked role %s: %w", name, err)
	}
	return role, nil
}

// setupIdentity is the role of the Job that tells the stores who may write. In
// OpenSearch it is the master user.
func (b *builder) setupIdentity() error {
	var statements []iamdoc.Statement
	var late []pulumi.StringInput
	if b.cfg.OpenSearch != nil {
		statements = append(statements, iamdoc.Statement{
			Sid: "Search", Actions: []string{"es:ESHttpGet", "es:ESHttpPut", "es:ESHttpPost"}, Resources: []string{b.domainARN() + "/*"},
		})
	}
	if b.cfg.Kafka != nil {
		late = []pulumi.StringInput{b.stream.ARN}
	}
	document := iamdoc.DocumentOutput(late, func(arns []string) []iamdoc.Statement {
		if len(arns) == 0 {
			return statements
		}
		// MSK's own API for topics asks for these. Source: MSK developer guide,
		// "IAM permissions for topic operations APIs", read 2026-11.
		return append(slices.Clone(statements),
			iamdoc.Statement{Sid: "Topics", Actions: []string{"kafka-cluster:Connect"}, Resources: []string{arns[0]}},
			iamdoc.Statement{Sid: "MakeTopics", Resources: []string{topicARN(arns[0], "*")},
				Actions: []string{"kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration"}},
		)
	})
	identity, err := podidentity.New(b.ctx, b.id("stores-setup"), podidentity.Args{
		RoleArgs:    podidentity.RoleArgs{Description: "set-up of the stores of " + b.args.Cluster.Name, Policy: document, Tags: b.tags},
		ClusterName: b.args.Cluster.NameOutput, Namespace: address.ObservabilityNamespace, ServiceAccount: setupName,
	}, b.aws()...)
	if err != nil {
		return err
	}
	b.setup = identity
	return nil
}

func (b *builder) domainName() string { return spec.DomainName(b.args.Stack, b.args.Key) }

func (b *builder) domainARN() string {
	e := b.args.Environment
	return fmt.Sprintf("arn:%s:es:%s:%s:domain/%s", naming.Partition(e.Region), e.Region, e.AccountID, b.domainName())
}

// storeKey encrypts what the stores of this cluster keep.
func (b *builder) storeKey() (*kms.Key, error) {
	if b.key != nil {
		return b.key, nil
	}
	id := b.id("stores")
	key, err := kms.New(b.ctx, id, kms.Args{Description: "Logs and traces of " + b.args.Cluster.Name, Tags: b.tags.For(id)}, b.kept()...)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	b.key = key
	return key, nil
}

// door is a security group that lets the cluster's pods in on one port.
func (b *builder) door(role, what string, port int) (*ec2.SecurityGroup, pulumi.Resource, error) {
	id := b.id(role)
	group, err := ec2.NewSecurityGroup(b.ctx, id, &ec2.SecurityGroupArgs{
		VpcId: b.args.Network.VPCID, Description: pulumi.String(what + " of " + b.args.Cluster.Name), Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("security group: %w", err)
	}
	rule, err := sgrule.Ingress(b.ctx, b.id(role+"-pods"), sgrule.Rule{
		Group: group.ID(), Port: port, Peer: b.args.Cluster.SecurityGroupID,
		Description: "Pods of " + b.args.Cluster.Name, Tags: b.tags.For(b.id(role + "-pods")),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("rule from pods: %w", err)
	}
	return group, rule, nil
}

// storeSubnets are private subnets in two or three zones.
func (b *builder) storeSubnets() []pulumi.StringInput {
	var out []pulumi.StringInput
	for _, zone := range spec.StoreZones(b.args.Network.Zones) {
		out = append(out, b.args.Network.PrivateSubnets[zone])
	}
	return out
}

// searchDomain makes the domain. It stays as long as the section does, whether
// somebody writes to it or not.
func (b *builder) searchDomain() error {
	o := b.cfg.OpenSearch
	key, err := b.storeKey()
	if err != nil {
		return err
	}
	group, rule, err := b.door("search", "OpenSearch", httpsPort)
	if err != nil {
		return err
	}
	// It does not wait for the rule, which knows the cluster's security group: a
	// domain takes as long as a control plane, and the two are made side by side.
	var after []pulumi.Resource
	if b.args.SearchRole != nil {
		after = append(after, b.args.SearchRole)
	}
	subnets := b.storeSubnets()
	args := opensearch.Args{
		Name: b.domainName(), Version: o.Version, InstanceType: o.InstanceType, MasterType: o.MasterType, Nodes: o.NodesIn(len(subnets)), Masters: spec.Masters,
		VolumeGiB: o.VolumeGiB, Subnets: subnets, SecurityGroup: group.ID(), KeyARN: key.Arn, MasterRole: b.setup.Role.Arn, Tags: b.tags.For(b.id("search")),
	}
	if o.Warm != nil {
		args.Warm = &opensearch.Warm{InstanceType: o.Warm.InstanceType, Nodes: o.Warm.Nodes, Cold: o.Warm.ColdAfterDays > 0}
	}
	// Roles of this account, as far as their own policies let them; what they may
	// do inside is decided there.
	e := b.args.Environment
	policy, err := iamdoc.Document(iamdoc.Statement{
		Sid: "Account", Actions: []string{"es:ESHttp*"}, Resources: []string{b.domainARN() + "/*"},
		Principals: map[string][]string{"AWS": {fmt.Sprintf("arn:%s:iam::%s:root", naming.Partition(e.Region), e.AccountID)}},
	})
	if err != nil {
		return err
	}
	args.AccessPolicy = pulumi.String(policy)
	domain, err := opensearch.New(b.ctx, b.id("search"), args, b.kept(after...)...)
	if err != nil {
		return err
	}
	b.search = &searchStore{Endpoint: domain.Endpoint, ARN: b.domainARN(), domain: domain, door: rule}
	return b.searchAlarms(domain)
}

// What a domain is alarmed at. Source: OpenSearch Service developer guide,
// "Recommended CloudWatch alarms", read 2026-11: a red status, less than a
// quarter of a node's disk, writes that are blocked.
const (
	searchMetrics   = "AWS/ES"
	alarmPeriod     = 60 // seconds
	freeShare       = 25 // percent
	megabytesPerGiB = 1024
)

func (b *builder) searchAlarms(domain *opensearch.Domain) error {
	dimensions := pulumi.StringMap{"DomainName": domain.Name, "ClientId": pulumi.String(b.args.Environment.AccountID)}
	for _, a := range []struct {
		role, metric, statistic, compare, text string
		threshold                              float64
	}{
		{"search-red", "ClusterStatus.red", "Maximum", cloudwatch.AtLeast, "has an index whose shards are nowhere: it cannot be read", 1},
		{"search-blocked", "ClusterIndexWritesBlocked", "Maximum", cloudwatch.AtLeast, "takes no records: its disks or its memory are full", 1},
		{"search-disk", "FreeStorageSpace", "Minimum", cloudwatch.AtMost, "has less than a quarter of a node's disk left; logs.retentionDays or openSearch.volumeGiB",
			float64(b.cfg.OpenSearch.VolumeGiB * megabytesPerGiB * freeShare / 100)},
	} {
		if err := b.storeAlarm(a.role, cloudwatch.AlarmArgs{
			Description: "OpenSearch of " + b.args.Cluster.Name + " " + a.text, Namespace: searchMetrics, Metric: a.metric,
			Dimensions: dimensions, Statistic: a.statistic, Compare: a.compare, Threshold: a.threshold,
		}); err != nil {
			return err
		}
	}
	return nil
}

// storeAlarm registers one alarm; silence of a metric is no alarm.
func (b *builder) storeAlarm(role string, args cloudwatch.AlarmArgs) error {
	args.PeriodSeconds, args.Periods, args.Silence, args.Tags = alarmPeriod, 5, cloudwatch.SilenceIsNoAlarm, b.tags.For(b.id(role))
	alarm, err := cloudwatch.NewAlarm(b.ctx, b.id(role), args, b.aws()...)
	if err != nil {
		return fmt.Errorf("alarm %s: %w", role, err)
	}
	b.alarms = append(b.alarms, alarm.Name)
	return nil
}
