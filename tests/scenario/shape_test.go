package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientscheme "k8s.io/client-go/kubernetes/scheme"

	ekscluster "github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/mesh"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/observability"
	"github.com/ladder-platform/ladder/components/sample"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/tests/rig"
)

// components are the tokens of this repository, with their structs.
var components = map[string]reflect.Type{
	"ladder:network:Network":             reflect.TypeFor[network.Network](),
	"ladder:network:Peering":             reflect.TypeFor[network.Peering](),
	"ladder:cluster:Cluster":             reflect.TypeFor[ekscluster.Cluster](),
	"ladder:mesh:Mesh":                   reflect.TypeFor[mesh.Mesh](),
	"ladder:mesh:Roots":                  reflect.TypeFor[mesh.Roots](),
	"ladder:mesh:Link":                   reflect.TypeFor[mesh.Link](),
	"ladder:edge:Edge":                   reflect.TypeFor[edge.Edge](),
	"ladder:edge:Inside":                 reflect.TypeFor[edge.Inside](),
	"ladder:observability:Observability": reflect.TypeFor[observability.Observability](),
	"ladder:observability:Workloads":     reflect.TypeFor[observability.Workloads](),
	"ladder:sample:Sample":               reflect.TypeFor[sample.Sample](),
}

// keys are the resources of pulumi-tls, whose SDK the program does without
// (components/internal/pki), with the SDK's structs.
var keys = map[string]reflect.Type{
	"tls:index/privateKey:PrivateKey":               reflect.TypeFor[tls.PrivateKey](),
	"tls:index/certRequest:CertRequest":             reflect.TypeFor[tls.CertRequest](),
	"tls:index/selfSignedCert:SelfSignedCert":       reflect.TypeFor[tls.SelfSignedCert](),
	"tls:index/locallySignedCert:LocallySignedCert": reflect.TypeFor[tls.LocallySignedCert](),
}

// simulatedOnly are the kinds of the other packages that stacks register: the
// engine's own, which no schema describes, and the component of pulumi-eks,
// whose children are compared with the real package's (tests/conformance).
var simulatedOnly = map[string]bool{
	"pulumi:pulumi:Stack":          true,
	"pulumi:pulumi:StackReference": true,
	"pulumi:providers:aws":         true,
	"pulumi:providers:eks":         true,
	"pulumi:providers:kubernetes":  true,
	"pulumi:providers:pulumi":      true,
	"pulumi:providers:tls":         true,
	"eks:index:Cluster":            true,
}

// shapes judge what is in the states of stacks: components register exactly the
// outputs that their structs say, and every resource is of a shape that the real
// providers and API server have. testdata/types.golden lists the types covered,
// and where the shape of each is from.
type shapes struct {
	lock    sync.Mutex
	origins map[string]string // by type
	seen    map[string]bool   // tokens of components
	stacks  int
}

// judge takes the resources of one stack.
func (s *shapes) judge(t *testing.T, r *rig.Rig, resources []apitype.ResourceV3) {
	t.Helper()
	crds := definitions(r)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.stacks++
	for _, res := range resources {
		if of, ok := components[string(res.Type)]; ok {
			s.seen[string(res.Type)] = true
			checkOutputs(t, res, of)
			continue
		}
		if simulatedOnly[string(res.Type)] {
			continue
		}
		origin, err := shapeOf(res, crds)
		if err != nil {
			t.Errorf("%s: %v", res.URN, err)
		}
		s.origins[string(res.Type)] = origin
	}
}

// close says what was never seen, once all stacks were.
func (s *shapes) close(t *testing.T, all int) {
	t.Helper()
	if s.stacks < all {
		return // a part of the test was run
	}
	for token := range components {
		if !s.seen[token] {
			t.Errorf("no stack registers a %s: nothing was proved of it", token)
		}
	}
	var list strings.Builder
	for _, token := range slices.Sorted(maps.Keys(s.origins)) {
		fmt.Fprintf(&list, "%s: %s\n", token, s.origins[token])
	}
	checkGolden(t, "types", list.String())
}

// checkOutputs compares registered outputs with the tagged fields.
func checkOutputs(t *testing.T, res apitype.ResourceV3, of reflect.Type) {
	t.Helper()
	if diff := cmp.Diff(tags(of), slices.Sorted(maps.Keys(res.Outputs))); diff != "" {
		t.Errorf("%s: registered outputs are not its tagged fields (-fields +outputs):\n%s", res.URN, diff)
	}
}

// tags are the names that a struct's fields have in Pulumi, sorted.
func tags(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		if tag, ok := of.Field(i).Tag.Lookup("pulumi"); ok {
			names = append(names, tag)
		}
	}
	slices.Sort(names)
	return names
}

// definitions are the custom resources that the world's clusters serve, by
// "<group>/<kind>".
func definitions(r *rig.Rig) map[string]bool {
	served := map[string]bool{}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("kube:apiextensions.k8s.io/v1/CustomResourceDefinition", "", nil) {
			spec, _ := o.Attrs["spec"].(map[string]any)
			names, _ := spec["names"].(map[string]any)
			served[fmt.Sprintf("%v/%v", spec["group"], names["kind"])] = true
		}
	})
	return served
}

// strict reads a manifest as an API server with fieldValidation=Strict does.
var strict = func() runtime.Serializer {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientscheme.AddToScheme(scheme))
	utilruntime.Must(apiextensions.AddToScheme(scheme))
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, serializer.SerializerOptions{Strict: true})
}()

// shapeOf says where the shape of a resource's type is from, or how the
// resource departs from it. It does not ask the sandbox's providers.
func shapeOf(res apitype.ResourceV3, crds map[string]bool) (string, error) {
	token := string(res.Type)
	switch pkg, _, _ := strings.Cut(token, ":"); pkg {
	case "aws":
		return awsShape(token, res.Inputs)
	case "kubernetes":
		return kubeShape(token, res.Inputs, crds)
	case "tls":
		return tlsShape(token, res.Inputs)
	}
	return "unknown", fmt.Errorf("its package has no schema here; add it to this test with its source")
}

func awsShape(token string, inputs map[string]any) (string, error) {
	described, ok := schema.AWS().Resource(token)
	if !ok {
		return "unknown", fmt.Errorf("the schema of pulumi-aws has no type %s", token)
	}
	in := resource.NewPropertyMapFromMap(inputs)
	delete(in, "__defaults")
	for key, value := range in {
		if value.IsObject() && value.ObjectValue().HasValue(resource.SigKey) {
			// Encrypted in the state file: it is there, and shows no shape. A
			// listener's actions are, since one of them may hold a client's secret.
			in[key] = resource.MakeComputed(resource.NewProperty(""))
		}
	}
	failures, err := schema.AWS().Check(token, in)
	if err != nil {
		return "unknown", err
	}
	if len(failures) > 0 {
		return "unknown", fmt.Errorf("the schema refuses it: %v", failures)
	}
	if described.Source != "" {
		return "added by hand from " + described.Source, nil
	}
	return "the schema of pulumi-aws", nil
}

func tlsShape(token string, inputs map[string]any) (string, error) {
	of, ok := keys[token]
	if !ok {
		return "unknown", fmt.Errorf("pulumi-tls has no type %s", token)
	}
	for key := range inputs {
		if key != "__defaults" && !slices.Contains(tags(of), key) {
			return "unknown", fmt.Errorf("pulumi-tls has no property %q of it", key)
		}
	}
	return "the Go SDK of pulumi-tls", nil
}

// releaseProperties are those of a Helm release. Source: pulumi-kubernetes Go
// SDK 4.30.0, helm/v3, releaseArgs, read 2026-11; importing the package would
// compile the whole SDK (docs/adr/0001-compile-cost.md).
var releaseProperties = strings.Fields(`allowNullValues atomic chart cleanupOnFail compat createNamespace
	dependencyUpdate description devel disableCRDHooks disableOpenapiValidation disableWebhooks forceUpdate keyring
	lint manifest maxHistory name namespace postrender recreatePods renderSubchartNotes replace repositoryOpts
	resetValues resourceNames reuseValues skipAwait skipCrds timeout valueYamlFiles values verify version waitForJobs`)

func kubeShape(token string, inputs map[string]any, crds map[string]bool) (string, error) {
	if token == "kubernetes:helm.sh/v3:Release" {
		for key := range inputs {
			if !slices.Contains(releaseProperties, key) {
				return "unknown", fmt.Errorf("a release of pulumi-kubernetes has no property %q", key)
			}
		}
		return "ReleaseArgs of pulumi-kubernetes", nil
	}
	version, _ := inputs["apiVersion"].(string)
	kind, _ := inputs["kind"].(string)
	if group, _, ok := strings.Cut(version, "/"); ok && crds[group+"/"+kind] {
		return "a definition in the cluster, of " + group, nil
	}
	text, err := json.Marshal(withoutSecrets(inputs))
	if err != nil {
		return "unknown", err
	}
	if _, _, err := strict.Decode(text, nil, nil); err != nil {
		return "unknown", fmt.Errorf("an API server refuses it: %w", err)
	}
	return "k8s.io/api", nil
}

// withoutSecrets leaves out what a state file holds encrypted: it shows no shape.
func withoutSecrets(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if in, ok := value.(map[string]any); ok && in[resource.SigKey] == resource.SecretSig {
				continue
			}
			out[key] = withoutSecrets(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = withoutSecrets(v[i])
		}
		return out
	}
	return v
}

// TestUnknownPropertiesAreRefused proves that a property which no schema has
// stops a preview, at each of the three kinds of resources: what came up in
// TestWhatEveryStackRegisters has none.
func TestUnknownPropertiesAreRefused(t *testing.T) {
	t.Parallel()
	r := rig.New(t, rig.Options{})
	r.MustUp(r.Program("dev"))
	tests := map[string]struct {
		token string
		props pulumi.Map
		want  string
	}{
		"of an AWS resource": {"aws:ec2/vpc:Vpc", pulumi.Map{"cidrBlok": pulumi.String("10.0.0.0/16")}, "cidrBlok"},
		"of an AWS resource, below another": {"aws:eks/cluster:Cluster", pulumi.Map{
			"roleArn": pulumi.String("arn:aws:iam::111111111111:role/x"), "vpcConfig": pulumi.Map{"subnetIdz": pulumi.StringArray{}},
		}, "subnetIdz"},
		"of a Kubernetes object": {"kubernetes:core/v1:Namespace", pulumi.Map{
			"apiVersion": pulumi.String("v1"), "kind": pulumi.String("Namespace"),
			"metadata": pulumi.Map{"name": pulumi.String("x")}, "spec": pulumi.Map{"finalisers": pulumi.StringArray{}},
		}, "finalisers"},
		"of a custom resource": {"kubernetes:external-secrets.io/v1:ClusterSecretStore", pulumi.Map{
			"apiVersion": pulumi.String("external-secrets.io/v1"), "kind": pulumi.String("ClusterSecretStore"),
			"metadata": pulumi.Map{"name": pulumi.String("x")}, "spec": pulumi.Map{"provider": pulumi.Map{}, "provder": pulumi.Map{}},
		}, "provder"},
		"of a Helm release": {"kubernetes:helm.sh/v3:Release", pulumi.Map{
			"chart": pulumi.String("metrics-server"), "chrt": pulumi.String("x"),
		}, "chrt"},
		"of no known type": {"aws:ec2/vpcc:Vpcc", pulumi.Map{}, "aws:ec2/vpcc:Vpcc"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := r.Program("dev")
			p.Run = beside(func(ctx *pulumi.Context, on map[string]pulumi.ProviderResource) error {
				pkg, _, _ := strings.Cut(test.token, ":")
				var x pulumi.CustomResourceState
				return ctx.RegisterResource(test.token, "x", test.props, &x, pulumi.Provider(on[pkg]))
			})
			result, err := r.Preview(t.Context(), p)
			if err == nil {
				t.Fatal("the preview passed")
			}
			said := err.Error() + "\n" + strings.Join(result.Diagnostics, "\n")
			if !strings.Contains(said, test.want) {
				t.Errorf("the refusal does not name %q:\n%s", test.want, said)
			}
		})
	}
}

// beside is the whole platform, and something more on its providers: the
// account's under "aws", the cluster main's under "kubernetes".
func beside(more func(ctx *pulumi.Context, on map[string]pulumi.ProviderResource) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		on := map[string]pulumi.ProviderResource{}
		names := map[string]string{"aws": "aws", "cluster-main-k8s": "kubernetes"}
		if err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if pkg, ok := names[args.Name]; ok && strings.HasPrefix(args.Type, "pulumi:providers:") {
				on[pkg], _ = args.Resource.(pulumi.ProviderResource)
			}
			return nil
		}); err != nil {
			return err
		}
		if err := (stacks.Program{Now: time.Now}).Deploy(ctx); err != nil {
			return err
		}
		for _, pkg := range names {
			if on[pkg] == nil {
				return fmt.Errorf("the stack has no %s provider of the name that this test knows", pkg)
			}
		}
		return more(ctx, on)
	}
}
