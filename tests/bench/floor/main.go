// Command floor has one cluster of pulumi-eks and nothing else: what no program
// of this kind can compile for less. It is compiled and never run.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// resources are what the program stands on: the cluster and its providers.
var resources = []any{&aws.Provider{}, &eks.Cluster{}, &kubernetes.Provider{}}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		ctx.Export("resources", pulumi.Int(len(resources)))
		return nil
	})
}
