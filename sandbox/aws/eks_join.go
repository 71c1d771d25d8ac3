package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Attributes of a cluster that say what became of its VPC CNI.
const (
	attrCNI       = "__cni"       // "self" (EKS installed it), "addon", "preserved" or "gone"
	attrCNIValues = "__cniValues" // the configuration that it runs with
)

// cni is the part of the VPC CNI's configuration that decides about addresses.
type cni struct {
	custom   bool   // custom networking
	prefixes bool   // prefix delegation
	label    string // which node label names the ENIConfig
	values   map[string]any
}

func cniConf(cluster *world.Object) cni {
	values := map[string]any{}
	if text := str(cluster.Attrs, attrCNIValues); text != "" {
		if json.Unmarshal([]byte(text), &values) != nil {
			values = map[string]any{}
		}
	}
	env := dict(values, "env")
	label := str(env, "ENI_CONFIG_LABEL_DEF")
	if label == "" {
		label = "k8s.amazonaws.com/eniConfig"
	}
	return cni{custom: str(env, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") == "true", prefixes: str(env, "ENABLE_PREFIX_DELEGATION") == "true", label: label, values: values}
}

// cniRuns says whether something manages interfaces on the nodes.
func cniRuns(c *call, cluster *world.Object) bool {
	fresh, ok := c.get(typeCluster, cluster.ID)
	if !ok {
		return false
	}
	switch str(fresh.Attrs, attrCNI) {
	case "gone":
		return false
	case "":
		self, said := fresh.Attrs["bootstrapSelfManagedAddons"].(bool)
		return !said || self
	}
	return true
}

// eniConfig is the pod subnet of a node's zone, "" when there is none.
func (c *call) eniConfig(cluster *world.Object, conf cni, sub *world.Object) (string, []string) {
	name := c.eniConfigName(conf, sub)
	if entry := dict(dict(dict(conf.values, "eniConfig"), "subnets"), name); entry != nil && boolean(dict(conf.values, "eniConfig"), "create") {
		return str(entry, "id"), strs(entry, "securityGroups")
	}
	for _, kind := range []string{"kube:crd.k8s.amazonaws.com/v1alpha1/ENIConfig"} {
		if o, ok := c.tx.Get(world.Key{Kind: kind, Scope: str(cluster.Attrs, "endpoint"), ID: name}); ok {
			spec := dict(o.Attrs, "spec")
			return str(spec, "subnet"), strs(spec, "securityGroups")
		}
	}
	return "", nil
}

func (c *call) eniConfigName(conf cni, sub *world.Object) string {
	switch conf.label {
	case "topology.k8s.aws/zone-id":
		return str(sub.Attrs, "availabilityZoneId")
	case "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone":
		return str(sub.Attrs, "availabilityZone")
	}
	if v := str(dict(c.obj.Attrs, "labels"), conf.label); v != "" {
		return v
	}
	return "default"
}

// joinable says why a node in this subnet would not become ready.
func (c *call) joinable(cluster, sub *world.Object) error {
	if role, ok := c.role(c.attr("nodeRoleArn")); ok {
		have := c.attached(role.ID)
		if !attachedAny(have, "AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy") && c.on(ruleNodeRolePolicies) {
			return ruleNodeRolePolicies.Errorf(role.ID, "AmazonEKSWorkerNodePolicy")
		}
		if !attachedAny(have, "AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly") && c.on(ruleNodeRolePolicies) {
			return ruleNodeRolePolicies.Errorf(role.ID, "AmazonEC2ContainerRegistryPullOnly")
		}
	}
	if nat := c.deadNAT(sub); nat != "" && c.on(ruleNodeNAT) {
		return ruleNodeNAT.Errorf(nat)
	}
	if missing := c.wayOut(sub); missing != "" && c.on(ruleNodeWayOut) {
		return ruleNodeWayOut.Errorf(sub.ID, missing)
	}
	if !cniRuns(c, cluster) && c.on(ruleNodeCNI) {
		return ruleNodeCNI.Errorf()
	}
	if problem := c.cniCredentials(cluster); problem != "" && c.on(ruleCNICredentials) {
		return ruleCNICredentials.Errorf(problem)
	}
	conf := cniConf(cluster)
	if pod, _ := c.eniConfig(cluster, conf, sub); conf.custom && pod == "" && c.on(ruleENIConfig) {
		return ruleENIConfig.Errorf(c.eniConfigName(conf, sub))
	}
	return nil
}

func attachedAny(have []string, names ...string) bool {
	return slices.ContainsFunc(have, func(arn string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(arn, "/"+n) })
	})
}

// endpointsForNodes are what a node without a route to the internet needs.
// Source: EKS user guide, deploy private clusters with limited internet access, read 2026-11.
var endpointsForNodes = []string{"ec2", "ecr.api", "ecr.dkr", "s3", "sts"}

// wayOut lists the endpoints that a subnet without a default route lacks. A
// subnet that somebody else made is taken to have a way out: its routes are not
// in the world.
func (c *call) wayOut(sub *world.Object) string {
	if sub.Owner != world.OwnerPulumi || c.defaultRoute(sub.ID) {
		return ""
	}
	have := map[string]bool{}
	for _, e := range c.find(typeEndpoint, where("vpcId", str(sub.Attrs, "vpcId"))) {
		name := strings.TrimPrefix(str(e.Attrs, "serviceName"), "com.amazonaws."+c.region()+".")
		have[name] = have[name] || str(e.Attrs, "vpcEndpointType") == "Gateway" || boolean(e.Attrs, "privateDnsEnabled")
	}
	var missing []string
	for _, name := range endpointsForNodes {
		if !have[name] {
			missing = append(missing, name)
		}
	}
	return strings.Join(missing, ", ")
}

// defaultRoute says whether a subnet's table sends 0.0.0.0/0 anywhere.
func (c *call) defaultRoute(subnet string) bool {
	return len(c.routesTo(subnet, "0.0.0.0/0")) > 0
}

// routesTo are the routes of a subnet's table with a destination.
func (c *call) routesTo(subnet, dest string) []map[string]any {
	var out []map[string]any
	for _, a := range c.find(typeRTA, where("subnetId", subnet)) {
		table := str(a.Attrs, "routeTableId")
		for _, r := range c.find(typeRoute, where("routeTableId", table)) {
			if destination(r.Attrs) == dest {
				out = append(out, r.Attrs)
			}
		}
		if t, ok := c.get(typeRouteTable, table); ok {
			for _, r := range dicts(t.Attrs, "routes") {
				if destination(r) == dest {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// deadNAT is the public NAT gateway that a subnet goes out through and that
// itself has no way out, or "".
func (c *call) deadNAT(sub *world.Object) string {
	for _, r := range c.routesTo(sub.ID, "0.0.0.0/0") {
		nat, ok := c.get(typeNAT, str(r, "natGatewayId"))
		if !ok || str(nat.Attrs, "connectivityType") == "private" {
			continue
		}
		leads := func(r map[string]any) bool { return strings.HasPrefix(str(r, "gatewayId"), "igw-") }
		home, known := c.get(typeSubnet, str(nat.Attrs, "subnetId"))
		if known && home.Owner == world.OwnerPulumi && !slices.ContainsFunc(c.routesTo(home.ID, "0.0.0.0/0"), leads) {
			return nat.ID
		}
	}
	return ""
}

// cniCredentials: the CNI's calls to EC2 are allowed by the node's role, or by
// a role of its own through the Pod Identity agent or IRSA.
func (c *call) cniCredentials(cluster *world.Object) string {
	if role, ok := c.role(c.attr("nodeRoleArn")); !ok || attachedAny(c.attached(role.ID), "AmazonEKS_CNI_Policy") || c.ownPolicy(role.ID) {
		return ""
	}
	if a, ok := c.get(typeAddon, cluster.ID+":vpc-cni"); ok && str(a.Attrs, "serviceAccountRoleArn") != "" {
		return ""
	}
	for _, o := range c.find(typePodIdentity, where("clusterName", cluster.ID)) {
		if str(o.Attrs, "namespace") != "kube-system" || str(o.Attrs, "serviceAccount") != "aws-node" {
			continue
		}
		if _, agent := c.get(typeAddon, cluster.ID+":eks-pod-identity-agent"); !agent {
			return "its role needs the add-on eks-pod-identity-agent, which is not installed"
		}
		role, known := c.role(str(o.Attrs, "roleArn"))
		if !known || attachedAny(c.attached(role.ID), "AmazonEKS_CNI_Policy") || c.ownPolicy(role.ID) {
			return ""
		}
		return fmt.Sprintf("its role %s does not have AmazonEKS_CNI_Policy", role.ID)
	}
	return "neither the node role nor a role of its own has AmazonEKS_CNI_Policy"
}

// ownPolicy: a role with a policy that mentions the call which the CNI makes.
func (c *call) ownPolicy(role string) bool {
	for _, o := range c.find(typeRolePolicy, where("role", role)) {
		if strings.Contains(str(o.Attrs, "policy"), "ec2:AssignPrivateIpAddresses") {
			return true
		}
	}
	for _, arn := range c.attached(role) {
		if p, ok := c.get(typePolicy, arn); ok && strings.Contains(str(p.Attrs, "policy"), "ec2:AssignPrivateIpAddresses") {
			return true
		}
	}
	return false
}
