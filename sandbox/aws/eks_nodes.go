package aws

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	kubeNode = "kube:v1/Node"
	cniOwner = "vpc-cni"
)

var (
	ruleNodeAddresses = rule.Register(rule.Rule{
		Name: "eks.node-addresses", Service: "eks",
		Source: "EKS user guide, managed node group errors, AsgInstanceLaunchFailures; EC2 text as quoted in public issues",
		Text: "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. InsufficientFreeAddressesInSubnet - There are not enough free addresses " +
			"in subnet '%s' to satisfy the requested number of instances. Launching EC2 instance failed.",
	})
	ruleNodeRolePolicies = rule.Register(rule.Rule{
		Name: "eks.node-role-policies", Service: "eks",
		Source: "EKS user guide, node IAM role: AmazonEKSWorkerNodePolicy (or Minimal) and ECR read; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Instances failed to join the kubernetes cluster (node role %s has no %s)",
	})
	ruleNodeWayOut = rule.Register(rule.Rule{
		Name: "eks.node-way-out", Service: "eks",
		Source: "EKS user guide, private clusters: nodes need NAT, or endpoints for ec2, ecr.api, ecr.dkr, sts and s3; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Instances failed to join the kubernetes cluster (subnet %s has no route out, and no endpoint for %s)",
	})
	ruleNodeNAT = rule.Register(rule.Rule{
		Name: "eks.node-nat-public", Service: "eks",
		Source: "VPC user guide, NAT gateways: a public one works only in a subnet that leads to an internet gateway. EC2 accepts it elsewhere, and every packet is dropped; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Instances failed to join the kubernetes cluster (the subnet of NAT gateway %s has no route to an internet gateway)",
	})
	ruleNodeCNI = rule.Register(rule.Rule{
		Name: "eks.node-cni", Service: "eks",
		Source: "EKS user guide, VPC CNI: without it nodes stay NotReady; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (container runtime network not ready: cni plugin not initialized)",
	})
	ruleCNICredentials = rule.Register(rule.Rule{
		Name: "eks.cni-credentials", Service: "eks",
		Source: "EKS user guide, VPC CNI with Pod Identity or IRSA: a role with AmazonEKS_CNI_Policy, and the agent; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (aws-node: %s)",
	})
	ruleENIConfig = rule.Register(rule.Rule{
		Name: "eks.node-eni-config", Service: "eks",
		Source: "EKS user guide, custom networking: an ENIConfig named like the label's value before nodes; managed node group errors, NodeCreationFailure",
		Text:   "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster (eniconfig.crd.k8s.amazonaws.com \"%s\" not found)",
	})
)

// nodesOf are the instances of a group, in order of their ids.
func (c *call) nodesOf(group string) []*world.Object {
	return c.find(hiddenInstance, where("nodeGroup", group))
}

func (c *call) unavailable(nodes int) int {
	conf := dict(c.obj.Attrs, "updateConfig")
	if p := num(conf, "maxUnavailablePercentage"); p > 0 {
		return max(1, nodes*p/100)
	}
	return max(1, num(conf, "maxUnavailable"))
}

// launch starts the i-th node: instance, interfaces, Kubernetes node.
func (c *call) launch(cluster *world.Object, i int) error {
	subnets := strs(c.obj.Attrs, "subnetIds")
	sub, ok := c.get(typeSubnet, subnets[i%len(subnets)])
	if !ok {
		sub = &world.Object{ID: subnets[i%len(subnets)], Attrs: map[string]any{}}
	}
	if err := c.joinable(cluster, sub); err != nil {
		return err
	}
	instance := c.newID("i-", 17)
	kind := c.groupInstanceTypes()[0]
	name := instance + "." + c.region() + ".compute.internal"
	if has(sub.Attrs, "cidrBlock") {
		ip, err := c.nodeInterfaces(cluster, sub, instance, kind)
		if err != nil {
			return err
		}
		name = fmt.Sprintf("ip-%s.%s.compute.internal", dashed(ip), c.region())
	}
	node := c.kubeNode(cluster, sub, instance, kind, name)
	c.hide(hiddenInstance, instance, name, "eks", map[string]any{
		"nodeGroup": c.obj.ID, "clusterName": cluster.ID, "subnetId": sub.ID, "instanceType": kind, "nodeName": name,
		"vpcId": str(sub.Attrs, "vpcId"), "capacityType": c.attr("capacityType"),
	})
	if c.p.deps.Kube != nil {
		c.p.deps.Kube.NodeAdded(c.tx, node.Scope, node)
	} else {
		c.tx.Put(node)
	}
	return nil
}

// nodeInterfaces makes the primary interface and what the VPC CNI attaches at
// once: with secondary addresses the interface's worth and one warm interface
// (WARM_ENI_TARGET=1), with prefixes one in use and one warm
// (WARM_PREFIX_TARGET=1); with custom networking in the zone's pod subnet.
// Source: amazon-vpc-cni-k8s README, docs/eni-and-ip-target.md, read 2026-11.
func (c *call) nodeInterfaces(cluster, sub *world.Object, instance, kind string) (string, error) {
	t, ok := facts.InstanceType(kind)
	if !ok {
		t = facts.Instance{ENIs: 2, IPv4PerENI: 2} // t3.nano and its like
	}
	conf := cniConf(cluster)
	e := eni{subnet: sub.ID, owner: "ec2", description: "", groups: c.nodeGroups(cluster), addresses: 1,
		attrs: map[string]any{"instanceId": instance, "clusterName": cluster.ID, "nodeGroup": c.obj.ID}}
	warm := eni{subnet: sub.ID, owner: cniOwner, description: "aws-K8S-" + instance, groups: e.groups,
		attrs: map[string]any{"instanceId": instance, "clusterName": cluster.ID, "nodeGroup": c.obj.ID, "cni": true}}
	extra := 1
	switch {
	case conf.custom:
		pod, groups := c.eniConfig(cluster, conf, sub)
		warm.subnet, extra = pod, min(2, t.ENIs-1)
		if len(groups) > 0 {
			warm.groups = groups
		}
		warm.addresses = t.IPv4PerENI
		if conf.prefixes {
			warm.addresses, warm.prefixes, extra = 1, 2, 1
		}
	case conf.prefixes:
		e.prefixes, extra = 2, 0
	default:
		e.addresses, warm.addresses = t.IPv4PerENI, t.IPv4PerENI
	}
	if (c.tooManyGroups(e.groups) || c.tooManyGroups(warm.groups)) && c.on(ruleNodeGroups) {
		return "", ruleNodeGroups.Errorf()
	}
	first, err := c.attach(e)
	if err != nil {
		return "", c.noAddresses(sub.ID, err)
	}
	for range extra {
		if warm.subnet == "" {
			break
		}
		if _, err := c.attach(warm); err != nil {
			return "", c.noAddresses(warm.subnet, err)
		}
	}
	ips := strs(first.Attrs, "privateIps")
	if len(ips) == 0 {
		return "0.0.0.0", nil
	}
	return ips[0], nil
}

// noAddresses: what the group's health says; with that rule off the node runs
// without the interface.
func (c *call) noAddresses(subnet string, err error) error {
	if c.on(ruleNodeAddresses) {
		return ruleNodeAddresses.Errorf(subnet)
	}
	return err
}

// nodeGroups are the security groups of a node: the template's, or the cluster's.
func (c *call) nodeGroups(cluster *world.Object) []string {
	if lt, ok := c.launchTemplate(dict(c.obj.Attrs, "launchTemplate")); ok {
		if g := strs(lt.Attrs, "vpcSecurityGroupIds"); len(g) > 0 {
			return g
		}
	}
	return []string{str(dict(cluster.Attrs, "vpcConfig"), "clusterSecurityGroupId")}
}

// terminate stops a node. Interfaces that the VPC CNI attached go with it while
// the CNI runs; without it they stay, and later hold subnets and groups
// (aws/amazon-vpc-cni-k8s issues 608 and 1223: "leaked ENIs").
func (c *call) terminate(cluster, instance *world.Object) {
	running := cniRuns(c, cluster)
	for _, o := range c.find(hiddenENI, where("instanceId", instance.ID)) {
		if boolean(o.Attrs, "cni") && !running {
			o.Attrs["instanceId"], o.State = "", "available"
			c.tx.Put(o)
			continue
		}
		c.tx.Delete(o.Key())
	}
	c.tx.Delete(instance.Key())
	endpoint, name := str(cluster.Attrs, "endpoint"), str(instance.Attrs, "nodeName")
	if c.p.deps.Kube != nil && endpoint != "" {
		c.p.deps.Kube.NodeRemoved(c.tx, endpoint, name)
	}
	c.tx.Delete(world.Key{Kind: kubeNode, Scope: endpoint, ID: name})
}

// kubeNode is the node as the API server shows it.
func (c *call) kubeNode(cluster, sub *world.Object, instance, kind, name string) *world.Object {
	t, _ := facts.InstanceType(kind)
	arch := t.Arch
	if arch == "" {
		arch = facts.AMD64
	}
	labels := map[string]any{
		"kubernetes.io/arch": arch, "kubernetes.io/os": "linux", "kubernetes.io/hostname": name,
		"topology.kubernetes.io/region": c.region(), "topology.kubernetes.io/zone": str(sub.Attrs, "availabilityZone"),
		"topology.k8s.aws/zone-id": str(sub.Attrs, "availabilityZoneId"), "node.kubernetes.io/instance-type": kind,
		"eks.amazonaws.com/nodegroup": c.attr("nodeGroupName"), "eks.amazonaws.com/capacityType": c.attr("capacityType"),
	}
	for k, v := range dict(c.obj.Attrs, "labels") {
		labels[k] = v
	}
	pods := c.maxPods(cluster, kind)
	return &world.Object{
		Kind: kubeNode, Scope: str(cluster.Attrs, "endpoint"), ID: name, Name: name, Owner: "service:eks", URN: string(c.urn), Created: c.tx.Now(),
		Attrs: plain(map[string]any{
			"labels": labels, "taints": c.kubeTaints(), "allocatable": allocatable(t, pods), "zone": str(sub.Attrs, "availabilityZoneId"),
			"nodegroup": c.attr("nodeGroupName"), "instanceId": instance, "ready": true,
			"kubeletVersion": "v" + c.attr("version"), "releaseVersion": c.attr("releaseVersion"), "amiType": c.attr("amiType"),
		}).(map[string]any),
	}
}

// kubeTaints in Kubernetes' words.
func (c *call) kubeTaints() []any {
	effects := map[string]string{"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
	out := []any{}
	for _, t := range dicts(c.obj.Attrs, "taints") {
		out = append(out, map[string]any{"key": str(t, "key"), "value": str(t, "value"), "effect": effects[str(t, "effect")]})
	}
	return out
}

// relabel brings labels and taints to the nodes that run.
func (c *call) relabel(cluster *world.Object) {
	if same(c.old["labels"], c.obj.Attrs["labels"]) && same(c.old["taints"], c.obj.Attrs["taints"]) {
		return
	}
	c.settle(cluster)
	for _, i := range c.nodesOf(c.obj.ID) {
		n, ok := c.tx.Get(world.Key{Kind: kubeNode, Scope: str(cluster.Attrs, "endpoint"), ID: str(i.Attrs, "nodeName")})
		if !ok {
			continue
		}
		labels := dict(n.Attrs, "labels")
		for k := range dict(c.old, "labels") {
			delete(labels, k)
		}
		for k, v := range dict(c.obj.Attrs, "labels") {
			labels[k] = v
		}
		n.Attrs["labels"], n.Attrs["taints"] = labels, c.kubeTaints()
		c.tx.Put(n)
	}
}

// allocatable is what pods may use. Source: amazon-eks-ami nodeadm,
// kubelet/config.go: CPU 6% of the first core, 1% of the second, 0.5% of the
// next two, 0.25% of the rest; memory 255 MiB + 11 MiB per pod, and 100 MiB kept free.
func allocatable(t facts.Instance, pods int) map[string]any {
	cores := max(1, t.VCPU)
	reserved := 60.0
	for i := 2; i <= cores; i++ {
		reserved += map[bool]float64{true: 10, false: map[bool]float64{true: 5, false: 2.5}[i <= 4]}[i == 2]
	}
	memory := max(1, t.MemoryGiB)*1024 - 255 - 11*pods - 100
	return map[string]any{"cpu": fmt.Sprintf("%dm", cores*1000-int(reserved)), "memory": fmt.Sprintf("%dMi", max(256, memory)), "pods": float64(pods)}
}

var maxPodsForm = regexp.MustCompile(`(?:maxPods:|max-pods ?=|--max-pods=?) ?(\d+)`)

// maxPods: what the node configuration says, or what the AMI computes.
func (c *call) maxPods(cluster *world.Object, kind string) int {
	if lt, ok := c.launchTemplate(dict(c.obj.Attrs, "launchTemplate")); ok {
		if text, err := base64.StdEncoding.DecodeString(str(lt.Attrs, "userData")); err == nil {
			if m := maxPodsForm.FindSubmatch(text); m != nil {
				if n, err := strconv.Atoi(string(m[1])); err == nil {
					return n
				}
			}
		}
	}
	n, ok := facts.MaxPods(kind, cniConf(cluster).custom, false)
	if !ok {
		return 4 // t3.nano: 2 interfaces × (2 − 1) + 2
	}
	return n
}
