package kube

import (
	"fmt"
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

// karpenterBench has Karpenter running with one pool.
func karpenterBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	identity(b, "karpenter")
	b.must(tokenRelease, "karpenter", karpenterRelease())
	b.must(typeNodeClass, "class", nodeClassInputs())
	b.must(typeNodePool, "pool", nodePoolInputs("pool"))
	return b
}

func (b *bench) instances() int {
	n := 0
	b.world.View(func(tx *world.Tx) { n = len(tx.Find("hidden:ec2/Instance", awsScope, nil)) })
	return n
}

func TestKarpenterLaunchesNodesOnlyForPodsThatFitNowhere(t *testing.T) {
	b := karpenterBench(t)
	if n := b.instances(); n != 0 {
		t.Fatalf("%d instances before any pod waits", n)
	}
	b.must(typeDeployment, "big", deploymentInputs("big", 3, "4"))
	if n := b.instances(); n != 3 {
		t.Errorf("%d instances for three pods of 4 vCPU, want 3", n)
	}
	if err := b.apply(typeDeployment, "more", deploymentInputs("more", 9, "4")); err == nil {
		t.Error("the pool's limit of 64 vCPU is 8 nodes; 12 pods need 12")
	}
	if n := b.instances(); n != 8 {
		t.Errorf("%d instances, want the pool's limit, 8", n)
	}
	if err := b.remove(typeNodePool, "pool"); err != nil {
		t.Fatalf("delete the pool: %v", err)
	}
	if n := b.instances(); n != 0 {
		t.Errorf("%d instances after the pool is gone", n)
	}
	if err := b.remove(typeNodeClass, "class"); err != nil {
		t.Errorf("delete the class: %v", err)
	}
}

func TestANodeClassStaysWhileItsNodesRun(t *testing.T) {
	b := karpenterBench(t)
	b.must(typeDeployment, "big", deploymentInputs("big", 1, "4"))
	if err := b.remove(typeNodeClass, "class"); err == nil || !strings.Contains(err.Error(), "karpenter.k8s.aws/termination") {
		t.Errorf("got %v", err)
	}
}

func TestRemovingTheCRDChartWithItsControllerGoneHangs(t *testing.T) {
	b := newBench(t)
	identity(b, "karpenter")
	b.must(tokenRelease, "crd", chartRelease("crd", "oci://public.ecr.aws/karpenter/karpenter-crd", "", "1.14.1", m{}))
	b.must(tokenRelease, "karpenter", with(karpenterRelease(), m{"skipCrds": true}))
	b.must(typeNodeClass, "class", nodeClassInputs())
	b.must(typeNodePool, "pool", nodePoolInputs("pool"))
	if err := b.remove(tokenRelease, "karpenter"); err != nil {
		t.Fatal(err)
	}
	if err := b.remove(tokenRelease, "crd"); err == nil || !strings.Contains(err.Error(), "customresourcecleanup.apiextensions.k8s.io") {
		t.Errorf("got %v", err)
	}
}

func TestKarpenterNeedsItsCRDs(t *testing.T) {
	b := newBench(t)
	identity(b, "karpenter")
	err := b.apply(tokenRelease, "karpenter", with(karpenterRelease(), m{"skipCrds": true}))
	if err == nil || !strings.Contains(err.Error(), `no matches for kind "NodePool" in version "karpenter.sh/v1"`) {
		t.Errorf("got %v", err)
	}
}

func TestHelmReleaseLifecycle(t *testing.T) {
	b := newBench(t)
	b.must(tokenRelease, "x", with(externalSecrets(), m{"namespace": "secrets", "createNamespace": true}))
	key := tokenRelease + "x"
	out, _ := plainMap(b.states[key])
	if got := fmt.Sprintf("%v %v %v", at(out, "status", "status"), at(out, "status", "revision"), at(out, "status", "appVersion")); got != "deployed 1 v2.11.0" {
		t.Errorf("status %s", got)
	}
	if got := fmt.Sprint(list(out, "resourceNames", "Deployment.apps/apps/v1")); got != "[secrets/external-secrets secrets/external-secrets-cert-controller secrets/external-secrets-webhook]" {
		t.Errorf("resourceNames %s", got)
	}
	b.must(tokenRelease, "x", with(externalSecrets(), m{"namespace": "secrets", "createNamespace": true, "values": m{"replicaCount": 2.}}))
	if out, _ = plainMap(b.states[key]); number(out, 0, "status", "revision") != 2 {
		t.Errorf("revision %v after an upgrade", at(out, "status", "revision"))
	}
	if err := b.remove(tokenRelease, "x"); err != nil {
		t.Fatal(err)
	}
	if b.exists("kube:apps/v1/Deployment", "secrets/external-secrets") || !b.exists("kube:v1/Namespace", "secrets") {
		t.Error("uninstall must remove the workloads and leave the namespace that createNamespace made")
	}
	if err := b.remove(tokenRelease, "x"); err == nil {
		t.Error("a second delete of the same release must fail")
	}
}

func TestAtomicInstallLeavesNothing(t *testing.T) {
	b := newBench(t)
	in := with(externalSecrets(), m{"atomic": true, "values": m{"resources": m{"requests": m{"cpu": "64"}}}})
	if err := b.apply(tokenRelease, "x", in); err == nil || !strings.Contains(err.Error(), "has been uninstalled due to atomic being set") {
		t.Errorf("got %v", err)
	}
	if _, saved := b.ids[tokenRelease+"x"]; saved || b.exists(kindRelease, "kube-system/external-secrets") || b.exists("kube:apps/v1/Deployment", "kube-system/external-secrets") {
		t.Error("the failed install left something")
	}
}

func TestCRDsWithTheKeepPolicyStay(t *testing.T) {
	b := newBench(t)
	in := chartRelease("base", "base", "https://blob.istio.io/istio-release/charts", "1.31.1", m{})
	b.must(tokenRelease, "x", in)
	if err := b.remove(tokenRelease, "x"); err != nil {
		t.Fatal(err)
	}
	if !b.exists("kube:apiextensions.k8s.io/v1/CustomResourceDefinition", "virtualservices.networking.istio.io") {
		t.Error("a CRD with helm.sh/resource-policy keep was removed")
	}
	if len(b.p.log.sent) != 1 || !strings.Contains(b.p.log.sent[0], "kept due to the resource policy") {
		t.Errorf("warnings %q", b.p.log.sent)
	}
	b.must(tokenRelease, "x", in) // a release of the same name adopts them
}

func TestAReleaseAfterAnInterruptedInstall(t *testing.T) {
	b := newBench(t)
	in, err := b.check(tokenRelease, "x", propertyMap(externalSecrets()))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.p.Interrupt(urnFor(tokenRelease, "x"), tokenRelease, in, false); err != nil {
		t.Fatal(err)
	}
	if err := b.apply(tokenRelease, "x", externalSecrets()); err == nil || !strings.Contains(err.Error(), "cannot re-use a name that is still in use") {
		t.Errorf("a second install: %v", err)
	}
	b.ids[tokenRelease+"x"], b.inputs[tokenRelease+"x"] = "kube-system/external-secrets", in // adopted by import
	if err := b.apply(tokenRelease, "x", externalSecrets()); err == nil || !strings.Contains(err.Error(), "another operation (install/upgrade/rollback) is in progress") {
		t.Errorf("an upgrade of the adopted release: %v", err)
	}
	if err := b.remove(tokenRelease, "x"); err != nil {
		t.Errorf("uninstalling is the way out: %v", err)
	}
	delete(b.ids, tokenRelease+"x")
	b.must(tokenRelease, "x", externalSecrets())
}

func TestUnknownChartValuesWarn(t *testing.T) {
	b := newBench(t)
	if _, err := b.check(tokenRelease, "x", propertyMap(with(externalSecrets(), m{"values": m{"replicas": 2., "replicaCount": 2.}}))); err != nil {
		t.Fatal(err)
	}
	if len(b.p.log.sent) != 1 || !strings.Contains(b.p.log.sent[0], `chart external-secrets 2.11.0 has no value "replicas"`) {
		t.Errorf("warnings %q", b.p.log.sent)
	}
}

func TestChartReferences(t *testing.T) {
	const eso = "https://charts.external-secrets.io"
	for name, c := range map[string]struct{ chart, repo, version, want string }{
		"a chart of a repository":            {"external-secrets", eso, "2.11.0", ""},
		"a trailing slash in the repository": {"metrics-server", "https://kubernetes-sigs.github.io/metrics-server", "3.14.0", ""},
		"a version without its v":            {"cert-manager", "https://charts.jetstack.io", "1.21.2", ""},
		"no version is the newest":           {"external-secrets", eso, "", ""},
		"a range":                            {"external-secrets", eso, "~2.10.0", ""},
		"an OCI reference":                   {"oci://public.ecr.aws/karpenter/karpenter", "", "1.14.1", ""},
		"an unknown chart":                   {"nothing", eso, "", `chart "nothing" not found in https://charts.external-secrets.io repository`},
		"an unknown repository":              {"external-secrets", "https://charts.example.com", "", "is not a valid chart repository or cannot be reached"},
		"repo/chart with a repository":       {"eso/external-secrets", eso, "", `chart "eso/external-secrets" not found`},
		"no repository at all":               {"external-secrets", "", "", "no repository is given"},
		"an OCI repository beside a name":    {"karpenter", "oci://public.ecr.aws/karpenter", "", "put the whole oci:// reference into chart"},
		"an unknown OCI reference":           {"oci://public.ecr.aws/karpenter/other", "", "", "not found"},
		"an unknown OCI version":             {"oci://public.ecr.aws/karpenter/karpenter", "", "0.1.0", "public.ecr.aws/karpenter/karpenter:0.1.0: not found"},
	} {
		_, _, err := loadChart(c.chart, c.repo, c.version)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEveryChartOfTheLibraryInstalls(t *testing.T) {
	values := map[string]m{
		"aws-load-balancer-controller": {"clusterName": "prd", "replicaCount": 1.},
		"cluster-autoscaler":           {"autoDiscovery": m{"clusterName": "prd"}, "rbac": m{"serviceAccount": m{"name": "cluster-autoscaler"}}},
		"cert-manager":                 {"crds": m{"enabled": true}},
		"gateway":                      {"service": m{"type": "ClusterIP"}},
	}
	before := map[string][]string{"istiod": {"base"}, "gateway": {"base", "istiod"}} // what has to be there first
	for i := range charts {
		c := &charts[i]
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			for _, sa := range []string{"karpenter", "cluster-autoscaler", "external-dns"} {
				identity(b, sa)
			}
			b.node("large", nil)
			b.tx(func(tx *world.Tx) {
				o, _ := tx.Get(world.Key{Kind: "kube:v1/Node", Scope: endpoint, ID: "large"})
				o.Attrs["allocatable"] = m{"cpu": "16", "memory": "64Gi", "pods": 110.}
				tx.Put(o)
			})
			for _, name := range append(before[c.name], c.name) {
				ref, repo := name, ""
				for j := range charts {
					if charts[j].name == name {
						if len(charts[j].repos) > 0 {
							repo = charts[j].repos[0]
						} else {
							ref = charts[j].oci[0]
						}
					}
				}
				b.must(tokenRelease, name, chartRelease(name, ref, repo, "", values[name]))
			}
			if err := b.remove(tokenRelease, c.name); err != nil {
				t.Errorf("uninstall: %v", err)
			}
		})
	}
}

func TestEveryChartRendersWhatTheUpstreamTypesAccept(t *testing.T) {
	for i := range charts {
		c := &charts[i]
		objs, err := c.render(render{chart: c, release: c.name, namespace: "x", version: c.versions[0].version, values: m{"clusterName": "prd", "autoDiscovery": m{"clusterName": "prd"}}, minor: 36})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, d := range c.crds {
			objs = append(objs, d.object())
		}
		for _, o := range objs {
			gvk, err := kindOf("kubernetes:"+text(o, "apiVersion")+":"+text(o, "kind"), o)
			if text(o, "apiVersion") == "v1" {
				gvk, err = kindOf("kubernetes:core/v1:"+text(o, "kind"), o)
			}
			if err != nil {
				t.Fatal(err)
			}
			if gvk.Group == "apiregistration.k8s.io" {
				continue // its types are not in k8s.io/api
			}
			if _, err := typed(gvk, visible(o)); err != nil {
				t.Errorf("%s: %s %s: %v", c.name, gvk.Kind, text(o, "metadata", "name"), err)
			}
		}
	}
	for name, a := range addons {
		for _, o := range a.objects(nil) {
			kind := "kubernetes:" + text(o, "apiVersion") + ":" + text(o, "kind")
			if text(o, "apiVersion") == "v1" {
				kind = "kubernetes:core/v1:" + text(o, "kind")
			}
			gvk, err := kindOf(kind, o)
			if err != nil {
				t.Fatal(err)
			}
			if gvk.Group == "apiregistration.k8s.io" {
				continue
			}
			if _, err := typed(gvk, visible(o)); err != nil {
				t.Errorf("add-on %s: %s: %v", name, gvk.Kind, err)
			}
		}
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
