package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
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
