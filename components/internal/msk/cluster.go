package msk

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const (
	tokenCluster       = "aws:msk/cluster:Cluster"
	tokenConfiguration = "aws:msk/configuration:Configuration"
)

// Args of a cluster. Clients come by TLS and sign by IAM; there is no other way in.
type Args struct {
	// Name in AWS.
	Name string
	// Version of Kafka as MSK names it, for example 3.8.x.
	Version string
	// InstanceType, Brokers and VolumeGiB of each.
	InstanceType       string
	Brokers, VolumeGiB int
	// Properties of the brokers.
	Properties map[string]string
	// Subnets, one in each zone: two or three.
	Subnets       []pulumi.StringInput
	SecurityGroup pulumi.StringInput
	KeyARN        pulumi.StringInput
	Tags          pulumi.StringMap
}

// Cluster is a cluster.
type Cluster struct {
	pulumi.CustomResourceState

	ARN pulumi.StringOutput `pulumi:"arn"`
	// Brokers to begin with, for clients that sign by IAM: host:port, separated by commas.
	Brokers pulumi.StringOutput `pulumi:"bootstrapBrokersSaslIam"`
	Name    pulumi.StringOutput `pulumi:"clusterName"`
}

// New registers a cluster with its configuration. The configuration's name
// derives from name: a change of it would make a new one, and one that a cluster
// uses cannot be deleted (facts/providers.md D11.22).
func New(ctx *pulumi.Context, name string, a Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	var conf configuration
	if err := untyped.Register(ctx, tokenConfiguration, name, pulumi.Map{
		"serverProperties": pulumi.String(properties(a.Properties)),
	}, &conf, append(slices.Clone(opts), pulumi.Protect(false))...); err != nil {
		return nil, err
	}
	subnets := pulumi.Array{}
	for _, s := range a.Subnets {
		subnets = append(subnets, s)
	}
	var out Cluster
	return &out, untyped.Register(ctx, tokenCluster, name, pulumi.Map{
		"clusterName": pulumi.String(a.Name), "kafkaVersion": pulumi.String(a.Version), "numberOfBrokerNodes": pulumi.Int(a.Brokers),
		"brokerNodeGroupInfo": pulumi.Map{
			"instanceType": pulumi.String(a.InstanceType), "clientSubnets": subnets, "securityGroups": pulumi.Array{a.SecurityGroup},
			"storageInfo": pulumi.Map{"ebsStorageInfo": pulumi.Map{"volumeSize": pulumi.Int(a.VolumeGiB)}},
		},
		"clientAuthentication": pulumi.Map{"sasl": pulumi.Map{"iam": pulumi.Bool(true)}, "unauthenticated": pulumi.Bool(false)},
		"encryptionInfo": pulumi.Map{
			"encryptionAtRestKmsKeyArn": a.KeyARN,
			"encryptionInTransit":       pulumi.Map{"clientBroker": pulumi.String("TLS"), "inCluster": pulumi.Bool(true)},
		},
		"configurationInfo":  pulumi.Map{"arn": conf.ARN, "revision": conf.Revision},
		"enhancedMonitoring": pulumi.String("PER_BROKER"),
		"tags":               a.Tags,
	}, &out, opts...)
}

// properties are lines of name=value, sorted.
func properties(in map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(in)) {
		out = append(out, k+"="+in[k])
	}
	return strings.Join(out, "\n") + "\n"
}

type configuration struct {
	pulumi.CustomResourceState

	ARN      pulumi.StringOutput `pulumi:"arn"`
	Revision pulumi.IntOutput    `pulumi:"latestRevision"`
}
