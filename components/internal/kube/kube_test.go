package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestNew(t *testing.T) {
	tests := map[string]struct {
		kind  Kind
		meta  Meta
		body  pulumi.Map
		token string
		want  map[string]any
	}{
		"a cluster-scoped object": {
			StorageClass, Meta{Name: "gp3", Annotations: map[string]string{"a": "b"}}, pulumi.Map{"provisioner": pulumi.String("p")},
			"kubernetes:storage.k8s.io/v1:StorageClass", map[string]any{
				"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "p",
				"metadata": map[string]any{"name": "gp3", "annotations": map[string]any{"a": "b"}},
			},
		},
		"a namespaced object": {
			Job, Meta{Name: "j", Namespace: "n", Labels: map[string]string{"l": "m"}}, pulumi.Map{"spec": pulumi.Map{"backoffLimit": pulumi.Int(1)}},
			"kubernetes:batch/v1:Job", map[string]any{
				"apiVersion": "batch/v1", "kind": "Job", "spec": map[string]any{"backoffLimit": 1.0},
				"metadata": map[string]any{"name": "j", "namespace": "n", "labels": map[string]any{"l": "m"}},
			},
		},
		"an object of the core group": {
			Secret, Meta{Name: "s", Namespace: "n"}, pulumi.Map{"type": pulumi.String("Opaque")},
			"kubernetes:core/v1:Secret", map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": map[string]any{"name": "s", "namespace": "n"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := &mocks.Recorder{}
			err := r.Run(func(ctx *pulumi.Context) error {
				_, err := New(ctx, "x", tt.kind, tt.meta, tt.body)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			got := r.ByName()["x"]
			if got.TypeToken != tt.token {
				t.Errorf("type is %q, want %q", got.TypeToken, tt.token)
			}
			if diff := cmp.Diff(tt.want, got.Inputs.Mappable()); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
		})
	}
}
