package aws

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeCluster = "aws:eks/cluster:Cluster"
	// hiddenLateLogs remembers a deleted cluster whose control plane still
	// writes: whoever deletes its log group sees it come back.
	hiddenLateLogs = "hidden:eks/LateLogs"
)

// Control plane interfaces: two at creation, up to five new ones during an
// update. Source: EKS user guide, VPC and subnet requirements (facts, eks_rules).
const (
	controlPlaneENIs    = 2
	controlPlaneUpgrade = 5
)

var clusterName = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)

var _ = register(typeCluster, &kind{
	namesClash: true, service: "EKS", noun: "Cluster", makeID: byName, arn: "arn:aws:eks:{region}:{account}:cluster/{id}",
	createTime: clusterCreate, updateTime: clusterConfig, deleteTime: clusterDelete,
	check: checkCluster, create: createCluster, update: updateCluster, remove: removeCluster,
	diff: func(old, new map[string]any, res *plugin.DiffResult) {
		// Envelope encryption can be added in place, and never changed or taken
		// away. Source: terraform-provider-aws eks/cluster.go, CustomizeDiff.
		was, is := keyARN(old), keyARN(new)
		if was == "" || was == is {
			return
		}
		for path, d := range res.DetailedDiff {
			if strings.HasPrefix(path, "encryptionConfig") {
				res.DetailedDiff[path] = d.ToReplace()
				if !slices.Contains(res.ReplaceKeys, "encryptionConfig") {
					res.ReplaceKeys = append(res.ReplaceKeys, "encryptionConfig")
				}
			}
		}
	},
})

func keyARN(in map[string]any) string {
	return str(dict(dict(in, "encryptionConfig"), "provider"), "keyArn")
}

func checkCluster(c *call, in map[string]any) []schema.Failure {
	var out []schema.Failure
	if name := str(in, "name"); name != "" && !clusterName.MatchString(name) && c.on(ruleClusterName) {
		out = append(out, schema.Failure{Path: "name", Reason: ruleClusterName.Text})
	}
	block := str(dict(in, "kubernetesNetworkConfig"), "serviceIpv4Cidr")
	if block == "" || !c.on(ruleServiceCIDR) {
		return out
	}
	if problem := serviceBlock(block); problem != "" {
		out = append(out, schema.Failure{Path: "kubernetesNetworkConfig.serviceIpv4Cidr", Reason: ruleServiceCIDR.Errorf(problem).Error()})
	}
	return out
}

func createCluster(c *call) error {
	const action = "CreateCluster"
	name := c.obj.ID
	if _, taken := c.get(typeCluster, name); taken && c.on(ruleClusterTaken) {
		return c.refuse(action, ruleClusterTaken, name)
	}
	if err := c.limit(ruleClusterQuota, action, len(c.find(typeCluster, nil)), facts.QuotaEKSClusters); err != nil {
		return err
	}
	c.setDefault("version", c.newestMinor())
	if !c.supported(c.attr("version")) && c.on(ruleClusterVersion) {
		return c.refuse(action, ruleClusterVersion)
	}
	if err := c.clusterRole(action); err != nil {
		return err
	}
	subnets, err := c.clusterSubnets(action)
	if err != nil {
		return err
	}
	vpc := str(subnets[0].Attrs, "vpcId")
	if err := c.endpointAccess(action); err != nil {
		return err
	}
	if err := c.serviceOverlap(action, vpc); err != nil {
		return err
	}
	if err := c.encryptionKey(action); err != nil {
		return err
	}
	c.clusterOutputs(vpc)
	if err := c.controlPlane(subnets, controlPlaneENIs); err != nil {
		return err
	}
	c.controlPlaneLogs()
	c.creatorAccess()
	c.tx.Delete(world.Key{Kind: hiddenLateLogs, Scope: c.regional(), ID: name})
	return nil
}

func (c *call) clusterOutputs(vpc string) {
	unique := strings.ToUpper(c.newID("", 32))
	c.set("endpoint", fmt.Sprintf("https://%s.gr7.%s.eks.amazonaws.com", unique, c.region()))
	ca := base64.StdEncoding.EncodeToString([]byte("-----BEGIN CERTIFICATE-----\n" + hash(unique, 64) + "\n-----END CERTIFICATE-----\n"))
	c.set("certificateAuthority", map[string]any{"data": ca})
	c.set("certificateAuthorities", []any{map[string]any{"data": ca}})
	c.set("identities", []any{map[string]any{"oidcs": []any{map[string]any{"issuer": fmt.Sprintf("https://oidc.eks.%s.amazonaws.com/id/%s", c.region(), unique)}}}})
	c.set("status", "ACTIVE")
	c.set("platformVersion", "eks.1")
	c.set("createdAt", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
	c.set("clusterId", "")
	c.setDefault("bootstrapSelfManagedAddons", true)
	sg := c.hide(hiddenSG, c.newID("sg-", 17), "eks-cluster-sg-"+c.obj.ID+"-"+hash(unique, 10), "eks", map[string]any{
		"vpcId": vpc, "clusterName": c.obj.ID, "name": "eks-cluster-sg-" + c.obj.ID,
		"description": "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
	})
	c.clusterDefaults(sg.ID, vpc)
	c.obj.State = "ACTIVE"
}

// clusterDefaults fills what the service decides inside nested inputs.
func (c *call) clusterDefaults(group, vpc string) {
	v := dict(c.obj.Attrs, "vpcConfig")
	v["clusterSecurityGroupId"], v["vpcId"] = group, vpc
	fill(v, map[string]any{"endpointPrivateAccess": false, "endpointPublicAccess": true})
	if boolean(v, "endpointPublicAccess") {
		fill(v, map[string]any{"publicAccessCidrs": []string{"0.0.0.0/0"}})
	}
	c.set("vpcConfig", v)
	n := dict(c.obj.Attrs, "kubernetesNetworkConfig")
	if n == nil {
		n = map[string]any{}
	}
	fill(n, map[string]any{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16", "serviceIpv6Cidr": "", "elasticLoadBalancing": map[string]any{"enabled": false}})
	c.set("kubernetesNetworkConfig", n)
	a := dict(c.obj.Attrs, "accessConfig")
	if a == nil {
		a = map[string]any{}
	}
	fill(a, map[string]any{"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": true})
	c.set("accessConfig", a)
	c.setDefault("upgradePolicy", map[string]any{"supportType": "EXTENDED"})
}

func fill(m map[string]any, defaults map[string]any) {
	for k, v := range defaults {
		if !has(m, k) {
			m[k] = plain(v)
		}
	}
}

// controlPlane makes n interfaces, one subnet after the other.
func (c *call) controlPlane(subnets []*world.Object, n int) error {
	groups := append(strs(dict(c.obj.Attrs, "vpcConfig"), "securityGroupIds"), str(dict(c.obj.Attrs, "vpcConfig"), "clusterSecurityGroupId"))
	made := 0
	for i := 0; i < len(subnets)*n && made < n; i++ {
		s := subnets[i%len(subnets)]
		if has(s.Attrs, "cidrBlock") && c.freeIn(s) == 0 && c.on(ruleClusterAddresses) {
			continue
		}
		if !has(s.Attrs, "cidrBlock") {
			made++
			continue
		}
		if _, err := c.attach(eni{subnet: s.ID, owner: "eks", description: "Amazon EKS " + c.obj.ID, groups: groups,
			attrs: map[string]any{"clusterName": c.obj.ID, "controlPlane": true}}); err != nil {
			return fmt.Errorf("%s: %w", c.doing(), err)
		}
		made++
	}
	if made < n && c.on(ruleClusterAddresses) {
		return c.refuse("CreateCluster", ruleClusterAddresses)
	}
	return nil
}

// controlPlaneLogs: EKS makes the log group when nobody did before.
func (c *call) controlPlaneLogs() {
	name := "/aws/eks/" + c.obj.ID + "/cluster"
	if len(strs(c.obj.Attrs, "enabledClusterLogTypes")) == 0 {
		return
	}
	if _, ok := c.get(typeLogGroup, name); !ok {
		c.hide(hiddenLogs, name, name, "eks", map[string]any{"name": name})
	}
}

// creatorAccess is the entry that EKS makes for whoever creates a cluster.
func (c *call) creatorAccess() {
	if !boolean(dict(c.obj.Attrs, "accessConfig"), "bootstrapClusterCreatorAdminPermissions") {
		return
	}
	c.set("creatorArn", c.p.conf.callerARN)
	c.entryOf(c.obj.ID, roleOf(c.p.conf.callerARN), "STANDARD")
}

// updateCluster: one kind of change is one UpdateCluster call; a version comes first.
func updateCluster(c *call) error {
	was := dict(c.old, "vpcConfig")
	c.clusterDefaults(str(was, "clusterSecurityGroupId"), str(was, "vpcId"))
	if err := c.endpointAccess("UpdateClusterConfig"); err != nil {
		return err
	}
	if err := c.authenticationMode(); err != nil {
		return err
	}
	if c.attr("version") != str(c.old, "version") {
		if err := c.upgrade(str(c.old, "version"), c.attr("version")); err != nil {
			return err
		}
		c.latency = clusterUpgrade
		if same(c.old["vpcConfig"], c.obj.Attrs["vpcConfig"]) {
			return nil
		}
	}
	now := dict(c.obj.Attrs, "vpcConfig")
	if !same(was["subnetIds"], now["subnetIds"]) || !same(was["securityGroupIds"], now["securityGroupIds"]) {
		if _, err := c.clusterSubnets("UpdateClusterConfig"); err != nil {
			return err
		}
	}
	c.controlPlaneLogs()
	return nil
}

// upgrade moves the control plane one minor, with fresh interfaces beside the old.
func (c *call) upgrade(from, to string) error {
	const action = "UpdateClusterVersion"
	if !c.supported(to) && c.on(ruleClusterVersion) {
		return c.refuse(action, ruleClusterVersion)
	}
	a, _ := facts.MinorNumber(from)
	b, _ := facts.MinorNumber(to)
	if b != a+1 && c.on(ruleOneMinor) {
		return c.refuse(action, ruleOneMinor, from, to)
	}
	for _, g := range c.find(typeNodeGroup, where("clusterName", c.obj.ID)) {
		n, _ := facts.MinorNumber(str(g.Attrs, "version"))
		if b-n > maxSkew && c.on(ruleClusterSkew) {
			return c.refuse(action, ruleClusterSkew, g.Name, from)
		}
	}
	room := 0
	for _, id := range strs(dict(c.obj.Attrs, "vpcConfig"), "subnetIds") {
		if s, ok := c.get(typeSubnet, id); ok && has(s.Attrs, "cidrBlock") {
			room += c.freeIn(s)
		} else {
			room += controlPlaneUpgrade
		}
	}
	if room < controlPlaneUpgrade && c.on(ruleUpgradeAddresses) {
		return c.waitFailed(ruleUpgradeAddresses, controlPlaneUpgrade, room)
	}
	c.set("platformVersion", "eks.1")
	return nil
}

func removeCluster(c *call) error {
	const action = "DeleteCluster"
	for _, k := range []string{typeNodeGroup, typeFargate} {
		if len(c.find(k, where("clusterName", c.obj.ID))) > 0 && c.on(ruleClusterInUse) {
			return c.refuse(action, ruleClusterInUse, map[string]string{typeNodeGroup: "nodegroups", typeFargate: "Fargate profiles"}[k])
		}
	}
	name := c.obj.ID
	for _, o := range c.find(hiddenENI, where("clusterName", name)) {
		if boolean(o.Attrs, "controlPlane") {
			c.tx.Delete(o.Key())
		}
	}
	for _, sg := range c.find(hiddenSG, where("clusterName", name)) {
		if !c.sgInUse(sg.ID, true) { // an interface that was left behind keeps it
			c.tx.Delete(sg.Key())
		}
	}
	for _, k := range []string{typeAccessEntry, typeAccessPolicy, typePodIdentity, typeAddon} {
		for _, o := range c.find(k, where("clusterName", name)) {
			if strings.HasPrefix(o.Owner, "service:") || k == typeAddon {
				c.tx.Delete(o.Key())
			}
		}
	}
	if len(strs(c.obj.Attrs, "enabledClusterLogTypes")) > 0 {
		c.hide(hiddenLateLogs, name, name, "eks", map[string]any{"logGroup": "/aws/eks/" + name + "/cluster"})
	}
	if k, ok := c.p.deps.Kube.(interface{ ClusterRemoved(*world.Tx, string) }); ok {
		k.ClusterRemoved(c.tx, c.attr("endpoint"))
	}
	return nil
}

// cluster finds a cluster or answers that there is none.
func (c *call) cluster(action, name string) (*world.Object, error) {
	o, ok := c.get(typeCluster, name)
	if !ok {
		if c.on(ruleClusterExists) {
			return nil, c.refuse(action, ruleClusterExists, name)
		}
		o = &world.Object{Kind: typeCluster, Scope: c.regional(), ID: name, Attrs: map[string]any{"vpcConfig": map[string]any{}}}
	}
	return o, nil
}

func getCluster(c *call) (map[string]any, error) {
	o, ok := c.get(typeCluster, str(c.in, "name"))
	if !ok {
		return nil, fmt.Errorf("reading EKS Cluster (%s): couldn't find resource", str(c.in, "name"))
	}
	out := visible(o)
	for from, to := range map[string]string{"upgradePolicy": "upgradePolicies", "accessConfig": "accessConfigs", "kubernetesNetworkConfig": "kubernetesNetworkConfigs", "zonalShiftConfig": "zonalShiftConfigs"} {
		if d := dict(out, from); d != nil {
			out[to] = []any{d}
		}
	}
	return out, nil
}

// getClusterAuth hands out a token; it says who it stands for, so that the
// simulated API server can tell.
func getClusterAuth(c *call) (map[string]any, error) {
	name := str(c.in, "name")
	token := "k8s-aws-v1." + base64.RawURLEncoding.EncodeToString([]byte(name+" "+c.p.conf.callerARN))
	return map[string]any{"id": name, "name": name, "token": token}, nil
}
