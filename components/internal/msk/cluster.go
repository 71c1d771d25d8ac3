package msk

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// sdkVersion is the version of the aws provider that the arguments below
// belong to; it is the one in go.mod.
const sdkVersion = "6.83.2"

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
	if err := ctx.RegisterResource(tokenConfiguration, name, inputs{
		"serverProperties": pulumi.String(properties(a.Properties)),
	}, &conf, append(slices.Clone(opts), pulumi.Version(sdkVersion), pulumi.Protect(false))...); err != nil {
		return nil, fmt.Errorf("configuration %s: %w", name, err)
	}
	subnets := pulumi.Array{}
	for _, s := range a.Subnets {
		subnets = append(subnets, s)
	}
	var out Cluster
	if err := ctx.RegisterResource(tokenCluster, name, inputs{
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
	}, &out, append(slices.Clone(opts), pulumi.Version(sdkVersion))...); err != nil {
		return nil, fmt.Errorf("cluster %s: %w", name, err)
	}
	return &out, nil
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

type inputs map[string]pulumi.Input

// ElementType tells the SDK that every field goes out as it is.
func (inputs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
