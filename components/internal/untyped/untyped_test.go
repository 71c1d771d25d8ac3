package untyped

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestRegister(t *testing.T) {
	r := &mocks.Recorder{}
	err := r.Run(func(ctx *pulumi.Context) error {
		// Resources with the same options, behind which there is room.
		opts := append(make([]pulumi.ResourceOption, 0, 4), pulumi.Protect(true))
		var tls pulumi.ProviderResourceState
		if err := Register(ctx, "pulumi:providers:tls", "provider", nil, &tls, opts...); err != nil {
			return err
		}
		var topic, service, key pulumi.CustomResourceState
		if err := Register(ctx, "aws:sns/topic:Topic", "alerts", pulumi.Map{"name": pulumi.String("dev-alerts"), "policy": nil}, &topic, opts...); err != nil {
			return err
		}
		if err := Register(ctx, "kubernetes:core/v1:Service", "web", pulumi.Map{"spec": pulumi.Map{"ports": pulumi.Array{pulumi.Int(80)}}}, &service, opts...); err != nil {
			return err
		}
		if err := Register(ctx, "tls:index/privateKey:PrivateKey", "key", pulumi.Map{"algorithm": topic.ID()}, &key, opts...); err != nil {
			return err
		}
		var component pulumi.ResourceState
		return RegisterRemote(ctx, "eks:index:Cluster", "cluster", pulumi.Map{"name": pulumi.String("dev-main")}, &component, opts...)
	})
	if err != nil {
		t.Fatal(err)
	}
	registered := r.ByName()
	want := map[string]map[string]any{
		"provider": {},
		"alerts":   {"name": "dev-alerts"},
		"web":      {"spec": map[string]any{"ports": []any{80.0}}},
		"key":      {"algorithm": "alerts-id"},
		"cluster":  {"name": "dev-main"},
	}
	if diff := cmp.Diff(want, mocks.Inputs(registered)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for name, args := range registered {
		got[name] = args.RegisterRPC.GetVersion()
		if !args.RegisterRPC.GetProtect() {
			t.Errorf("%s lost the option that protects it", name)
		}
	}
	if diff := cmp.Diff(map[string]string{"provider": versions["tls"], "alerts": versions["aws"], "web": versions["kubernetes"], "key": versions["tls"], "cluster": versions["eks"]}, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestAnUnknownProviderIsRefused(t *testing.T) {
	err := (&mocks.Recorder{}).Run(func(ctx *pulumi.Context) error {
		var out pulumi.CustomResourceState
		return Register(ctx, "gcp:storage/bucket:Bucket", "b", nil, &out)
	})
	if err == nil || !strings.Contains(err.Error(), `gcp:storage/bucket:Bucket b: no version of provider "gcp" is known`) {
		t.Errorf("error is %v", err)
	}
}

// The engine picks the plugin by the version, so it must be the module's.
func TestVersionsAreTheModules(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, pkg := range map[string]string{"pulumi-aws/sdk/v6": "aws", "pulumi-eks/sdk/v2": "eks", "pulumi-kubernetes/sdk/v4": "kubernetes"} {
		if m := regexp.MustCompile(regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(mod); m == nil || string(m[1]) != versions[pkg] {
			t.Errorf("go.mod has %q of %s, this package %q", m, module, versions[pkg])
		}
	}
}
