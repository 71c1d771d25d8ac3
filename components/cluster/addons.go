package cluster

import (
	"encoding/json"
	"fmt"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

// zoneIDLabel is on every EKS node from Kubernetes 1.30 on. ENIConfigs are
// named by its values, zone IDs, so they are the same zones in every account.
// Source: EKS user guide, release notes of 1.30 ("AZ ID label").
const zoneIDLabel = "topology.k8s.aws/zone-id"

// nodePrerequisites are the two add-ons that a node cannot become ready
// without: the CNI with its configuration, and the agent that gives the CNI
// its credentials. Neither is tied to the Kubernetes minor. Both are preserved
// on delete: they go after the nodes, when nothing is left to drain.
func (b *builder) nodePrerequisites() error {
	agent, err := b.addon(spec.AddonPodIdentity, awseks.AddonArgs{Preserve: pulumi.Bool(true)}, b.aws()...)
	if err != nil {
		return err
	}
	role, err := podidentity.NewRole(b.ctx, b.id("cni"), podidentity.RoleArgs{
		Description: "VPC CNI of " + b.args.ClusterName, Tags: b.tags,
		ManagedPolicies: map[string]string{"policy": naming.ManagedPolicy(b.args.Environment.Region, "AmazonEKS_CNI_Policy")},
	}, b.aws()...)
	if err != nil {
		return err
	}
	cni, err := b.addon(spec.AddonVPCCNI, awseks.AddonArgs{
		Preserve: pulumi.Bool(true), ConfigurationValues: b.cniConfiguration(),
		PodIdentityAssociations: awseks.AddonPodIdentityAssociationArray{
			awseks.AddonPodIdentityAssociationArgs{RoleArn: role.Arn, ServiceAccount: pulumi.String("aws-node")},
		},
	}, b.aws(role.Permissions...)...)
	if err != nil {
		return err
	}
	b.prerequisites = append([]pulumi.Resource{agent, cni}, role.Permissions...)
	return nil
}

// cniConfiguration joins the pod subnets, known late, into the add-on's values.
func (b *builder) cniConfiguration() pulumi.StringOutput {
	settings := cniSettings{
		Region: b.args.Environment.Region, PrefixDelegation: b.cfg.PodAddressing.PrefixDelegation,
		NetworkPolicy: *b.cfg.NetworkPolicy, SecurityGroups: b.cfg.PodAddressing.SecurityGroups,
	}
	var ids pulumi.StringArray
	if b.cfg.PodAddressing.Mode == spec.PodsInPodSubnets {
		settings.Zones = b.args.Network.Zones
		for _, zone := range settings.Zones {
			ids = append(ids, b.args.Network.PodSubnets[zone])
		}
	}
	return ids.ToStringArrayOutput().ApplyT(func(subnets []string) (string, error) {
		return settings.render(subnets)
	}).(pulumi.StringOutput)
}

// cniSettings decide the CNI's configuration.
type cniSettings struct {
	Region           string
	PrefixDelegation bool
	NetworkPolicy    bool
	// SecurityGroups is the enforcing mode of pods' own groups; empty without them.
	SecurityGroups string
	// Zones have pod subnets; empty without custom networking.
	Zones []string
}

// render is the add-on's configuration as JSON; subnets are in the order of
// Zones. Values are strings because the add-on's schema wants them so.
// Source: amazon-vpc-cni-k8s README and charts/aws-vpc-cni values, v1.23.1.
func (s cniSettings) render(subnets []string) (string, error) {
	if len(subnets) != len(s.Zones) {
		return "", fmt.Errorf("vpc-cni: %d pod subnets for %d zones", len(subnets), len(s.Zones))
	}
	env := map[string]string{}
	values := map[string]any{"env": env}
	if s.NetworkPolicy {
		values["enableNetworkPolicy"] = "true"
	}
	if s.SecurityGroups != "" {
		env["ENABLE_POD_ENI"] = "true"
		env["POD_SECURITY_GROUP_ENFORCING_MODE"] = s.SecurityGroups
	}
	if s.PrefixDelegation {
		env["ENABLE_PREFIX_DELEGATION"] = "true"
		env["WARM_PREFIX_TARGET"] = "1"
	}
	if len(s.Zones) > 0 {
		env["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] = "true"
		env["ENI_CONFIG_LABEL_DEF"] = zoneIDLabel
		configs := map[string]any{}
		for i, zone := range s.Zones {
			configs[zone] = map[string]string{"id": subnets[i]}
		}
		values["eniConfig"] = map[string]any{"create": true, "region": s.Region, "subnets": configs}
	}
	b, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("vpc-cni: %w", err)
	}
	return string(b), nil
}

// clusterAddons are those that need nodes and no role of their own. EKS
// installed kube-proxy and CoreDNS at creation; the add-ons adopt them.
func (b *builder) clusterAddons() error {
	for _, name := range []string{spec.AddonKubeProxy, spec.AddonCoreDNS, spec.AddonMetricsServer, spec.AddonNodeMonitoring} {
		addon, err := b.addon(name, awseks.AddonArgs{}, b.aws(b.groups...)...)
		if err != nil {
			return err
		}
		b.ready = append(b.ready, addon)
	}
	return nil
}
