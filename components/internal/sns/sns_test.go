package sns

import (
	"os"
	"regexp"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/tags"
)

// recorder keeps the one resource that a test registers.
type recorder struct {
	mu   sync.Mutex
	args pulumi.MockResourceArgs
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.args = args
	return args.Name, args.Inputs, nil
}

func (r *recorder) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func TestNew(t *testing.T) {
	r := &recorder{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "alerts", Args{Name: "dev-main-alerts", Policy: pulumi.String("{}"), Tags: tags.New("dev", "platform", nil)})
		return err
	}, pulumi.WithMocks("p", "s", r))
	if err != nil {
		t.Fatal(err)
	}
	if r.args.TypeToken != "aws:sns/topic:Topic" {
		t.Errorf("type is %q", r.args.TypeToken)
	}
	got := r.args.Inputs.Mappable()
	if tagged, ok := got["tags"].(map[string]any); !ok || tagged["Name"] != "alerts" {
		t.Errorf("tags are %v", got["tags"])
	}
	delete(got, "tags")
	if diff := cmp.Diff(map[string]any{"name": "dev-main-alerts", "policy": "{}"}, got); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

// The engine picks the plugin by this version, so it must be the module's.
func TestVersionIsTheModules(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`pulumi-aws/sdk/v6 v(\S+)`).FindSubmatch(mod); m == nil || string(m[1]) != sdkVersion {
		t.Errorf("go.mod has %q, this package %q", m, sdkVersion)
	}
}
