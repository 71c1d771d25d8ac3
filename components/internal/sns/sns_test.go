package sns

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
	"github.com/ladder-platform/ladder/components/internal/tags"
)

func TestNew(t *testing.T) {
	r := &mocks.Recorder{}
	err := r.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "alerts", Args{Name: "dev-main-alerts", Policy: pulumi.String("{}"), Tags: tags.New("dev", "platform", nil)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := mocks.Inputs(r.ByType())["aws:sns/topic:Topic"]
	if tagged, ok := got["tags"].(map[string]any); !ok || tagged["Name"] != "alerts" {
		t.Errorf("tags are %v", got["tags"])
	}
	delete(got, "tags")
	if diff := cmp.Diff(map[string]any{"name": "dev-main-alerts", "policy": "{}"}, got); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
