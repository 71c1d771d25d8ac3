package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/ladder-platform/ladder/sandbox/world"
)

func custom(kind, name string, inputs object) apitype.ResourceV3 {
	return apitype.ResourceV3{
		URN:    resource.NewURN("dev", "ladder", "", tokens.Type(kind), name),
		Custom: true, Type: tokens.Type(kind), Inputs: inputs,
	}
}

func TestExportKeepsWhatJudgesNeed(t *testing.T) {
	namespace := object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": "apps"}}
	document := `{"Version":"2012-10-17","Statement":[]}`
	for name, c := range map[string]struct {
		in   apitype.ResourceV3
		want []object
	}{
		"an object of Kubernetes as it is": {custom("kubernetes:core/v1:Namespace", "apps", namespace), []object{namespace}},
		"a release as an object": {
			custom("kubernetes:helm.sh/v3:Release", "karpenter", object{"name": "karpenter", "namespace": "kube-system", "chart": "karpenter"}),
			[]object{{
				"apiVersion": "helm.sh/v3", "kind": "Release", "metadata": object{"name": "karpenter", "namespace": "kube-system"},
				"spec": object{"name": "karpenter", "namespace": "kube-system", "chart": "karpenter"},
			}},
		},
		"a release with what was made of it": {
			func() apitype.ResourceV3 {
				r := custom("kubernetes:helm.sh/v3:Release", "ztunnel", object{"name": "ztunnel"})
				r.Outputs = object{"resourceNames": object{"DaemonSet.apps/apps/v1": []any{"istio-system/ztunnel"}}}
				return r
			}(),
			[]object{{
				"apiVersion": "helm.sh/v3", "kind": "Release", "metadata": object{"name": "ztunnel"}, "spec": object{"name": "ztunnel"},
				"status": object{"resourceNames": object{"DaemonSet.apps/apps/v1": []any{"istio-system/ztunnel"}}},
			}},
		},
		"a Secret without its contents": {
			custom("kubernetes:core/v1:Secret", "cacerts", object{"kind": "Secret", "type": "Opaque", "data": object{resource.SigKey: resource.SecretSig}}),
			[]object{{"kind": "Secret", "type": "Opaque"}},
		},
		"a policy document by any property": {
			custom("aws:iam/role:Role", "node", object{"assumeRolePolicy": document, "description": "{}", "name": "node"}),
			[]object{{
				"apiVersion": "iam/2012-10-17", "kind": "Policy",
				"metadata": object{"name": "node/assumeRolePolicy"}, "spec": object{"document": document},
			}},
		},
		"no component":                     {apitype.ResourceV3{Type: "kubernetes:component:Thing", Inputs: namespace}, nil},
		"no provider":                      {custom("pulumi:providers:kubernetes", "cluster", object{"kubeconfig": "x"}), nil},
		"nothing that is pending deletion": {apitype.ResourceV3{Type: "kubernetes:core/v1:Namespace", Custom: true, Delete: true, Inputs: namespace}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := export([]apitype.ResourceV3{c.in})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestExportRefusesSecrets(t *testing.T) {
	secret := object{resource.SigKey: resource.SecretSig, "ciphertext": "v1:x"}
	_, err := export([]apitype.ResourceV3{custom("kubernetes:core/v1:ConfigMap", "a", object{
		"kind": "ConfigMap", "data": object{"list": []any{"plain", secret}},
	})})
	if err == nil || !strings.Contains(err.Error(), "data.list[1] is a secret") {
		t.Errorf("error %v, want one that names data.list[1]", err)
	}
}

func TestChainsComeOutOfTheCluster(t *testing.T) {
	w := world.New(1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err := w.Tx(func(tx *world.Tx) error {
		tx.Put(&world.Object{Kind: "aws:eks/cluster:Cluster", Scope: "1/r", ID: "prd-main", Attrs: map[string]any{"endpoint": "https://a"}})
		tx.Put(&world.Object{Kind: "kube:v1/Secret", Scope: "https://a", ID: "istio-system/cacerts", Name: "cacerts", Attrs: map[string]any{"data": map[string]any{"root-cert.pem": "cm9vdA=="}}})
		tx.Put(&world.Object{Kind: "kube:v1/Secret", Scope: "https://a", ID: "apps/other", Name: "other", Attrs: map[string]any{"data": map[string]any{"password": "cm9vdA=="}}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := exportChains(w, dir, "prd"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "cacerts", "prd", "prd-main", "root-cert.pem")); err != nil || string(text) != "root" {
		t.Errorf("root-cert.pem: %q, %v", text, err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*", "*")); err != nil || len(files) != 1 {
		t.Errorf("written %q, %v", files, err)
	}
}
