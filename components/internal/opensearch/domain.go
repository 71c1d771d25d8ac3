package opensearch

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const token = "aws:opensearch/domain:Domain"

// tlsPolicy is the strictest that is not bound to TLS 1.3 alone. Source:
// OpenSearch Service API, TLSSecurityPolicy, read 2026-11.
const tlsPolicy = "Policy-Min-TLS-1-2-PFS-2023-10"

// Warm are UltraWarm nodes.
type Warm struct {
	InstanceType string
	Nodes        int
	// Cold adds cold storage.
	Cold bool
}

// Args of a domain. It is in a VPC, encrypted on disk and on the way, and
// speaks HTTPS only; who may do what is decided by IAM and, inside, by roles.
type Args struct {
	// Name in AWS: 3 to 28 characters.
	Name string
	// Version of OpenSearch, for example 2.19.
	Version string
	// InstanceType and Nodes hold data, MasterType and Masters lead.
	InstanceType, MasterType string
	Nodes, Masters           int
	// VolumeGiB of each data node.
	VolumeGiB int
	Warm      *Warm
	// Subnets, one in each zone: two or three.
	Subnets       []pulumi.StringInput
	SecurityGroup pulumi.StringInput
	KeyARN        pulumi.StringInput
	// MasterRole is the AWS role that may change roles and mappings.
	MasterRole pulumi.StringInput
	// AccessPolicy says which principals reach the domain at all.
	AccessPolicy pulumi.StringInput
	// LogGroup takes the engine's own log.
	LogGroup pulumi.StringInput
	Tags     pulumi.StringMap
}

// Domain is a domain.
type Domain struct {
	pulumi.CustomResourceState

	ARN pulumi.StringOutput `pulumi:"arn"`
	// Endpoint is a host without scheme.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	Name     pulumi.StringOutput `pulumi:"domainName"`
}

// New registers a domain.
func New(ctx *pulumi.Context, name string, a Args, opts ...pulumi.ResourceOption) (*Domain, error) {
	subnets := pulumi.Array{}
	for _, s := range a.Subnets {
		subnets = append(subnets, s)
	}
	on := pulumi.Map{"enabled": pulumi.Bool(true)}
	in := pulumi.Map{
		"domainName": pulumi.String(a.Name), "engineVersion": pulumi.String("OpenSearch_" + a.Version), "clusterConfig": a.nodes(),
		"ebsOptions":            pulumi.Map{"ebsEnabled": pulumi.Bool(true), "volumeType": pulumi.String("gp3"), "volumeSize": pulumi.Int(a.VolumeGiB)},
		"encryptAtRest":         pulumi.Map{"enabled": pulumi.Bool(true), "kmsKeyId": a.KeyARN},
		"nodeToNodeEncryption":  on,
		"domainEndpointOptions": pulumi.Map{"enforceHttps": pulumi.Bool(true), "tlsSecurityPolicy": pulumi.String(tlsPolicy)},
		"advancedSecurityOptions": pulumi.Map{
			"enabled": pulumi.Bool(true), "internalUserDatabaseEnabled": pulumi.Bool(false), "masterUserOptions": pulumi.Map{"masterUserArn": a.MasterRole},
		},
		"vpcOptions":     pulumi.Map{"subnetIds": subnets, "securityGroupIds": pulumi.Array{a.SecurityGroup}},
		"accessPolicies": a.AccessPolicy,
		// Without it AWS chooses an hour of each region's night by itself.
		"offPeakWindowOptions":  on,
		"softwareUpdateOptions": pulumi.Map{"autoSoftwareUpdateEnabled": pulumi.Bool(true)},
		"tags":                  a.Tags,
	}
	if a.LogGroup != nil {
		in["logPublishingOptions"] = pulumi.Array{pulumi.Map{"logType": pulumi.String("ES_APPLICATION_LOGS"), "cloudwatchLogGroupArn": a.LogGroup, "enabled": pulumi.Bool(true)}}
	}
	var out Domain
	return &out, untyped.Register(ctx, token, name, in, &out, opts...)
}

func (a Args) nodes() pulumi.Map {
	out := pulumi.Map{
		"instanceType": pulumi.String(a.InstanceType), "instanceCount": pulumi.Int(a.Nodes),
		"dedicatedMasterEnabled": pulumi.Bool(true), "dedicatedMasterType": pulumi.String(a.MasterType), "dedicatedMasterCount": pulumi.Int(a.Masters),
		"zoneAwarenessEnabled": pulumi.Bool(true), "zoneAwarenessConfig": pulumi.Map{"availabilityZoneCount": pulumi.Int(len(a.Subnets))},
	}
	if w := a.Warm; w != nil {
		out["warmEnabled"], out["warmType"], out["warmCount"] = pulumi.Bool(true), pulumi.String(w.InstanceType), pulumi.Int(w.Nodes)
		if w.Cold {
			out["coldStorageOptions"] = pulumi.Map{"enabled": pulumi.Bool(true)}
		}
	}
	return out
}
