package kms

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestEveryKeyRotatesAndWaits(t *testing.T) {
	r := &mocks.Recorder{Answer: func(_ pulumi.MockResourceArgs, out resource.PropertyMap) { out["keyId"] = resource.NewProperty("1234") }}
	tags := pulumi.StringMap{"owner": pulumi.String("platform")}
	err := r.Run(func(ctx *pulumi.Context) error {
		key, err := New(ctx, "own", Args{Description: "logs", Policy: "{}", Tags: tags})
		if err != nil {
			return err
		}
		if _, err := New(ctx, "account", Args{Description: "stores", Tags: tags}); err != nil {
			return err
		}
		return Alias(ctx, "name", "alias/eks/dev", key)
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]any{"owner": "platform"}
	want := map[string]map[string]any{
		"own":     {"description": "logs", "enableKeyRotation": true, "deletionWindowInDays": 30.0, "policy": "{}", "tags": owner},
		"account": {"description": "stores", "enableKeyRotation": true, "deletionWindowInDays": 30.0, "tags": owner},
		"name":    {"name": "alias/eks/dev", "targetKeyId": "1234"},
	}
	if diff := cmp.Diff(want, mocks.Inputs(r.ByName())); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
