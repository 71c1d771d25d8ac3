package main

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	benchAccount = "111111111111"
	benchRegion  = "ap-northeast-2"
	// fanOut is how many resources depend on each: a tree as deep as a stack's
	// (200 resources are 3 levels), so that there is order to keep.
	fanOut = 10
)

// program registers n resources of four services, each depending on another.
func program(n int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
			Region: pulumi.String(benchRegion), AllowedAccountIds: pulumi.StringArray{pulumi.String(benchAccount)},
		})
		if err != nil {
			return err
		}
		made := make([]pulumi.Resource, n)
		for i := range n {
			opts := []pulumi.ResourceOption{pulumi.Provider(provider)}
			if i > 0 {
				opts = append(opts, pulumi.DependsOn([]pulumi.Resource{made[(i-1)/fanOut]}))
			}
			var r pulumi.CustomResourceState
			token, inputs := nth(i)
			if err := ctx.RegisterResource(token, fmt.Sprintf("r%04d", i), inputs, &r, opts...); err != nil {
				return err
			}
			made[i] = &r
		}
		ctx.Export("resources", pulumi.Int(n))
		return nil
	}
}

// nth is the type and the inputs of one resource.
func nth(i int) (string, pulumi.Map) {
	name := pulumi.String(fmt.Sprintf("bench-%04d", i))
	tags := pulumi.StringMap{"owner": pulumi.String("bench"), "number": pulumi.String(fmt.Sprint(i))}
	switch i % 4 {
	case 0:
		return "aws:ssm/parameter:Parameter", pulumi.Map{"name": "/bench/" + name, "type": pulumi.String("String"), "value": name, "tags": tags}
	case 1:
		return "aws:sqs/queue:Queue", pulumi.Map{"name": name, "tags": tags}
	case 2:
		return "aws:cloudwatch/logGroup:LogGroup", pulumi.Map{"name": "/bench/" + name, "retentionInDays": pulumi.Int(30), "tags": tags}
	default:
		return "aws:kms/key:Key", pulumi.Map{"description": name, "enableKeyRotation": pulumi.Bool(true), "tags": tags}
	}
}
