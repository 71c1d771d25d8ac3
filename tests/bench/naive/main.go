// Command naive declares what an EKS platform has with the SDK package of each
// service. It is compiled and never run: only its imports matter.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	eksx "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm/v3"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	storagev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/storage/v1"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/yaml"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// resources names one resource of each package, so that all are linked.
var resources = []any{
	&aws.Provider{}, &acm.Certificate{}, &cloudwatch.LogGroup{}, &ec2.Vpc{}, &efs.FileSystem{}, &eks.Cluster{},
	&iam.Role{}, &kms.Key{}, &lb.LoadBalancer{}, &route53.Record{}, &sqs.Queue{}, &ssm.Parameter{}, &wafv2.WebAcl{},
	&eksx.Cluster{}, &kubernetes.Provider{}, &corev1.Namespace{}, &helm.Release{}, &rbacv1.ClusterRole{},
	&storagev1.StorageClass{}, &yaml.ConfigFile{}, &random.RandomId{}, &tls.PrivateKey{},
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		ctx.Export("resources", pulumi.Int(len(resources)))
		return nil
	})
}
