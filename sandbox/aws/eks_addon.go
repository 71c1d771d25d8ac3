package aws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const typeAddon = "aws:eks/addon:Addon"

var (
	ruleAddonTaken = rule.Register(rule.Rule{
		Name: "eks.addon-taken", Service: "eks",
		Source: "EKS API, CreateAddon, ResourceInUseException, as quoted in terraform-aws-wandb pull request 230",
		Text:   "ResourceInUseException: Addon already exists.",
	})
	ruleAddonName = rule.Register(rule.Rule{
		Name: "eks.addon-name", Service: "eks",
		Source: "EKS API, CreateAddon, InvalidParameterException; names from facts, eks_addons",
		Text:   "InvalidParameterException: Addon %s specified is not supported",
	})
	ruleAddonVersion = rule.Register(rule.Rule{
		Name: "eks.addon-version", Service: "eks",
		Source: "EKS API, CreateAddon, InvalidParameterException, as quoted in eksctl issues; builds from facts, eks_addon_versions",
		Text:   "InvalidParameterException: Addon version specified is not supported",
	})
	ruleAddonConflict = rule.Register(rule.Rule{
		Name: "eks.addon-conflict", Service: "eks",
		Source: "EKS user guide, add-on field management; text as in terraform-aws-eks issue 2829 and eksctl pull request 5880",
		Text: "waiting for EKS Add-On (%s:%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: : ConfigurationConflict: " +
			"Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts:\n%s",
	})
	ruleAddonValues = rule.Register(rule.Rule{
		Name: "eks.addon-values", Service: "eks",
		Source: "EKS API, CreateAddon, InvalidParameterException, as quoted in terraform-aws-eks issues; schema from DescribeAddonConfiguration",
		Text:   "InvalidParameterException: ConfigurationValue provided in request is not supported: %s",
	})
	ruleAddonDegraded = rule.Register(rule.Rule{
		Name: "eks.addon-degraded", Service: "eks",
		Source: "EKS user guide, add-on health: InsufficientNumberOfReplicas; terraform-provider-aws waits 20 minutes for ACTIVE (facts, providers D6.13)",
		Text: "waiting for EKS Add-On (%s:%s) create: timeout while waiting for state to become 'ACTIVE' (last state: 'DEGRADED', timeout: 20m0s). " +
			"InsufficientNumberOfReplicas: %s",
	})
	ruleCNIOneMinor = rule.Register(rule.Rule{
		Name: "eks.cni-one-minor", Service: "eks",
		Source: "EKS user guide, update the VPC CNI (facts, eks_addons); EKS API, InvalidParameterException, as quoted in public issues",
		Text:   "InvalidParameterException: Updating VPC-CNI can only go up or down 1 minor version at a time",
	})
)

// selfManaged are installed by EKS when it creates a cluster, with the object
// whose fields an add-on then finds taken.
var selfManaged = map[string]string{
	"vpc-cni":    "DaemonSet.apps aws-node - .spec.template.spec.containers[name=\"aws-node\"].image",
	"kube-proxy": "DaemonSet.apps kube-proxy - .spec.template.spec.containers[name=\"kube-proxy\"].image",
	"coredns":    "Deployment.apps coredns - .spec.template.spec.containers[name=\"coredns\"].image",
}

// allowance are builds that facts do not list, each with where it was seen.
var allowance = map[string]map[string]string{
	"snapshot-controller": {
		"v8.5.0-eksbuild.3": "two public repositories with 1.35 clusters, 2026-08",
		"v8.6.0-eksbuild.8": "documents of a public repository, 2026-11",
	},
}

// withReplicas are add-ons that wait for pods of a Deployment, and so for nodes.
// Source: the add-ons' manifests (facts, eks_addons: coredns "needs schedulable nodes").
var withReplicas = []string{"coredns", "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver", "metrics-server", "snapshot-controller", "cert-manager", "external-dns", "kube-state-metrics", "adot", "amazon-cloudwatch-observability"}

var _ = register(typeAddon, &kind{
	namesClash: true, service: "EKS", noun: "Add-On", createTime: addonChange, updateTime: addonChange, deleteTime: addonDelete,
	makeID: func(c *call) string { return str(c.in, "clusterName") + ":" + str(c.in, "addonName") },
	create: createAddon, update: updateAddon, remove: removeAddon,
})

func createAddon(c *call) error {
	const action = "CreateAddon"
	cluster, err := c.cluster(action, c.attr("clusterName"))
	if err != nil {
		return err
	}
	name := c.attr("addonName")
	if len(facts.AddonBuilds(name)) == 0 && allowance[name] == nil && c.on(ruleAddonName) {
		return c.refuse(action, ruleAddonName, name)
	}
	if _, taken := c.get(typeAddon, c.obj.ID); taken && c.on(ruleAddonTaken) {
		return c.refuse(action, ruleAddonTaken)
	}
	minor := str(cluster.Attrs, "version")
	if v, ok := defaultBuild(name, minor); ok {
		c.setDefault("addonVersion", v)
	}
	if err := c.addonVersion(action, cluster); err != nil {
		return err
	}
	if err := c.addonValues(action); err != nil {
		return err
	}
	c.set("arn", fmt.Sprintf("arn:aws:eks:%s:%s:addon/%s/%s/%s", c.region(), c.account(), cluster.ID, name, uuid(c.newID("", 32))))
	c.set("createdAt", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
	c.set("modifiedAt", c.attr("createdAt"))
	c.setDefault("configurationValues", "")
	c.obj.State = "ACTIVE"
	self, said := cluster.Attrs["bootstrapSelfManagedAddons"].(bool)
	there := (!said || self) && !boolean(cluster.Attrs, "__adopted:"+name)
	if conflict := selfManaged[name]; conflict != "" && there && c.attr("resolveConflictsOnCreate") != "OVERWRITE" && c.on(ruleAddonConflict) {
		c.obj.State = "CREATE_FAILED"
		c.initErrs = append(c.initErrs, ruleAddonConflict.Errorf(cluster.ID, name, conflict).Error())
		return nil
	}
	return c.install(action, cluster)
}

// install brings the add-on's software into the cluster and waits for it.
func (c *call) install(action string, cluster *world.Object) error {
	name := c.attr("addonName")
	if err := c.addonIdentities(action); err != nil {
		return err
	}
	if _, ok := c.get(typeCluster, cluster.ID); ok {
		cluster.Attrs["__adopted:"+name] = true
		if name == "vpc-cni" {
			cluster.Attrs[attrCNI], cluster.Attrs[attrCNIValues] = "addon", c.attr("configurationValues")
		}
		c.tx.Put(cluster)
	}
	if c.p.deps.Kube != nil {
		values := map[string]any{}
		if text := c.attr("configurationValues"); text != "" {
			if json.Unmarshal([]byte(text), &values) != nil {
				values = map[string]any{}
			}
		}
		c.tx.Put(c.obj) // the inside asks whether the add-on is there
		c.p.deps.Kube.InstallAddon(c.tx, str(cluster.Attrs, "endpoint"), name, c.attr("addonVersion"), values)
	}
	delete(c.obj.Attrs, attrIssues)
	if problem := c.addonHealth(cluster); problem != "" && c.on(ruleAddonDegraded) {
		c.obj.State = "DEGRADED"
		c.obj.Attrs[attrIssues] = []any{"InsufficientNumberOfReplicas (" + problem + ")"}
		c.initErrs = append(c.initErrs, ruleAddonDegraded.Errorf(cluster.ID, name, problem).Error())
		return nil
	}
	c.obj.State = "ACTIVE"
	return nil
}

// addonHealth asks the inside of the cluster; without one it counts nodes.
func (c *call) addonHealth(cluster *world.Object) string {
	name := c.attr("addonName")
	if k, ok := c.p.deps.Kube.(interface {
		AddonHealth(tx *world.Tx, endpoint, name string) string
	}); ok {
		return k.AddonHealth(c.tx, str(cluster.Attrs, "endpoint"), name)
	}
	if slices.Contains(withReplicas, name) && len(c.tx.Find(kubeNode, str(cluster.Attrs, "endpoint"), nil)) == 0 {
		return "The add-on is unhealthy because it doesn't have the desired number of replicas."
	}
	return ""
}

// addonIdentities: associations that an add-on carries are EKS's objects.
func (c *call) addonIdentities(action string) error {
	for _, o := range c.find(typePodIdentity, where("ownerArn", c.attr("arn"))) {
		c.tx.Delete(o.Key())
	}
	for _, p := range dicts(c.obj.Attrs, "podIdentityAssociations") {
		account, role := str(p, "serviceAccount"), str(p, "roleArn")
		if err := c.podIdentity(action, "kube-system", account, role); err != nil {
			return err
		}
		id := c.newID("a-", 17)
		c.tx.Put(&world.Object{
			Kind: typePodIdentity, Scope: c.regional(), ID: id, Owner: "service:eks", URN: string(c.urn), Created: c.tx.Now(),
			Attrs: map[string]any{"clusterName": c.attr("clusterName"), "namespace": "kube-system", "serviceAccount": account,
				"roleArn": role, "ownerArn": c.attr("arn"), "associationId": id},
		})
	}
	return nil
}

func (c *call) addonVersion(action string, cluster *world.Object) error {
	if v := c.attr("addonVersion"); !offered(c.attr("addonName"), v, str(cluster.Attrs, "version")) && c.on(ruleAddonVersion) {
		return c.refuse(action, ruleAddonVersion)
	}
	return nil
}

// offered says whether a build of an add-on was seen with a minor.
func offered(addon, version, minor string) bool {
	if allowance[addon][version] != "" {
		return true
	}
	return slices.ContainsFunc(facts.AddonBuilds(addon), func(b facts.AddonBuild) bool {
		return b.Version == version && version != "" && covers(b.Kubernetes, minor)
	})
}

// covers reads "1.36", "1.34-1.36 (multi)" and the words for every minor.
func covers(text, minor string) bool {
	if text == minor {
		return true
	}
	span, _, _ := strings.Cut(text, " ")
	low, high, isRange := strings.Cut(span, "-")
	if !isRange {
		return span == "any" || span == "see"
	}
	a, okA := facts.MinorNumber(low)
	b, okB := facts.MinorNumber(high)
	n, okN := facts.MinorNumber(minor)
	return okA && okB && okN && a <= n && n <= b
}

// defaultBuild is what EKS installs when nobody names a version.
func defaultBuild(addon, minor string) (string, bool) {
	first := ""
	for _, b := range facts.AddonBuilds(addon) {
		if b.Version == "" || !covers(b.Kubernetes, minor) {
			continue
		}
		if strings.Contains(b.Kind, "default") {
			return b.Version, true
		}
		if first == "" {
			first = b.Version
		}
	}
	for v := range allowance[addon] {
		if v > first {
			first = v
		}
	}
	return first, first != ""
}

// addonKeys are the top-level configuration keys of the add-ons whose schema is
// checked. Source: DescribeAddonConfiguration as printed in public
// repositories and the projects' charts, read 2026-11; keys that only some
// builds have are listed too.
var addonKeys = map[string][]string{
	"vpc-cni": {"env", "init", "eniConfig", "enableNetworkPolicy", "enableWindowsIpam", "enableWindowsPrefixDelegation", "nodeAgent",
		"resources", "tolerations", "affinity", "nodeSelector", "podAnnotations", "podLabels", "livenessProbeTimeoutSeconds",
		"readinessProbeTimeoutSeconds", "warmWindowsPrefixTarget", "warmWindowsIPTarget", "minimumWindowsIPTarget", "branchENICooldown",
		"originalMatchLabels", "cri", "extraVolumes", "extraVolumeMounts", "updateStrategy", "networkPolicyController"},
	"coredns": {"affinity", "computeType", "corefile", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels", "replicaCount",
		"resources", "tolerations", "topologySpreadConstraints", "autoScaling", "livenessProbe", "readinessProbe"},
	"kube-proxy": {"ipvs", "mode", "podAnnotations", "podLabels", "resources", "nodeSelector", "tolerations", "affinity"},
}

func (c *call) addonValues(action string) error {
	text := c.attr("configurationValues")
	if text == "" || !c.on(ruleAddonValues) {
		return nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			return c.refuse(action, ruleAddonValues, "ConfigurationValue is not in valid JSON or YAML format")
		}
		return nil // YAML is taken as it is
	}
	allowed, checked := addonKeys[c.attr("addonName")]
	if !checked {
		return nil
	}
	for k := range values {
		if !slices.Contains(allowed, k) {
			return c.refuse(action, ruleAddonValues, fmt.Sprintf(
				"Json schema validation failed with error: [$.%s: is not defined in the schema and the schema does not allow additional properties]", k))
		}
	}
	for k, v := range dict(values, "env") {
		if _, ok := v.(string); !ok {
			return c.refuse(action, ruleAddonValues, fmt.Sprintf("Json schema validation failed with error: [$.env.%s: %s found, string expected]", k, jsonType(v)))
		}
	}
	return nil
}

func jsonType(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case float64:
		return "number"
	}
	return "object"
}

func updateAddon(c *call) error {
	const action = "UpdateAddon"
	cluster, err := c.cluster(action, c.attr("clusterName"))
	if err != nil {
		return err
	}
	if v, ok := defaultBuild(c.attr("addonName"), str(cluster.Attrs, "version")); ok {
		c.setDefault("addonVersion", v)
	}
	if c.attr("addonVersion") != str(c.old, "addonVersion") {
		if err := c.addonVersion(action, cluster); err != nil {
			return err
		}
		if c.attr("addonName") == "vpc-cni" && !oneMinorApart(c.attr("addonVersion"), str(c.old, "addonVersion")) && c.on(ruleCNIOneMinor) {
			return c.refuse(action, ruleCNIOneMinor)
		}
	}
	if err := c.addonValues(action); err != nil {
		return err
	}
	c.set("modifiedAt", c.tx.Now().UTC().Format("2006-01-02T15:04:05Z"))
	name := c.attr("addonName")
	overwrite := c.attr("resolveConflictsOnUpdate") == "OVERWRITE" || c.attr("resolveConflictsOnCreate") == "OVERWRITE"
	if c.obj.State == "CREATE_FAILED" && !overwrite && c.on(ruleAddonConflict) {
		c.initErrs = append(c.initErrs, ruleAddonConflict.Errorf(cluster.ID, name, selfManaged[name]).Error())
		return nil
	}
	return c.install(action, cluster)
}

// oneMinorApart compares v1.22.4-eksbuild.3 with v1.23.1-eksbuild.1.
func oneMinorApart(a, b string) bool {
	minor := func(v string) int {
		parts := strings.Split(strings.TrimPrefix(v, "v"), ".")
		if len(parts) < 2 {
			return 0
		}
		n, err := strconv.Atoi(parts[1])
		if err != nil {
			return 0
		}
		return n
	}
	d := minor(a) - minor(b)
	return d >= -1 && d <= 1
}

func removeAddon(c *call) error {
	name, preserve := c.attr("addonName"), boolean(c.obj.Attrs, "preserve")
	cluster, ok := c.get(typeCluster, c.attr("clusterName"))
	if !ok {
		return nil
	}
	if name == "vpc-cni" {
		cluster.Attrs[attrCNI] = map[bool]string{true: "preserved", false: "gone"}[preserve]
		c.tx.Put(cluster)
	}
	if preserve {
		return nil // the software and its identities stay until the cluster goes
	}
	for _, o := range c.find(typePodIdentity, where("ownerArn", c.attr("arn"))) {
		c.tx.Delete(o.Key())
	}
	if c.p.deps.Kube != nil {
		c.p.deps.Kube.RemoveAddon(c.tx, str(cluster.Attrs, "endpoint"), name)
	}
	return nil
}

func getAddonVersion(c *call) (map[string]any, error) {
	name, minor := str(c.in, "addonName"), str(c.in, "kubernetesVersion")
	v, ok := defaultBuild(name, minor)
	if !ok {
		return nil, fmt.Errorf("reading EKS Add-On version info (%s, %s): couldn't find resource", name, minor)
	}
	if boolean(c.in, "mostRecent") {
		for _, b := range facts.AddonBuilds(name) {
			if b.Version != "" && covers(b.Kubernetes, minor) && newer(b.Version, v) {
				v = b.Version
			}
		}
	}
	return map[string]any{"id": name, "version": v}, nil
}

// newer compares builds by number: eksbuild.11 is after eksbuild.3 (facts, eks_addon_rules).
func newer(a, b string) bool {
	x, y := numbers(a), numbers(b)
	return slices.Compare(x, y) > 0
}

func numbers(v string) []int {
	var out []int
	for _, f := range strings.FieldsFunc(v, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(f); err == nil {
			out = append(out, n)
		}
	}
	return out
}
