package kube

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// addon is what an EKS add-on installs.
type addon struct {
	crds    []definition
	objects func(config map[string]any) []map[string]any
}

// addonAccounts are the service accounts that an add-on's own role is for: facts/platform.json, eks_addons.
var addonAccounts = map[string]string{
	"vpc-cni": "aws-node", "aws-ebs-csi-driver": "ebs-csi-controller-sa", "aws-efs-csi-driver": "efs-csi-controller-sa",
	"external-dns": "external-dns",
}

const system = "kube-system"

// addons by name. Namespaces and service accounts: facts/platform.json eks_addons;
// replicas and requests: the manifests that the add-ons' projects publish, rounded (read 2026-11).
var addons = map[string]addon{
	"vpc-cni": {
		crds: []definition{
			{"crd.k8s.amazonaws.com", "ENIConfig", "eniconfigs", []string{"v1alpha1"}, true},
			{"vpcresources.k8s.aws", "CNINode", "cninodes", []string{"v1alpha1"}, true},
			{"vpcresources.k8s.aws", "SecurityGroupPolicy", "securitygrouppolicies", []string{"v1beta1"}, false},
			{"networking.k8s.aws", "PolicyEndpoint", "policyendpoints", []string{"v1alpha1"}, false},
		},
		objects: vpcCNI,
	},
	"kube-proxy": {objects: func(map[string]any) []map[string]any {
		return []map[string]any{
			serviceAccount(system, "kube-proxy", nil),
			daemonSet(pods{namespace: system, name: "kube-proxy", app: "kube-proxy", cpu: "100m", everywhere: true, image: "eks/kube-proxy"}),
		}
	}},
	"coredns": {objects: coreDNS},
	"eks-pod-identity-agent": {objects: func(map[string]any) []map[string]any {
		return []map[string]any{daemonSet(pods{namespace: system, name: "eks-pod-identity-agent", app: "eks-pod-identity-agent", everywhere: true, image: "eks/eks-pod-identity-agent"})}
	}},
	"aws-ebs-csi-driver": {objects: csi("ebs", "ebs.csi.aws.com", "ebs-csi-controller-sa")},
	"aws-efs-csi-driver": {objects: csi("efs", "efs.csi.aws.com", "")},
	"snapshot-controller": {
		crds: []definition{
			{"snapshot.storage.k8s.io", "VolumeSnapshot", "volumesnapshots", []string{"v1"}, false},
			{"snapshot.storage.k8s.io", "VolumeSnapshotClass", "volumesnapshotclasses", []string{"v1"}, true},
			{"snapshot.storage.k8s.io", "VolumeSnapshotContent", "volumesnapshotcontents", []string{"v1"}, true},
		},
		objects: func(config map[string]any) []map[string]any {
			return []map[string]any{
				serviceAccount(system, "snapshot-controller", nil),
				deployment(pods{namespace: system, name: "snapshot-controller", app: "snapshot-controller", replicas: int(number(config, 2, "replicaCount")),
					cpu: "10m", memory: "32Mi", image: "eks/snapshot-controller", spec: config, critical: true}),
			}
		},
	},
	"metrics-server": {objects: func(config map[string]any) []map[string]any {
		return []map[string]any{
			serviceAccount(system, "metrics-server", nil),
			deployment(pods{namespace: system, name: "metrics-server", app: "metrics-server", replicas: int(number(config, 2, "replicas")),
				cpu: "100m", memory: "200Mi", image: "eks/metrics-server", spec: config, critical: true}),
			service(system, "metrics-server", "metrics-server", "ClusterIP", 443),
			plainObject("apiregistration.k8s.io/v1", "APIService", "", "v1beta1.metrics.k8s.io"),
			budget(system, "metrics-server", "metrics-server", 1.),
		}
	}},
	"eks-node-monitoring-agent": {objects: func(map[string]any) []map[string]any {
		return []map[string]any{daemonSet(pods{namespace: system, name: "eks-node-monitoring-agent", app: "eks-node-monitoring-agent",
			cpu: "10m", memory: "30Mi", everywhere: true, image: "eks/eks-node-monitoring-agent"})}
	}},
}

func vpcCNI(config map[string]any) []map[string]any {
	out := []map[string]any{
		serviceAccount(system, "aws-node", nil),
		daemonSet(pods{namespace: system, name: "aws-node", app: "aws-node", cpu: "50m", everywhere: true, image: "amazon-k8s-cni", account: "aws-node"}),
	}
	if create, _ := nested.At(config, "eniConfig", "create").(bool); !create {
		return out
	}
	subnets := nested.Object(config, "eniConfig", "subnets")
	for _, key := range sorted(subnets) { // aws-vpc-cni chart, templates/eniconfig.yaml: the name is the key
		spec := map[string]any{"subnet": nested.Text(subnets, key, "id")}
		if groups := nested.List(subnets, key, "securityGroups"); len(groups) > 0 {
			spec["securityGroups"] = groups
		}
		out = append(out, map[string]any{
			"apiVersion": "crd.k8s.amazonaws.com/v1alpha1", "kind": "ENIConfig", "metadata": metadata("", key, nil), "spec": spec,
		})
	}
	return out
}

func coreDNS(config map[string]any) []map[string]any {
	return []map[string]any{
		serviceAccount(system, "coredns", nil),
		deployment(pods{namespace: system, name: "coredns", app: "coredns", replicas: int(number(config, 2, "replicaCount")),
			cpu: "100m", memory: "70Mi", image: "eks/coredns", critical: true, spec: config, labels: map[string]any{"k8s-app": "kube-dns"}}),
		service(system, "kube-dns", "coredns", "ClusterIP", 53),
		budget(system, "coredns", "coredns", 1.),
	}
}

// csi is a storage driver: controller, node agent, CSIDriver.
func csi(short, driver, identity string) func(map[string]any) []map[string]any {
	return func(config map[string]any) []map[string]any {
		controller, account := short+"-csi-controller", short+"-csi-controller-sa"
		values := nested.Object(config, "controller")
		return []map[string]any{
			csiDriver(driver),
			serviceAccount(system, account, nil),
			serviceAccount(system, short+"-csi-node-sa", nil),
			deployment(pods{namespace: system, name: controller, app: "aws-" + short + "-csi-driver", replicas: int(number(values, 2, "replicaCount")),
				cpu: "60m", memory: "240Mi", image: "eks/aws-" + short + "-csi-driver", account: account, identity: identity, critical: true, spec: values,
				labels: map[string]any{"app": controller}}),
			daemonSet(pods{namespace: system, name: short + "-csi-node", app: "aws-" + short + "-csi-driver", cpu: "30m", memory: "120Mi",
				image: "eks/aws-" + short + "-csi-driver", everywhere: true, labels: map[string]any{"app": short + "-csi-node"}}),
			budget(system, controller, "aws-"+short+"-csi-driver", 1.),
		}
	}
}

// InstallAddon makes or updates an add-on's objects. Add-ons that are not in the table install nothing.
func (in *Inside) InstallAddon(tx *world.Tx, endpoint, name, version string, config map[string]any) {
	ad, ok := addons[name]
	if !ok {
		return
	}
	a := in.open(tx, endpoint)
	owner := "service:addon/" + name
	for _, d := range ad.crds {
		a.ensure(d.object(), owner)
	}
	wanted := map[string]bool{}
	for _, obj := range ad.objects(config) {
		o := a.replace(obj, owner, version)
		wanted[o.Kind+" "+o.ID] = true
	}
	for _, o := range a.owned(owner) {
		if !wanted[o.Kind+" "+o.ID] && gvkOfWorld(o.Kind).Kind != "CustomResourceDefinition" {
			a.remove(o)
		}
	}
	a.reconcile()
}

// replace writes an object of the machinery over whatever is there: resolveConflicts OVERWRITE is decided by the caller.
func (a *api) replace(obj map[string]any, owner, version string) *world.Object {
	o := a.ensure(obj, owner)
	next := clone(obj)
	m := nested.Object(next, "metadata")
	for _, k := range []string{"uid", "creationTimestamp", "generation"} {
		m[k] = nested.At(o.Attrs, "metadata", k)
	}
	if version != "" {
		hidden := nested.Object(next, sandboxKey)
		if hidden == nil {
			hidden = map[string]any{}
		}
		hidden["version"] = version
		next[sandboxKey] = hidden
	}
	stayClosed(o.Attrs, next)
	o.Attrs, o.Owner = next, owner
	a.tx.Put(o)
	return o
}

func (a *api) owned(owner string) []*world.Object {
	return a.tx.Find("", a.scope, func(o *world.Object) bool { return o.Owner == owner && strings.HasPrefix(o.Kind, "kube:") })
}

// AddonHealth says why an add-on's pods do not run, "" when they do: what EKS reports as DEGRADED.
func (in *Inside) AddonHealth(tx *world.Tx, endpoint, name string) string {
	a := in.open(tx, endpoint)
	if !a.rules.On(ruleReady) {
		return ""
	}
	placements := a.schedule()
	for _, o := range a.owned("service:addon/" + name) {
		p := placements[o.Kind+" "+o.ID]
		if p == nil || gvkOfWorld(o.Kind).Kind != "Deployment" || p.ready >= p.desired {
			continue
		}
		return fmt.Sprintf("The add-on is unhealthy because it doesn't have the desired number of replicas. (%s)",
			strings.Join(slices.Compact(p.reasons), "; "))
	}
	return ""
}

// RemoveAddon deletes an add-on's objects; its CRDs go too, with their resources,
// unless the caller preserves the add-on by not calling.
func (in *Inside) RemoveAddon(tx *world.Tx, endpoint, name string) {
	a := in.open(tx, endpoint)
	for _, o := range a.owned("service:addon/" + name) {
		a.remove(o)
	}
}
