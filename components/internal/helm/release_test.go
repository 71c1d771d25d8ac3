package helm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestNew(t *testing.T) {
	tests := map[string]struct {
		args Args
		want map[string]any
	}{
		"a chart of an HTTP repository": {
			args: Args{
				Chart:       Chart{Name: "cluster-autoscaler", Repository: "https://charts.test", Version: "9.59.0"},
				ReleaseName: "autoscaler", Namespace: pulumi.String("kube-system"), Values: pulumi.Map{"a": pulumi.Int(1)},
			},
			want: map[string]any{
				"atomic": true, "cleanupOnFail": true, "chart": "cluster-autoscaler", "version": "9.59.0", "maxHistory": 5.0, "name": "autoscaler",
				"namespace": "kube-system", "repositoryOpts": map[string]any{"repo": "https://charts.test"}, "skipCrds": false, "timeout": 600.0,
				"values": map[string]any{"a": 1.0},
			},
		},
		"an OCI chart has no repository": {
			args: Args{
				Chart:       Chart{Name: "oci://registry.test/karpenter", Version: "1.14.1"},
				ReleaseName: "karpenter", Namespace: pulumi.String("kube-system"), Values: pulumi.Map{}, SkipCRDs: true, TimeoutSeconds: 60,
			},
			want: map[string]any{
				"atomic": true, "cleanupOnFail": true, "chart": "oci://registry.test/karpenter", "version": "1.14.1", "maxHistory": 5.0, "name": "karpenter",
				"namespace": "kube-system", "skipCrds": true, "timeout": 60.0, "values": map[string]any{},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := &mocks.Recorder{}
			err := r.Run(func(ctx *pulumi.Context) error {
				_, err := New(ctx, "x", tt.args)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			got := r.ByName()["x"]
			if got.TypeToken != "kubernetes:helm.sh/v3:Release" {
				t.Errorf("type is %q", got.TypeToken)
			}
			if diff := cmp.Diff(tt.want, got.Inputs.Mappable()); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
		})
	}
}
