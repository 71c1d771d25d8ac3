package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
)

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
