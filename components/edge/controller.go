package edge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

const (
	controllerName      = "aws-load-balancer-controller"
	controllerNamespace = "kube-system"
	controllerReplicas  = 2 // one leads, one stands by
)

// controller installs the AWS Load Balancer Controller, reduced to what
// registers pods in target groups.
func (b *builder) controller(cluster string) (pulumi.Resource, error) {
	id := b.id(cluster + "-controller")
	policy := b.controllerPolicy(cluster)
	identity, err := podidentity.New(b.ctx, id, podidentity.Args{
		RoleArgs: podidentity.RoleArgs{Description: "AWS Load Balancer Controller of " + b.args.Clusters[cluster].Name, Policy: policy, Tags: b.tags},
		// The name is known; the cluster exists, because its parent waits for it.
		ClusterName: pulumi.String(b.args.Clusters[cluster].Name), Namespace: controllerNamespace, ServiceAccount: controllerName,
	}, b.beside(cluster)...)
	if err != nil {
		return nil, err
	}
	crds, err := b.controllerCRDs(cluster)
	if err != nil {
		return nil, err
	}
	return helm.New(b.ctx, id, helm.Args{
		Chart: b.chart(cluster, spec.ChartController), ReleaseName: controllerName, Namespace: pulumi.String(controllerNamespace), SkipCRDs: true,
		Values: b.controllerValues(cluster),
	}, b.kube(cluster, slices.Concat(crds, identity.Ready)...)...)
}

// controllerValues switch off whatever makes load balancers or security
// groups, and with it the rights that they would need. The mutator webhook of
// services would claim every new LoadBalancer service for the controller.
// Source: aws/eks-charts, aws-load-balancer-controller 3.5.0, values.yaml.
func (b *builder) controllerValues(cluster string) pulumi.Map {
	off := pulumi.Bool(false)
	return pulumi.Map{
		"clusterName": pulumi.String(b.args.Clusters[cluster].Name), "region": pulumi.String(b.args.Environment.Region), "vpcId": b.args.Network.VPCID,
		"replicaCount":   pulumi.Int(controllerReplicas),
		"serviceAccount": pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(controllerName)},

		"enableServiceMutatorWebhook": off, "enableShield": off, "enableWaf": off, "enableWafv2": off, "enableBackendSecurityGroup": off,
		"createIngressClassResource": off, "ingressClassParams": pulumi.Map{"create": off},
		"controllerConfig": pulumi.Map{"featureGates": pulumi.Map{
			"EnableServiceController": off, "ALBGatewayAPI": off, "NLBGatewayAPI": off, "GatewayListenerSet": off,
		}},
		// A gateway's pod that started without its readiness gate would let a
		// rollout take the last pod that the load balancer knows: better no new
		// pod until the controller answers. Pods that run are not asked about.
		"podMutatorWebhookConfig": pulumi.Map{"failurePolicy": pulumi.String("Fail")},
		// A certificate of its own at each upgrade would be a difference each time.
		"keepTLSSecret":       pulumi.Bool(true),
		"podDisruptionBudget": pulumi.Map{"maxUnavailable": pulumi.Int(1)},
		"resources": pulumi.Map{
			"requests": pulumi.StringMap{"cpu": pulumi.String("100m"), "memory": pulumi.String("200Mi")},
			"limits":   pulumi.StringMap{"memory": pulumi.String("200Mi")},
		},
	}
}

// controllerPolicy is the controller's document, limited to this cluster's
// target groups once they are known.
func (b *builder) controllerPolicy(cluster string) pulumi.StringOutput {
	var groups []pulumi.StringInput
	for _, t := range b.targets {
		if t.cluster == cluster {
			groups = append(groups, t.group.ARN)
		}
	}
	return iamdoc.DocumentOutput(groups, controllerStatements)
}

// controllerCalls are the AWS calls behind each thing that the controller does
// here. Source: kubernetes-sigs/aws-load-balancer-controller, main branch of
// 2026-08: pkg/targetgroupbinding (targets_manager.go, resource_manager.go),
// pkg/networking/networking_manager.go, webhooks/elbv2.
var controllerCalls = map[string][]string{
	"find the target group that a binding names":        {"elasticloadbalancing:DescribeTargetGroups"},
	"compare targets with pods":                         {"elasticloadbalancing:DescribeTargetHealth"},
	"register and deregister pods":                      {"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"},
	"tell addresses of the VPC from others":             {"ec2:DescribeVpcs"},
	"look for rules that bindings of old may have left": {"ec2:DescribeSecurityGroups"},
}

// changing are the calls that change something; they know resources, the
// others only "*".
var changing = []string{"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"}

// controllerStatements allow exactly controllerCalls, the changing ones on groups only.
func controllerStatements(groups []string) []iamdoc.Statement {
	var reading []string
	for _, calls := range controllerCalls {
		for _, call := range calls {
			if !slices.Contains(changing, call) {
				reading = append(reading, call)
			}
		}
	}
	return []iamdoc.Statement{
		{Sid: "Read", Actions: reading, Resources: []string{"*"}, EveryResource: "these actions know no resource-level permission"},
		{Sid: "Register", Actions: changing, Resources: groups},
	}
}

// definition is a kind that the controller watches from its first moment.
type definition struct {
	kind, plural, scope string
	spec                pulumi.Map
}

// definitions are the controller's kinds without which it does not start.
// Bindings are checked as far as we write them; everything else of them the
// controller's own webhook checks. Source: kubernetes-sigs/
// aws-load-balancer-controller, apis/elbv2/v1beta1, read at v3.5.0.
func definitions() []definition {
	text := pulumi.Map{"type": pulumi.String("string")}
	return []definition{
		{"TargetGroupBinding", "targetgroupbindings", "Namespaced", pulumi.Map{
			"type": pulumi.String("object"), "required": pulumi.ToStringArray([]string{"serviceRef"}), "x-kubernetes-preserve-unknown-fields": pulumi.Bool(true),
			"properties": pulumi.Map{
				"targetGroupARN": text, "vpcID": text,
				"targetType":    pulumi.Map{"type": pulumi.String("string"), "enum": pulumi.ToStringArray([]string{"instance", "ip"})},
				"ipAddressType": pulumi.Map{"type": pulumi.String("string"), "enum": pulumi.ToStringArray([]string{"ipv4", "ipv6"})},
				"serviceRef": pulumi.Map{
					"type": pulumi.String("object"), "required": pulumi.ToStringArray([]string{"name", "port"}),
					"properties": pulumi.Map{"name": text, "port": pulumi.Map{"x-kubernetes-int-or-string": pulumi.Bool(true)}},
				},
			},
		}},
		{"IngressClassParams", "ingressclassparams", "Cluster", pulumi.Map{
			"type": pulumi.String("object"), "x-kubernetes-preserve-unknown-fields": pulumi.Bool(true),
		}},
	}
}

// controllerCRDs are objects of their own: Helm never upgrades a chart's, and
// to delete one deletes every object of its kind, so they stay.
func (b *builder) controllerCRDs(cluster string) ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	for _, d := range definitions() {
		crd, err := kube.New(b.ctx, b.id(fmt.Sprintf("%s-crd-%s", cluster, d.plural)), kube.CustomResourceDefinition, kube.Meta{Name: d.plural + ".elbv2.k8s.aws"}, pulumi.Map{
			"spec": pulumi.Map{
				"group": pulumi.String("elbv2.k8s.aws"), "scope": pulumi.String(d.scope),
				"names": pulumi.StringMap{"kind": pulumi.String(d.kind), "listKind": pulumi.String(d.kind + "List"), "plural": pulumi.String(d.plural), "singular": pulumi.String(strings.ToLower(d.kind))},
				"versions": pulumi.Array{pulumi.Map{
					"name": pulumi.String("v1beta1"), "served": pulumi.Bool(true), "storage": pulumi.Bool(true),
					"subresources": pulumi.Map{"status": pulumi.Map{}},
					"schema": pulumi.Map{"openAPIV3Schema": pulumi.Map{"type": pulumi.String("object"), "properties": pulumi.Map{
						"spec":   d.spec,
						"status": pulumi.Map{"type": pulumi.String("object"), "x-kubernetes-preserve-unknown-fields": pulumi.Bool(true)},
					}}},
				}},
			},
		}, append(b.kube(cluster), pulumi.RetainOnDelete(true))...)
		if err != nil {
			return nil, err
		}
		out = append(out, crd)
	}
	return out, nil
}

// chart is a chart of a cluster's release.
func (b *builder) chart(cluster, name string) helm.Chart {
	c := b.args.Clusters[cluster].Charts[name]
	return helm.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
}
