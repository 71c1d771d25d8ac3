package sample_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
	"github.com/ladder-platform/ladder/components/sample"
	"github.com/ladder-platform/ladder/components/sample/spec"
)

// run makes a sample after a resource, or after nothing.
func run(cfg spec.Config, waits bool) (map[string]map[string]any, error) {
	r := &mocks.Recorder{}
	err := r.Run(func(ctx *pulumi.Context) error {
		args := sample.Args{Config: cfg}
		if waits {
			var before pulumi.ResourceState
			if err := ctx.RegisterComponentResource("test:index:Before", "before", &before); err != nil {
				return err
			}
			args.After = []pulumi.Resource{&before}
		}
		_, err := sample.New(ctx, "sample-main", args)
		return err
	})
	return mocks.Inputs(r.ByType()), err
}

func TestWhatASampleIs(t *testing.T) {
	got, err := run(spec.Config{Host: "hello.example.com", Replicas: 3}, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service", "kubernetes:core/v1:ServiceAccount",
		"kubernetes:policy/v1:PodDisruptionBudget", "ladder:sample:Sample", "test:index:Before",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Fatalf("registered (-want +got):\n%s", diff)
	}
	pods := got["kubernetes:apps/v1:Deployment"]["spec"].(map[string]any)
	labels := pods["template"].(map[string]any)["metadata"].(map[string]any)["labels"]
	inside := pods["template"].(map[string]any)["spec"].(map[string]any)
	box := inside["containers"].([]any)[0].(map[string]any)
	service := got["kubernetes:core/v1:Service"]["spec"].(map[string]any)
	budget := got["kubernetes:policy/v1:PodDisruptionBudget"]["spec"].(map[string]any)
	port := service["ports"].([]any)[0].(map[string]any)
	for what, pair := range map[string][2]any{
		"the service finds the pods":                {service["selector"], labels},
		"the budget finds the pods":                 {budget["selector"].(map[string]any)["matchLabels"], labels},
		"the Deployment finds the pods":             {pods["selector"].(map[string]any)["matchLabels"], labels},
		"the service's port leads to the container": {port["targetPort"], box["ports"].([]any)[0].(map[string]any)["containerPort"]},
		"the probe asks the same port":              {box["readinessProbe"].(map[string]any)["httpGet"].(map[string]any)["port"], port["targetPort"]},
		"the pods have the account that is made":    {inside["serviceAccountName"], got["kubernetes:core/v1:ServiceAccount"]["metadata"].(map[string]any)["name"]},
		"as many pods as asked for":                 {pods["replicas"], 3.0},
		"one pod may go at a time":                  {budget["maxUnavailable"], 1.0},
		"the image":                                 {box["image"], spec.Image},
		"nobody is root":                            {inside["securityContext"].(map[string]any)["runAsNonRoot"], true},
		"nothing can be gained":                     {box["securityContext"].(map[string]any)["allowPrivilegeEscalation"], false},
		"no capability":                             {box["securityContext"].(map[string]any)["capabilities"], map[string]any{"drop": []any{"ALL"}}},
		"no token in pods":                          {got["kubernetes:core/v1:ServiceAccount"]["automountServiceAccountToken"], false},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	// The image has commands that run what a request says; this one does not.
	if args := box["args"].([]any); args[0] != "serve-hostname" || args[1] != "--port=9376" {
		t.Errorf("the container runs %v", args)
	}
}

func TestASampleIsRefused(t *testing.T) {
	tests := map[string]struct {
		cfg   spec.Config
		waits bool
		want  string
	}{
		"a mistake in the section":  {spec.Config{Host: "x"}, true, `sample.host: "x" is not a host name`},
		"nothing that it waits for": {spec.Config{Host: "hello.example.com"}, false, "the sample waits for nothing, and its pods would start before the mesh"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := run(tt.cfg, tt.waits)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
			if _, made := got["ladder:sample:Sample"]; made {
				t.Error("it was registered all the same")
			}
		})
	}
}
