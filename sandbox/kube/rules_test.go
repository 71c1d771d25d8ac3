package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// ruleCases break every rule of this package once. do must fail with the text
// while the rule is on, and succeed when only that rule is off.
var ruleCases = map[string]struct {
	want string
	do   func(b *bench) error
}{
	"kube.cluster-exists": {
		"configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get \"https://gone.example/openapi/v2?timeout=32s\": dial tcp: lookup gone.example: no such host",
		func(b *bench) error {
			b.configure(m{"kubeconfig": kubeconfigOf("https://gone.example")})
			return b.apply(typeNamespace, "x", m{"metadata": m{"name": "x"}})
		},
	},
	"kube.access-entry": {
		"configured Kubernetes cluster is unreachable: unable to load schema information from the API server: the server has asked for the client to provide credentials",
		func(b *bench) error {
			b.drop(kindEntry, awsScope, "prd:"+deployer)
			return b.apply(typeNamespace, "x", m{"metadata": m{"name": "x"}})
		},
	},
	"kube.access-policy": {
		`namespaces is forbidden: User "arn:aws:sts::111111111111:assumed-role/deployer/{{SessionName}}" cannot create resource "namespaces" in API group "" at the cluster scope`,
		func(b *bench) error {
			b.drop(kindPolicy, awsScope, "prd:"+deployer+":admin")
			return b.apply(typeNamespace, "x", m{"metadata": m{"name": "x"}})
		},
	},
	"kube.kind-served": {
		`no matches for kind "PodDisruptionBudget" in version "policy/v1beta1"`,
		func(b *bench) error {
			return b.apply("kubernetes:policy/v1beta1:PodDisruptionBudget", "x", with(inSystem("x"), m{"spec": m{"maxUnavailable": 1}}))
		},
	},
	"kube.crd-before-resource": {
		`with kind karpenter.sh/v1/NodePool failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: no matches for kind "NodePool" in version "karpenter.sh/v1"`,
		func(b *bench) error { return b.apply(typeNodePool, "x", nodePoolInputs("x")) },
	},
	"kube.known-fields": {
		`Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"`,
		func(b *bench) error {
			in := deploymentInputs("x", 1, "10m")
			in["spec"].(m)["replica"] = 2.
			return b.apply(typeDeployment, "x", in)
		},
	},
	"kube.custom-known-fields": {
		`NodePool in version "v1" cannot be handled as a NodePool: strict decoding error: unknown field "spec.limit"`,
		func(b *bench) error {
			b.must(tokenRelease, "crd", chartRelease("crd", "oci://public.ecr.aws/karpenter/karpenter-crd", "", "1.14.1", m{}))
			in := nodePoolInputs("x")
			in["spec"].(m)["limit"] = m{}
			return b.apply(typeNodePool, "x", in)
		},
	},
	"kube.names-and-labels": {
		`ConfigMap "Upper" is invalid: metadata.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain must consist of`,
		func(b *bench) error { return b.apply(typeConfigMap, "x", inSystem("Upper")) },
	},
	"kube.spec-valid": {
		"Deployment.apps \"x\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not match template `labels`",
		func(b *bench) error {
			in := deploymentInputs("x", 1, "10m")
			in["spec"].(m)["template"].(m)["metadata"] = m{"labels": m{"app": "other"}}
			return b.apply(typeDeployment, "x", in)
		},
	},
	"kube.namespace-first": {
		`was not successfully created by the Kubernetes API server: namespaces "missing" not found`,
		func(b *bench) error {
			return b.apply(typeConfigMap, "x", m{"metadata": m{"name": "x", "namespace": "missing"}})
		},
	},
	"kube.namespace-terminating": {
		`configmaps "x" is forbidden: unable to create new content in namespace going because it is being terminated`,
		func(b *bench) error {
			b.must(typeNamespace, "going", m{"metadata": m{"name": "going"}})
			b.tx(func(tx *world.Tx) {
				o, _ := tx.Get(world.Key{Kind: "kube:v1/Namespace", Scope: endpoint, ID: "going"})
				o.Attrs["metadata"].(m)["deletionTimestamp"] = "2026-11-21T00:00:00Z"
				tx.Put(o)
			})
			return b.apply(typeConfigMap, "x", m{"metadata": m{"name": "x", "namespace": "going"}})
		},
	},
	"kube.name-unique": {
		`configmaps "x" already exists`,
		func(b *bench) error {
			b.must(typeConfigMap, "first", inSystem("x"))
			return b.apply(typeConfigMap, "second", inSystem("x"))
		},
	},
	"kube.immutable-fields": {
		`StorageClass.storage.k8s.io "fast" is invalid: reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.`,
		func(b *bench) error {
			in := m{"metadata": m{"name": "fast"}, "provisioner": "ebs.csi.aws.com", "reclaimPolicy": "Delete"}
			b.must(typeClass, "x", in)
			return b.apply(typeClass, "x", with(in, m{"reclaimPolicy": "Retain"}))
		},
	},
	"kube.pods-need-nodes": {
		"[Pod kube-system/x]: 0/2 nodes are available: 2 Insufficient cpu.",
		func(b *bench) error { return b.apply(typeDeployment, "x", deploymentInputs("x", 1, "4")) },
	},
	"kube.pod-needs-identity": {
		`Pod "karpenter": container is in CrashLoopBackOff: no AWS credentials for service account "karpenter"`,
		func(b *bench) error { return b.apply(tokenRelease, "karpenter", karpenterRelease()) },
	},
	"kube.finalizers": {
		"timed out waiting for the condition: finalizers might be preventing deletion (karpenter.sh/termination)",
		func(b *bench) error {
			identity(b, "karpenter")
			b.must(tokenRelease, "karpenter", karpenterRelease())
			b.must(typeNodeClass, "class", nodeClassInputs())
			b.must(typeNodePool, "pool", nodePoolInputs("pool"))
			if err := b.remove(tokenRelease, "karpenter"); err != nil {
				return err
			}
			return b.remove(typeNodePool, "pool")
		},
	},
	"kube.claim-needs-class": {
		`storageclass.storage.k8s.io "missing" not found`,
		func(b *bench) error {
			return b.apply(typeClaim, "x", with(inSystem("x"), m{"spec": m{
				"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "missing", "resources": m{"requests": m{"storage": "1Gi"}},
			}}))
		},
	},
	"kube.load-balancer-controller": {
		"Service was not allocated an IP address; does your cloud provider support this?",
		func(b *bench) error {
			return b.apply(typeService, "x", with(inSystem("x"), m{"spec": m{"type": "LoadBalancer", "ports": []any{m{"port": 80}}}}))
		},
	},
	"kube.token-needs-account": {
		`serviceaccounts "nobody" not found`,
		func(b *bench) error {
			return b.apply("kubernetes:core/v1:Secret", "x", m{"type": typeToken, "metadata": m{
				"name": "token", "namespace": "kube-system", "annotations": m{tokenAccount: "nobody"}}})
		},
	},
	"helm.chart-exists": {
		`chart "external-secrets" version "9.9.9" not found in https://charts.external-secrets.io repository; check the chart name and repository configuration.`,
		func(b *bench) error {
			in := with(externalSecrets(), m{"version": "9.9.9"})
			if b.driver != nil {
				return b.driver.Check(tokenRelease, "x", in)
			}
			_, err := b.check(tokenRelease, "x", propertyMap(in))
			return err
		},
	},
	"helm.kube-version": {
		"chart requires kubeVersion: >= 1.19.0-0 which is incompatible with Kubernetes v1.18.0",
		func(b *bench) error {
			b.putCluster("1.18")
			return b.apply(tokenRelease, "x", externalSecrets())
		},
	},
	"helm.release-name": {
		"cannot re-use a name that is still in use",
		func(b *bench) error {
			b.must(tokenRelease, "first", externalSecrets())
			return b.apply(tokenRelease, "second", externalSecrets())
		},
	},
	"helm.operation-in-progress": {
		"another operation (install/upgrade/rollback) is in progress",
		func(b *bench) error {
			b.must(tokenRelease, "x", externalSecrets())
			in, err := b.check(tokenRelease, "x", propertyMap(externalSecrets()))
			if err != nil {
				return err
			}
			if err := b.p.Interrupt(urnFor(tokenRelease, "x"), tokenRelease, in, true); err != nil {
				return err
			}
			return b.apply(tokenRelease, "x", with(externalSecrets(), m{"values": m{"concurrent": 2}}))
		},
	},
	"helm.release-exists": {
		"release: not found",
		func(b *bench) error {
			b.must(tokenRelease, "x", externalSecrets())
			b.drop(kindRelease, endpoint, "kube-system/external-secrets")
			return b.remove(tokenRelease, "x")
		},
	},
	"helm.namespace-first": {
		`create: failed to create: namespaces "missing" not found`,
		func(b *bench) error {
			return b.apply(tokenRelease, "x", with(externalSecrets(), m{"namespace": "missing"}))
		},
	},
	"helm.kinds-exist": {
		`no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"`,
		func(b *bench) error {
			return b.apply(tokenRelease, "x", with(externalSecrets(), m{"values": m{"serviceMonitor": m{"enabled": true}}}))
		},
	},
	"helm.object-ownership": {
		`ServiceAccount "external-secrets" in namespace "kube-system" exists and cannot be imported into the current release: invalid ownership metadata`,
		func(b *bench) error {
			b.must("kubernetes:core/v1:ServiceAccount", "sa", inSystem("external-secrets"))
			return b.apply(tokenRelease, "x", externalSecrets())
		},
	},
	"helm.release-ready": {
		`Helm release "kube-system/external-secrets" was created, but failed to initialize completely. Use Helm CLI to investigate: context deadline exceeded: Deployment kube-system/external-secrets`,
		func(b *bench) error {
			b.drop("kube:v1/Node", endpoint, "a")
			b.drop("kube:v1/Node", endpoint, "b")
			return b.apply(tokenRelease, "x", externalSecrets())
		},
	},
}

func TestEveryRuleRefusesAndYieldsWhenDisabled(t *testing.T) {
	for name, c := range ruleCases {
		t.Run(name, func(t *testing.T) {
			err := c.do(newBench(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("with the rule on: %v\nwant it to contain: %s", err, c.want)
			}
			off := newBench(t, func(b *bench) { b.rules.Disable(name) })
			if err := c.do(off); err != nil {
				t.Errorf("with only this rule off: %v", err)
			}
		})
	}
}

func TestEveryRuleHasACase(t *testing.T) {
	for _, r := range rule.All() {
		if r.Service != "kubernetes" && r.Service != "helm" {
			continue
		}
		if _, ok := ruleCases[r.Name]; !ok {
			t.Errorf("rule %s has no case that breaks it", r.Name)
		}
	}
}
