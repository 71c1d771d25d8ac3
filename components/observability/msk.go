package observability

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/msk"
)

// streamStore is the cluster's Kafka, between collectors and stores.
type streamStore struct {
	// Brokers to begin with: host:port, separated by commas.
	Brokers pulumi.StringOutput
	// ARN of the cluster; topics and groups have ARNs that derive from it.
	ARN pulumi.StringOutput
	// Ready must be there before anybody writes: the cluster with its topics. It
	// is filled in once the Job that makes them is registered.
	Ready []pulumi.Resource

	cluster pulumi.Resource
	// door lets pods in.
	door pulumi.Resource
}

// kafkaIAMPort takes TLS with IAM. Source: MSK developer guide, "Port information".
const kafkaIAMPort = 9098

// streamCluster makes the brokers.
func (b *builder) streamCluster() error {
	k := b.cfg.Kafka
	key, err := b.storeKey()
	if err != nil {
		return err
	}
	group, rule, err := b.door("kafka", "Kafka", kafkaIAMPort)
	if err != nil {
		return err
	}
	subnets := b.storeSubnets()
	zones := len(subnets)
	cluster, err := msk.New(b.ctx, b.id("kafka"), msk.Args{
		Name: b.domainName(), Version: k.Version, InstanceType: k.InstanceType, Brokers: k.BrokersIn(zones), VolumeGiB: k.VolumeGiB,
		// A zone may fail: every record has a copy in each, and all but one are
		// there before a producer goes on. Topics are made by name, never by mistake.
		Properties: map[string]string{
			"auto.create.topics.enable": "false", "default.replication.factor": strconv.Itoa(k.Replicas(zones)), "min.insync.replicas": strconv.Itoa(k.InSync(zones)),
			"num.partitions": strconv.Itoa(k.Partitions), "log.retention.hours": strconv.Itoa(k.RetentionHours), "unclean.leader.election.enable": "false",
		},
		Subnets: subnets, SecurityGroup: group.ID(), KeyARN: key.Arn, Tags: b.tags.For(b.id("kafka")),
	}, b.kept()...) // beside the control plane, as the domain
	if err != nil {
		return err
	}
	b.stream = &streamStore{Brokers: cluster.Brokers, ARN: cluster.ARN, cluster: cluster, door: rule}
	return b.streamAlarms(cluster)
}

// What brokers are alarmed at. Source: MSK developer guide, "Best practices",
// read 2026-11: 85 percent of the disks, and partitions without a leader.
const (
	streamMetrics = "AWS/Kafka"
	diskUsed      = 85 // percent
)

func (b *builder) streamAlarms(cluster *msk.Cluster) error {
	dimensions := pulumi.StringMap{"Cluster Name": cluster.Name}
	if err := b.storeAlarm("kafka-offline", cloudwatch.AlarmArgs{
		Description: "Kafka of " + b.args.Cluster.Name + " has partitions without a leader: nobody can write to them",
		Namespace:   streamMetrics, Metric: "OfflinePartitionsCount", Dimensions: dimensions,
		Statistic: "Maximum", Compare: cloudwatch.Above, Threshold: 0,
	}); err != nil {
		return err
	}
	for i := range b.cfg.Kafka.BrokersIn(len(b.storeSubnets())) {
		id := strconv.Itoa(i + 1) // MSK numbers its brokers from 1
		if err := b.storeAlarm("kafka-disk-"+id, cloudwatch.AlarmArgs{
			Description: fmt.Sprintf("Kafka of %s: the disk of broker %s is fuller than %d percent; kafka.retentionHours or kafka.volumeGiB", b.args.Cluster.Name, id, diskUsed),
			Namespace:   streamMetrics, Metric: "KafkaDataLogsDiskUsed",
			Dimensions: pulumi.StringMap{"Cluster Name": cluster.Name, "Broker ID": pulumi.String(id)},
			Statistic:  "Maximum", Compare: cloudwatch.Above, Threshold: diskUsed,
		}); err != nil {
			return err
		}
	}
	return nil
}

// topicARN is a topic's, groupARN a consumer group's, of the cluster with this
// ARN. Source: MSK developer guide, "Authorization policy resources".
func topicARN(cluster, topic string) string {
	return strings.Replace(cluster, ":cluster/", ":topic/", 1) + "/" + topic
}

func groupARN(cluster, group string) string {
	return strings.Replace(cluster, ":cluster/", ":group/", 1) + "/" + group
}

// producing lets somebody write to topics; idempotently, so that a retry makes
// no second record.
func producing(cluster string, topics ...string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "Connect", Actions: []string{"kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"}, Resources: []string{cluster}},
		{Sid: "Write", Actions: []string{"kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"}, Resources: topicARNs(cluster, topics)},
	}
}

// consuming lets a group read topics.
func consuming(cluster, group string, topics ...string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "Join", Actions: []string{"kafka-cluster:Connect"}, Resources: []string{cluster}},
		{Sid: "Read", Actions: []string{"kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"}, Resources: topicARNs(cluster, topics)},
		{Sid: "Group", Actions: []string{"kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"}, Resources: []string{groupARN(cluster, group)}},
	}
}

func topicARNs(cluster string, topics []string) []string {
	var out []string
	for _, t := range topics {
		out = append(out, topicARN(cluster, t))
	}
	return out
}
