package spec

import (
	"maps"
	"slices"
)

// endpoints are the AWS services that can be named, and whether their endpoint
// is a gateway (routes, no address, no charge) or an interface. Source: VPC
// user guide, "AWS services that integrate with AWS PrivateLink", from memory
// of the service names; EKS user guide, private clusters, for the choice.
var endpoints = map[string]bool{
	"s3": true, "dynamodb": true,
	"ecr.api": false, "ecr.dkr": false, "sts": false, "ec2": false, "logs": false, "eks": false,
	"eks-auth": false, "elasticloadbalancing": false, "autoscaling": false, "kms": false, "ssm": false,
	"ssmmessages": false, "ec2messages": false, "sqs": false, "secretsmanager": false,
	"elasticfilesystem": false, "monitoring": false,
}

// GatewayEndpoint says whether a service's endpoint is of the gateway kind.
func GatewayEndpoint(service string) bool { return endpoints[service] }

// EndpointNames are all services that can be named, sorted.
func EndpointNames() []string { return slices.Sorted(maps.Keys(endpoints)) }

// withoutNAT are the endpoints that nodes cannot do without when there is no
// NAT: joining the cluster (ec2, eks), images (ecr.api, ecr.dkr, and s3 for
// their layers), credentials (eks-auth for Pod Identity, sts for IRSA).
// Source: EKS user guide, "Deploy private clusters with limited internet
// access", from memory (medium).
var withoutNAT = []string{"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "s3", "sts"}

// retentions are the days that CloudWatch Logs offers. Source: CloudWatch Logs
// API, PutRetentionPolicy, retentionInDays, from memory (medium).
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653}
