package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const typeNodeGroup = "aws:eks/nodeGroup:NodeGroup"

var _ = register(typeNodeGroup, &kind{
	namesClash: true, service: "EKS", noun: "Node Group",
	makeID:     func(c *call) string { return str(c.in, "clusterName") + ":" + str(c.in, "nodeGroupName") },
	createTime: nodeGroupCreate, updateTime: nodeGroupConfig, deleteTime: nodeGroupDelete,
	check: func(c *call, in map[string]any) []schema.Failure {
		var out []schema.Failure
		if name := str(in, "nodeGroupName"); len(name) > 63 && c.on(ruleGroupName) {
			out = append(out, schema.Failure{Path: "nodeGroupName", Reason: ruleGroupName.Errorf(name).Error()})
		}
		size := dict(in, "scalingConfig")
		if n := num(size, "maxSize"); has(size, "maxSize") && n < 1 && size["maxSize"] != (unknown{}) && c.on(ruleGroupMax) {
			out = append(out, schema.Failure{Path: "scalingConfig.maxSize", Reason: ruleGroupMax.Errorf(n).Error()})
		}
		return out
	},
	create: createNodeGroup, update: updateNodeGroup, remove: removeNodeGroup,
})

func createNodeGroup(c *call) error {
	const action = "CreateNodegroup"
	cluster, err := c.cluster(action, c.attr("clusterName"))
	if err != nil {
		return err
	}
	name := c.attr("nodeGroupName")
	if _, taken := c.get(typeNodeGroup, c.obj.ID); taken && c.on(ruleGroupTaken) {
		return c.refuse(action, ruleGroupTaken, name, cluster.ID)
	}
	if have := len(c.find(typeNodeGroup, where("clusterName", cluster.ID))); have >= c.quota(facts.QuotaNodeGroups) && c.on(ruleGroupQuota) {
		return c.refuse(action, ruleGroupQuota, cluster.ID)
	}
	c.groupDefaults(cluster)
	for _, check := range []func(string, *world.Object) error{c.groupSizes, c.groupRole, c.groupSubnets, c.groupTemplate, c.groupTypes, c.groupVersion, c.groupLabels} {
		if err := check(action, cluster); err != nil {
			return err
		}
	}
	c.set("arn", fmt.Sprintf("arn:aws:eks:%s:%s:nodegroup/%s/%s/%s", c.region(), c.account(), cluster.ID, name, c.newID("", 36)))
	c.set("resources", []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-" + name + "-" + c.newID("", 36)}}, "remoteAccessSecurityGroupId": ""}})
	c.set("status", "ACTIVE")
	c.obj.State = "ACTIVE"
	if byAPI(cluster) {
		c.entryOf(cluster.ID, c.attr("nodeRoleArn"), "EC2_LINUX")
	}
	if problem := c.scale(cluster, num(dict(c.obj.Attrs, "scalingConfig"), "desiredSize")); problem != nil {
		c.obj.State = "CREATE_FAILED"
		c.set("status", "CREATE_FAILED")
		c.initErrs = append(c.initErrs, fmt.Sprintf(
			"waiting for EKS Node Group (%s) to create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: %v", c.obj.ID, problem))
	}
	return nil
}

func (c *call) groupDefaults(cluster *world.Object) {
	for k, v := range map[string]any{
		"amiType": "AL2023_x86_64_STANDARD", "capacityType": "ON_DEMAND", "nodeGroupNamePrefix": "",
		"version": str(cluster.Attrs, "version"), "instanceTypes": []string{"t3.medium"}, "diskSize": 20,
	} {
		if (k == "diskSize" || k == "instanceTypes") && has(c.in, "launchTemplate") {
			v = map[string]any{"diskSize": 0, "instanceTypes": []any{}}[k]
		}
		c.setDefault(k, v)
	}
	c.setDefault("releaseVersion", latestRelease(c.attr("version"), strings.HasPrefix(c.attr("amiType"), "BOTTLEROCKET")))
	c.setDefault("updateConfig", map[string]any{"maxUnavailable": 1})
	if lt := dict(c.obj.Attrs, "launchTemplate"); lt != nil {
		if o, ok := c.launchTemplate(lt); ok {
			fill(lt, map[string]any{"name": o.Name, "id": o.ID})
			c.set("launchTemplate", lt)
		}
	}
}

func (c *call) launchTemplate(ref map[string]any) (*world.Object, bool) {
	if id := str(ref, "id"); id != "" {
		return c.get(typeLaunchTemplate, id)
	}
	all := c.find(typeLaunchTemplate, func(o *world.Object) bool { return o.Name == str(ref, "name") })
	if len(all) == 0 {
		return nil, false
	}
	return all[0], true
}

func (c *call) groupSizes(action string, _ *world.Object) error {
	s := dict(c.obj.Attrs, "scalingConfig")
	low, high, want := num(s, "minSize"), num(s, "maxSize"), num(s, "desiredSize")
	problem := ""
	switch {
	case low > high:
		problem = fmt.Sprintf("Minimum capacity %d can't be greater than max size %d", low, high)
	case low > want:
		problem = fmt.Sprintf("Minimum capacity %d can't be greater than desired size %d", low, want)
	case want > high:
		problem = fmt.Sprintf("desired capacity %d can't be greater than max size %d", want, high)
	case high > c.quota(facts.QuotaNodesPerGroup):
		problem = fmt.Sprintf("Maximum size %d is above the limit of %d nodes", high, c.quota(facts.QuotaNodesPerGroup))
	}
	if problem != "" && c.on(ruleGroupSize) {
		return c.refuse(action, ruleGroupSize, problem)
	}
	return nil
}

func (c *call) groupRole(action string, _ *world.Object) error {
	arn := c.attr("nodeRoleArn")
	role, ok := c.role(arn)
	if (!ok || !strings.Contains(str(role.Attrs, "assumeRolePolicy"), "ec2.amazonaws.com")) && c.on(ruleGroupTrust) {
		return c.refuse(action, ruleGroupTrust, arn)
	}
	return nil
}

func (c *call) groupSubnets(action string, cluster *world.Object) error {
	vpc := str(dict(cluster.Attrs, "vpcConfig"), "vpcId")
	for _, id := range strs(c.obj.Attrs, "subnetIds") {
		s, ok := c.get(typeSubnet, id)
		if !ok {
			if c.on(ruleGroupSubnet) {
				return c.refuse(action, ruleGroupSubnet, id)
			}
			continue
		}
		if str(s.Attrs, "vpcId") != vpc && vpc != "" && c.on(ruleGroupVPC) {
			return c.refuse(action, ruleGroupVPC, id, cluster.ID)
		}
	}
	return nil
}

// groupTemplate: what a launch template says, the group must not say again.
func (c *call) groupTemplate(action string, _ *world.Object) error {
	ref := dict(c.obj.Attrs, "launchTemplate")
	if ref == nil {
		return nil
	}
	lt, ok := c.launchTemplate(ref)
	if !ok {
		if c.on(ruleGroupTemplate) {
			return c.refuse(action, ruleGroupTemplate, str(ref, "id")+str(ref, "name"))
		}
		return nil
	}
	version := str(ref, "version")
	if n, err := strconv.Atoi(version); err == nil && (n < 1 || n > num(lt.Attrs, "latestVersion")) && c.on(ruleGroupTemplateVersion) {
		return c.refuse(action, ruleGroupTemplateVersion, version, lt.ID)
	}
	problem := ""
	switch {
	case has(c.in, "diskSize"):
		problem = "Disk size must be specified within the launch template."
	case has(c.in, "remoteAccess"):
		problem = "Remote access configuration cannot be specified with a launch template."
	case has(lt.Attrs, "instanceType") && len(strs(c.in, "instanceTypes")) > 0:
		problem = "You cannot specify an instance type in both the launch template and the node group."
	case has(lt.Attrs, "iamInstanceProfile"):
		problem = "You cannot specify an IAM instance profile within the launch template."
	case has(lt.Attrs, "imageId") && has(c.in, "amiType") && str(c.in, "amiType") != "CUSTOM":
		problem = "You cannot specify an image id within the launch template, since your nodegroup is configured to use an EKS AMI."
	case has(lt.Attrs, "imageId") && (has(c.in, "version") || has(c.in, "releaseVersion")):
		problem = "You cannot specify the field kubernetesVersion or releaseVersion with a launch template that has an image id."
	}
	if problem != "" && c.on(ruleGroupConflict) {
		return c.refuse(action, ruleGroupConflict, problem)
	}
	return nil
}

func (c *call) groupTypes(action string, _ *world.Object) error {
	ami := c.attr("amiType")
	want := "x86_64"
	if strings.Contains(ami, "ARM_64") {
		want = "arm64"
	}
	for _, t := range c.groupInstanceTypes() {
		arch := architecture(t)
		if arch == "" && c.on(ruleGroupType) {
			return c.refuse(action, ruleGroupType, t)
		}
		if arch != "" && arch != want && ami != "CUSTOM" && c.on(ruleGroupArch) {
			return c.refuse(action, ruleGroupArch, t, ami)
		}
	}
	if n, ok := facts.MinorNumber(c.attr("version")); ok && n > 32 && strings.HasPrefix(ami, "AL2_") && c.on(ruleGroupAMI) {
		return c.refuse(action, ruleGroupAMI, c.attr("version"))
	}
	return nil
}

func (c *call) groupInstanceTypes() []string {
	types := strs(c.obj.Attrs, "instanceTypes")
	if lt, ok := c.launchTemplate(dict(c.obj.Attrs, "launchTemplate")); ok && len(types) == 0 {
		if t := str(lt.Attrs, "instanceType"); t != "" {
			return []string{t}
		}
	}
	if len(types) == 0 {
		return []string{"t3.medium"}
	}
	return types
}

var (
	al2023Release       = regexp.MustCompile(`^(1\.\d+)\.\d+-\d{8}$`)
	bottlerocketRelease = regexp.MustCompile(`^\d+\.\d+\.\d+-[0-9a-f]{8}$`)
)

func (c *call) groupVersion(action string, cluster *world.Object) error {
	version, control := c.attr("version"), str(cluster.Attrs, "version")
	n, okN := facts.MinorNumber(version)
	m, okM := facts.MinorNumber(control)
	if okM && (!okN || n > m || m-n > maxSkew) && c.on(ruleGroupVersion) {
		return c.refuse(action, ruleGroupVersion, version, control)
	}
	release := c.attr("releaseVersion")
	if c.attr("amiType") == "CUSTOM" || !c.on(ruleGroupRelease) {
		return nil
	}
	good := bottlerocketRelease.MatchString(release)
	if !strings.HasPrefix(c.attr("amiType"), "BOTTLEROCKET") {
		parts := al2023Release.FindStringSubmatch(release)
		good = parts != nil && parts[1] == version
	}
	if !good {
		return c.refuse(action, ruleGroupRelease, release, version)
	}
	return nil
}

func (c *call) groupLabels(action string, _ *world.Object) error {
	for k := range dict(c.obj.Attrs, "labels") {
		prefix, _, slash := strings.Cut(k, "/")
		reserved := slices.ContainsFunc([]string{"kubernetes.io", "k8s.io", "eks.amazonaws.com"}, func(p string) bool {
			return prefix == p || strings.HasSuffix(prefix, "."+p)
		})
		allowed := strings.HasPrefix(k, "node.kubernetes.io/") || strings.HasPrefix(k, "kubelet.kubernetes.io/") || strings.HasPrefix(k, "node-restriction.kubernetes.io/")
		if slash && reserved && !allowed && c.on(ruleGroupLabel) {
			return c.refuse(action, ruleGroupLabel)
		}
	}
	return nil
}

// updateNodeGroup: another version, release or template version rolls all
// nodes; sizes, labels and taints are changed in place.
func updateNodeGroup(c *call) error {
	cluster, err := c.cluster("UpdateNodegroupConfig", c.attr("clusterName"))
	if err != nil {
		return err
	}
	c.groupDefaults(cluster)
	failed := str(c.old, "status") == "CREATE_FAILED"
	if failed && c.on(ruleGroupFailed) {
		return c.refuse("UpdateNodegroupVersion", ruleGroupFailed)
	}
	if !has(c.in, "releaseVersion") && c.attr("version") != str(c.old, "version") {
		c.set("releaseVersion", latestRelease(c.attr("version"), strings.HasPrefix(c.attr("amiType"), "BOTTLEROCKET")))
	}
	for _, check := range []func(string, *world.Object) error{c.groupSizes, c.groupTemplate, c.groupVersion, c.groupLabels} {
		if err := check("UpdateNodegroupVersion", cluster); err != nil {
			return err
		}
	}
	rolls := c.attr("version") != str(c.old, "version") || c.attr("releaseVersion") != str(c.old, "releaseVersion") ||
		str(dict(c.obj.Attrs, "launchTemplate"), "version") != str(dict(c.old, "launchTemplate"), "version")
	if rolls {
		was, _ := facts.MinorNumber(str(c.old, "version"))
		is, _ := facts.MinorNumber(c.attr("version"))
		if is < was && c.on(ruleGroupDowngrade) {
			return c.refuse("UpdateNodegroupVersion", ruleGroupDowngrade, c.attr("version"), str(c.old, "version"))
		}
		if err := c.roll(cluster); err != nil {
			return err
		}
	}
	desired := num(dict(c.obj.Attrs, "scalingConfig"), "desiredSize")
	if desired != num(dict(c.old, "scalingConfig"), "desiredSize") {
		if problem := c.scale(cluster, desired); problem != nil {
			return fmt.Errorf("waiting for EKS Node Group (%s) config update: unexpected state 'Failed', wanted target 'Successful'. last error: %w", c.obj.ID, problem)
		}
	}
	c.relabel(cluster)
	return nil
}

// batches is how often a rolling update takes the time of one node.
func batches(nodes, maxUnavailable int) time.Duration {
	if maxUnavailable < 1 {
		maxUnavailable = 1
	}
	return time.Duration(max(1, (nodes+maxUnavailable-1)/maxUnavailable))
}

func removeNodeGroup(c *call) error {
	cluster, ok := c.get(typeCluster, c.attr("clusterName"))
	if !ok {
		cluster = &world.Object{ID: c.attr("clusterName"), Attrs: map[string]any{}}
	}
	c.shrink(cluster, 0)
	// EKS takes its entry for the node role away with the role's last group.
	others := c.find(typeNodeGroup, func(o *world.Object) bool {
		return o.ID != c.obj.ID && str(o.Attrs, "clusterName") == cluster.ID && str(o.Attrs, "nodeRoleArn") == c.attr("nodeRoleArn")
	})
	if e, ok := c.get(typeAccessEntry, cluster.ID+":"+c.attr("nodeRoleArn")); ok && len(others) == 0 && e.Owner == "service:eks" {
		c.tx.Delete(e.Key())
	}
	return nil
}

func getNodeGroup(c *call) (map[string]any, error) {
	o, ok := c.get(typeNodeGroup, str(c.in, "clusterName")+":"+str(c.in, "nodeGroupName"))
	if !ok {
		return nil, fmt.Errorf("reading EKS Node Group (%s:%s): couldn't find resource", str(c.in, "clusterName"), str(c.in, "nodeGroupName"))
	}
	out := visible(o)
	out["scalingConfigs"] = []any{dict(o.Attrs, "scalingConfig")}
	return out, nil
}
