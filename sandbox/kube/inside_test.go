package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// objectsOf lists the IDs of a kind, for comparison.
func (b *bench) objectsOf(kind string) string {
	var out []string
	b.world.View(func(tx *world.Tx) {
		for _, o := range tx.Find(kind, endpoint, nil) {
			out = append(out, o.ID)
		}
	})
	return strings.Join(out, " ")
}

func (b *bench) addon(name string, config m) {
	b.Helper()
	b.tx(func(tx *world.Tx) { b.inside.InstallAddon(tx, endpoint, name, "v1", config) })
}

func TestANewClusterHasWhatEKSInstalls(t *testing.T) {
	b := newBench(t)
	for kind, want := range map[string]string{
		"kube:v1/Namespace":                   "default kube-node-lease kube-public kube-system",
		"kube:apps/v1/DaemonSet":              "kube-system/aws-node kube-system/kube-proxy",
		"kube:apps/v1/Deployment":             "kube-system/coredns",
		"kube:storage.k8s.io/v1/StorageClass": "gp2",
		"kube:policy/v1/PodDisruptionBudget":  "kube-system/coredns",
	} {
		if got := b.objectsOf(kind); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	bare := newBench(t, func(b *bench) {
		b.tx(func(tx *world.Tx) { b.inside.ClusterRemoved(tx, endpoint) })
		b.put(kindCluster, "prd", m{"name": "prd", "endpoint": endpoint, "version": "1.36", "bootstrapSelfManagedAddons": false})
		b.node("a", nil)
	})
	if got := bare.objectsOf("kube:apps/v1/DaemonSet"); got != "" {
		t.Errorf("bootstrapSelfManagedAddons false left %q", got)
	}
}

func TestAddonsBringTheirObjectsAndTakeThemAway(t *testing.T) {
	b := newBench(t)
	b.addon("vpc-cni", m{"eniConfig": m{"create": true, "region": "ap-northeast-2", "subnets": m{
		"ap-northeast-2a": m{"id": "subnet-1", "securityGroups": []any{"sg-1"}}, "ap-northeast-2c": m{"id": "subnet-2"},
	}}})
	if got := b.objectsOf("kube:crd.k8s.amazonaws.com/v1alpha1/ENIConfig"); got != "ap-northeast-2a ap-northeast-2c" {
		t.Errorf("ENIConfigs %q, want one per key of eniConfig.subnets", got)
	}
	b.addon("vpc-cni", m{"eniConfig": m{"create": true, "subnets": m{"ap-northeast-2a": m{"id": "subnet-1"}}}})
	if got := b.objectsOf("kube:crd.k8s.amazonaws.com/v1alpha1/ENIConfig"); got != "ap-northeast-2a" {
		t.Errorf("after an update with one zone less: %q", got)
	}
	b.addon("snapshot-controller", nil)
	b.must("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass", "x", m{
		"metadata": m{"name": "ebs"}, "driver": "ebs.csi.aws.com", "deletionPolicy": "Delete",
	})
	b.addon("metrics-server", m{"replicas": 1.})
	b.tx(func(tx *world.Tx) { b.inside.RemoveAddon(tx, endpoint, "metrics-server") })
	if got := b.objectsOf("kube:apps/v1/Deployment"); got != "kube-system/coredns kube-system/snapshot-controller" {
		t.Errorf("Deployments %q: the removed add-on must be gone, the others stay", got)
	}
	b.addon("coredns", m{"replicaCount": 3.})
	b.world.View(func(tx *world.Tx) {
		o, _ := tx.Get(world.Key{Kind: "kube:apps/v1/Deployment", Scope: endpoint, ID: "kube-system/coredns"})
		if o.Owner != "service:addon/coredns" || number(o.Attrs, 0, "spec", "replicas") != 3 {
			t.Errorf("the managed add-on did not take over CoreDNS: owner %q, %v", o.Owner, o.Attrs["spec"])
		}
	})
}

func TestAnAddonWithoutNodesOrCredentialsIsUnhealthy(t *testing.T) {
	b := newBench(t)
	health := func(name string) (out string) {
		b.tx(func(tx *world.Tx) { out = b.inside.AddonHealth(tx, endpoint, name) })
		return out
	}
	b.addon("coredns", nil)
	if got := health("coredns"); got != "" {
		t.Errorf("with two nodes: %s", got)
	}
	b.addon("aws-ebs-csi-driver", nil)
	if got := health("aws-ebs-csi-driver"); !strings.Contains(got, "no AWS credentials for service account \"ebs-csi-controller-sa\"") {
		t.Errorf("without an association: %q", got)
	}
	b.addon("eks-pod-identity-agent", nil)
	b.put(kindAddon, "prd:aws-ebs-csi-driver", m{"clusterName": "prd", "addonName": "aws-ebs-csi-driver",
		"podIdentityAssociations": []any{m{"serviceAccount": "ebs-csi-controller-sa", "roleArn": "arn:aws:iam::111111111111:role/ebs"}}})
	if got := health("aws-ebs-csi-driver"); got != "" {
		t.Errorf("with the add-on's own association: %s", got)
	}
	b.tx(func(tx *world.Tx) {
		b.inside.NodeRemoved(tx, endpoint, "a")
		b.inside.NodeRemoved(tx, endpoint, "b")
	})
	if got := health("coredns"); !strings.Contains(got, "no nodes available to schedule pods") {
		t.Errorf("without nodes: %q", got)
	}
}

func TestTheSchedulerRespectsNodes(t *testing.T) {
	taint := []any{m{"key": "dedicated", "value": "gpu", "effect": "NO_SCHEDULE"}}
	pod := func(extra m) m {
		in := deploymentInputs("x", 1, "10m")
		spec := in["spec"].(m)["template"].(m)["spec"].(m)
		for k, v := range extra {
			spec[k] = v
		}
		return in
	}
	anti := m{"podAntiAffinity": m{"requiredDuringSchedulingIgnoredDuringExecution": []any{m{"topologyKey": "kubernetes.io/hostname", "labelSelector": m{"matchLabels": m{"app": "x"}}}}}}
	only := func(op string, values ...any) m {
		expr := m{"key": "zone", "operator": op}
		if len(values) > 0 {
			expr["values"] = values
		}
		return m{"affinity": m{"nodeAffinity": m{"requiredDuringSchedulingIgnoredDuringExecution": m{"nodeSelectorTerms": []any{m{"matchExpressions": []any{expr}}}}}}}
	}
	three := pod(m{"affinity": anti})
	three["spec"].(m)["replicas"] = 3.
	for name, c := range map[string]struct {
		in     m
		taints []any
		want   string
	}{
		"a pod without wishes":         {pod(nil), nil, ""},
		"a selector that fits":         {pod(m{"nodeSelector": m{"zone": "za"}}), nil, ""},
		"a selector that fits nowhere": {pod(m{"nodeSelector": m{"zone": "zz"}}), nil, "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."},
		"affinity In":                  {pod(only("In", "za")), nil, ""},
		"affinity NotIn both":          {pod(only("NotIn", "za", "zb")), nil, "didn't match Pod's node affinity/selector"},
		"affinity Exists":              {pod(only("Exists")), nil, ""},
		"affinity DoesNotExist":        {pod(only("DoesNotExist")), nil, "didn't match Pod's node affinity/selector"},
		"a taint in EKS spelling":      {pod(nil), taint, "0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}."},
		"a toleration of that taint":   {pod(m{"tolerations": []any{m{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}}}), taint, ""},
		"a toleration of another one":  {pod(m{"tolerations": []any{m{"key": "dedicated", "value": "cpu", "effect": "NoSchedule"}}}), taint, "untolerated taint"},
		"three pods apart on two":      {three, nil, "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(b *bench) {
				for _, n := range []string{"a", "b"} {
					b.tx(func(tx *world.Tx) { b.inside.NodeRemoved(tx, endpoint, n) })
					b.node(n, c.taints)
				}
			})
			err := b.apply(typeDeployment, "x", c.in)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestNodesFillUp(t *testing.T) {
	b := newBench(t)
	// Two nodes of 29 pods carry aws-node and kube-proxy each, and two CoreDNS pods: 52 places are left.
	if err := b.apply(typeDeployment, "x", deploymentInputs("x", 52, "1m")); err != nil {
		t.Fatalf("52 pods fit: %v", err)
	}
	if err := b.apply(typeDeployment, "y", deploymentInputs("y", 1, "1m")); err == nil || !strings.Contains(err.Error(), "0/2 nodes are available: 2 Too many pods.") {
		t.Errorf("the 53rd: %v", err)
	}
}

func TestDeletingANamespaceTakesItsContents(t *testing.T) {
	b := newBench(t)
	b.must(typeNamespace, "n", m{"metadata": m{"name": "apps"}})
	b.must(typeConfigMap, "c", m{"metadata": m{"name": "c", "namespace": "apps"}})
	if err := b.remove(typeNamespace, "n"); err != nil {
		t.Fatal(err)
	}
	if b.exists("kube:v1/ConfigMap", "apps/c") || b.exists("kube:v1/Namespace", "apps") {
		t.Error("something of the namespace is left")
	}
	if err := b.remove(typeConfigMap, "c"); err != nil {
		t.Errorf("deleting what is gone is a success: %v", err)
	}
}

func TestAClaimInUseIsProtected(t *testing.T) {
	b := newBench(t)
	b.must(typeClaim, "c", with(inSystem("data"), m{"spec": m{"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "gp2", "resources": m{"requests": m{"storage": "1Gi"}}}}))
	in := deploymentInputs("d", 1, "10m")
	in["spec"].(m)["template"].(m)["spec"].(m)["volumes"] = []any{m{"name": "v", "persistentVolumeClaim": m{"claimName": "data"}}}
	b.must(typeDeployment, "d", in)
	if err := b.remove(typeClaim, "c"); err == nil || !strings.Contains(err.Error(), "kubernetes.io/pvc-protection") {
		t.Errorf("in use: %v", err)
	}
	if err := b.remove(typeDeployment, "d"); err != nil {
		t.Fatal(err)
	}
	if err := b.remove(typeClaim, "c"); err != nil {
		t.Errorf("no longer in use: %v", err)
	}
}

func TestOlderMinorsServeOlderKinds(t *testing.T) {
	for name, c := range map[string]struct {
		typ   string
		minor int
		want  bool
	}{
		"apps/v1 always":              {"kubernetes:apps/v1:Deployment", 34, true},
		"policy/v1beta1 until 1.24":   {"kubernetes:policy/v1beta1:PodDisruptionBudget", 24, true},
		"policy/v1beta1 gone in 1.25": {"kubernetes:policy/v1beta1:PodDisruptionBudget", 25, false},
		"a beta of today is off":      {"kubernetes:networking.k8s.io/v1beta1:ServiceCIDR", 33, false},
		"an alpha is off":             {"kubernetes:networking.k8s.io/v1alpha1:IPAddress", 30, false},
		"a CRD":                       {typeCRD, 36, true},
		"a kind that no version has":  {"kubernetes:apps/v1:Deploiment", 36, false},
		"options are no objects":      {"kubernetes:core/v1:PodLogOptions", 36, false},
	} {
		gvk, err := kindOf(c.typ, m{})
		if err != nil {
			t.Fatal(err)
		}
		if got := builtIn(gvk, c.minor); got != c.want {
			t.Errorf("%s: served in 1.%d: %t, want %t", name, c.minor, got, c.want)
		}
	}
}

func TestTheSimulationIsDeterministic(t *testing.T) {
	save := func() string {
		b := karpenterBench(t)
		b.must(typeDeployment, "big", deploymentInputs("big", 2, "4"))
		text, err := b.world.Save()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if first, second := save(), save(); first != second {
		t.Error("the same program made two different worlds from one seed")
	}
}
