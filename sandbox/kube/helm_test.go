package kube

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func TestHelmReleaseLifecycle(t *testing.T) {
	b := newBench(t)
	b.must(tokenRelease, "x", with(externalSecrets(), m{"namespace": "secrets", "createNamespace": true}))
	key := tokenRelease + "x"
	out, _ := plainMap(b.states[key])
	if got := fmt.Sprintf("%v %v %v", nested.At(out, "status", "status"), nested.At(out, "status", "revision"), nested.At(out, "status", "appVersion")); got != "deployed 1 v2.11.0" {
		t.Errorf("status %s", got)
	}
	if got := fmt.Sprint(nested.List(out, "resourceNames", "Deployment.apps/apps/v1")); got != "[secrets/external-secrets secrets/external-secrets-cert-controller secrets/external-secrets-webhook]" {
		t.Errorf("resourceNames %s", got)
	}
	b.must(tokenRelease, "x", with(externalSecrets(), m{"namespace": "secrets", "createNamespace": true, "values": m{"replicaCount": 2.}}))
	if out, _ = plainMap(b.states[key]); number(out, 0, "status", "revision") != 2 {
		t.Errorf("revision %v after an upgrade", nested.At(out, "status", "revision"))
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
	if _, err := b.p.Interrupt(urnFor(tokenRelease, "x"), tokenRelease, in, false); err != nil {
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

// TestAReleaseLeftHalfWayIsSettled: what recovery does, as a person would.
func TestAReleaseLeftHalfWayIsSettled(t *testing.T) {
	const id = "kube-system/external-secrets"
	settle := func(b *bench) (command string) {
		b.tx(func(tx *world.Tx) {
			for _, o := range tx.Find("", "", nil) {
				got, err := b.inside.Settle(tx, o)
				if err != nil {
					b.Error(err)
				}
				command += got
			}
		})
		return command
	}
	interrupt := func(b *bench, in m, update bool) {
		props, err := b.check(tokenRelease, "x", propertyMap(in))
		if err != nil {
			b.Fatal(err)
		}
		if half, err := b.p.Interrupt(urnFor(tokenRelease, "x"), tokenRelease, props, update); err != nil || !half {
			b.Fatalf("interrupted %v: %v", half, err)
		}
	}
	t.Run("an install", func(t *testing.T) {
		b := newBench(t)
		before := b.objectsOf("kube:apps/v1/Deployment")
		interrupt(b, externalSecrets(), false)
		if got := settle(b); got != "helm uninstall external-secrets -n kube-system" {
			t.Errorf("settled by %q", got)
		}
		if b.exists(kindRelease, id) || b.objectsOf("kube:apps/v1/Deployment") != before {
			t.Errorf("the release is still there, or its Deployments: %s", b.objectsOf("kube:apps/v1/Deployment"))
		}
		b.must(tokenRelease, "x", externalSecrets())
		if got := settle(b); got != "" {
			t.Errorf("a release that is well is settled: %s", got)
		}
	})
	t.Run("an upgrade", func(t *testing.T) {
		b := newBench(t)
		b.must(tokenRelease, "x", externalSecrets())
		replicas := func() (n float64) {
			b.world.View(func(tx *world.Tx) {
				o, _ := tx.Get(world.Key{Kind: "kube:apps/v1/Deployment", Scope: endpoint, ID: id})
				n = number(o.Attrs, 1, "spec", "replicas")
			})
			return n
		}
		was := replicas()
		interrupt(b, with(externalSecrets(), m{"values": m{"replicaCount": was + 1}}), true)
		if replicas() != was+1 {
			t.Fatalf("%v replicas, want those of the upgrade that was under way", replicas())
		}
		if got := settle(b); got != "helm rollback external-secrets -n kube-system" || replicas() != was {
			t.Errorf("settled by %q, %v replicas, want %v", got, replicas(), was)
		}
		b.must(tokenRelease, "x", with(externalSecrets(), m{"values": m{"concurrent": 2}}))
	})
}
