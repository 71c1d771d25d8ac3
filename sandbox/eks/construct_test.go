package eks

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The children that the npm package @pulumi/eks 2.8.1 registered for four
// combinations of arguments, recorded on 2026-11-21 (facts/eks-component.json),
// with generated ids written as <name>.
//
//go:embed testdata/variants.json
var recorded []byte

type recordedChild struct {
	Type, Name, Parent   string
	Inputs               map[string]any
	Dependencies         []string
	PropertyDependencies map[string][]string
	IgnoreChanges        []string
}

type variant struct {
	Inputs   map[string]any
	Children []recordedChild
}

const stackURN = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev"

// engine is a resource monitor that creates everything at once and remembers the requests.
type engine struct {
	pulumirpc.UnimplementedResourceMonitorServer
	mu       sync.Mutex
	dryRun   bool
	requests []*pulumirpc.RegisterResourceRequest
	objects  map[string]resource.PropertyMap
	ids      map[string]string
	outputs  map[string]resource.PropertyMap
}

func urnOf(parent, typ, name string) string {
	if parent == "" || strings.Contains(parent, "::pulumi:pulumi:Stack::") {
		return fmt.Sprintf("urn:pulumi:dev::test::%s::%s", typ, name)
	}
	parts := strings.Split(parent, "::")
	return fmt.Sprintf("urn:pulumi:dev::test::%s$%s::%s", parts[2], typ, name)
}

// short is a URN as the recording writes it: the type and the name.
func short(urn string) string {
	parts := strings.Split(urn, "::")
	qualified := strings.Split(parts[2], "$")
	return qualified[len(qualified)-1] + "::" + parts[3]
}

var options = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

func (e *engine) RegisterResource(_ context.Context, req *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = append(e.requests, req)
	props, err := plugin.UnmarshalProperties(req.Object, options)
	if err != nil {
		return nil, err
	}
	urn := urnOf(req.Parent, req.Type, req.Name)
	e.make(urn, req.Type, req.Name, props)
	id := ""
	if req.Custom && !e.dryRun {
		id = e.ids[urn]
	}
	object, err := plugin.MarshalProperties(e.objects[urn], options)
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: id, Object: object}, err
}

// make fills in the computed outputs that the component reads.
func (e *engine) make(urn, typ, name string, props resource.PropertyMap) {
	out := props.Copy()
	e.ids[urn] = "<" + strings.ToLower(name) + ">"
	if !e.dryRun {
		switch typ {
		case "aws:iam/role:Role":
			out["arn"] = resource.NewProperty("arn:aws:fake:eu-west-1:111122223333:aws:iam_role:Role/" + e.ids[urn])
		case "aws:eks/cluster:Cluster":
			out["endpoint"] = resource.NewProperty("https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com")
			out["certificateAuthority"] = resource.NewPropertyValue(map[string]any{"data": "Q0FEQVRB"})
		}
	}
	e.objects[urn] = out
}

func (e *engine) RegisterResourceOutputs(_ context.Context, req *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	props, err := plugin.UnmarshalProperties(req.Outputs, options)
	e.outputs[req.Urn] = props
	return &emptypb.Empty{}, err
}

func (e *engine) Invoke(_ context.Context, req *pulumirpc.ResourceInvokeRequest) (*pulumirpc.InvokeResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ret := resource.PropertyMap{}
	switch req.Tok {
	case "aws:index/getPartition:getPartition":
		ret["partition"], ret["dnsSuffix"] = resource.NewProperty("aws"), resource.NewProperty("amazonaws.com")
	case "pulumi:pulumi:getResource":
		urn := req.Args.Fields["urn"].GetStringValue()
		ret["urn"], ret["id"] = resource.NewProperty(urn), resource.NewProperty(e.ids[urn])
		ret["state"] = resource.NewProperty(e.objects[urn])
	default:
		return nil, fmt.Errorf("unexpected function %s", req.Tok)
	}
	rpc, err := plugin.MarshalProperties(ret, options)
	return &pulumirpc.InvokeResponse{Return: rpc}, err
}

// start serves the engine and returns a request of the component with the given inputs.
func start(t *testing.T, dryRun bool, inputs map[string]any) (*engine, *pulumirpc.ConstructRequest) {
	t.Helper()
	e := &engine{dryRun: dryRun, objects: map[string]resource.PropertyMap{}, ids: map[string]string{}, outputs: map[string]resource.PropertyMap{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(srv, e)
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(srv.Stop)
	props := resource.PropertyMap{}
	deps := map[string]*pulumirpc.ConstructRequest_PropertyDependencies{}
	for k, v := range inputs {
		ref, isRef := v.(map[string]any)
		if target, ok := ref["$ref"].(string); isRef && ok {
			typ, name, _ := strings.Cut(target, "::")
			urn := urnOf("", typ, name)
			e.make(urn, typ, name, resource.PropertyMap{})
			props[resource.PropertyKey(k)] = resource.NewProperty(resource.ResourceReference{
				URN: resource.URN(urn), ID: resource.NewProperty(e.ids[urn]),
			})
			deps[k] = &pulumirpc.ConstructRequest_PropertyDependencies{Urns: []string{urn}}
			continue
		}
		props[resource.PropertyKey(k)] = resource.NewPropertyValue(v)
	}
	rpc, err := plugin.MarshalProperties(props, options)
	if err != nil {
		t.Fatal(err)
	}
	return e, &pulumirpc.ConstructRequest{
		Project: "test", Stack: "dev", DryRun: dryRun, MonitorEndpoint: l.Addr().String(), Type: "eks:index:Cluster", Name: "prod",
		Parent: stackURN, Inputs: rpc, InputDependencies: deps,
		Providers: map[string]string{"aws": "urn:pulumi:dev::test::pulumi:providers:aws::aws::id", "eks": "urn:pulumi:dev::test::pulumi:providers:eks::eks::id"},
	}
}

func variants(t *testing.T) map[string]variant {
	t.Helper()
	var out map[string]variant
	if err := json.Unmarshal(recorded, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// observed turns the requests into what the recording holds.
func (e *engine) observed(t *testing.T) []recordedChild {
	t.Helper()
	var out []recordedChild
	for _, r := range e.requests[1:] { // the first is the component itself
		props, err := plugin.UnmarshalProperties(r.Object, options)
		if err != nil {
			t.Fatal(err)
		}
		c := recordedChild{
			Type: r.Type, Name: r.Name, Parent: short(r.Parent), Inputs: refs(props).(map[string]any),
			PropertyDependencies: map[string][]string{}, IgnoreChanges: r.IgnoreChanges,
		}
		for _, d := range r.Dependencies {
			c.Dependencies = append(c.Dependencies, short(d))
		}
		slices.Sort(c.Dependencies)
		for k, d := range r.PropertyDependencies {
			for _, u := range d.Urns {
				c.PropertyDependencies[k] = append(c.PropertyDependencies[k], short(u))
			}
			slices.Sort(c.PropertyDependencies[k])
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b recordedChild) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// refs writes resource references as the recording does.
func refs(v any) any {
	switch x := v.(type) {
	case resource.PropertyMap:
		out := map[string]any{}
		for k, e := range x {
			out[string(k)] = refs(e)
		}
		return out
	case resource.PropertyValue:
		switch {
		case x.IsResourceReference():
			return map[string]any{"$ref": short(string(x.ResourceReferenceValue().URN))}
		case x.IsObject():
			return refs(x.ObjectValue())
		case x.IsArray():
			out := []any{}
			for _, e := range x.ArrayValue() {
				out = append(out, refs(e))
			}
			return out
		}
		return x.Mappable()
	}
	return v
}

func TestConstructRegistersTheRecordedChildren(t *testing.T) {
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			e, req := start(t, false, v.Inputs)
			if _, err := Construct(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			less := func(a, b recordedChild) bool { return a.Name < b.Name }
			if d := cmp.Diff(v.Children, e.observed(t), cmpopts.EquateEmpty(), cmpopts.SortSlices(less)); d != "" {
				t.Errorf("children differ from those of @pulumi/eks 2.8.1 (-npm +sandbox):\n%s", d)
			}
			for _, r := range e.requests[1:] {
				want := ""
				if strings.HasPrefix(r.Type, "aws:") {
					want = req.Providers["aws"]
				}
				if r.Provider != want {
					t.Errorf("%s has provider %q, want %q", r.Name, r.Provider, want)
				}
			}
		})
	}
}

func TestConstructAnswersWhatTheSDKDecodes(t *testing.T) {
	e, req := start(t, false, variants(t)["a4"].Inputs)
	resp, err := Construct(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	state, err := plugin.UnmarshalProperties(resp.State, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []resource.PropertyKey{"clusterSecurityGroup", "eksCluster", "eksClusterIngressRule", "nodeSecurityGroup"} {
		if !state[k].IsResourceReference() {
			t.Errorf("output %q is a %s, want a resource reference", k, state[k].TypeString())
		}
	}
	var config struct {
		Clusters []struct {
			Cluster struct{ Server string }
		}
	}
	if err := json.Unmarshal([]byte(state["kubeconfigJson"].StringValue()), &config); err != nil {
		t.Fatal(err)
	}
	if got := config.Clusters[0].Cluster.Server; got != "https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com" {
		t.Errorf("kubeconfigJson points at %q", got)
	}
	want := []string{"accessEntries", "cluster", "clusterIamRole", "clusterSecurityGroup", "encryptionConfig", "endpoint", "instanceRoles",
		"kubeconfig", "nodeGroupOptions", "provider", "storageClasses", "subnetIds", "tags", "vpcId"}
	var got []string
	for k := range state["core"].ObjectValue() {
		got = append(got, string(k))
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("keys of core (-want +got):\n%s", d)
	}
	if _, ok := e.outputs[resp.Urn]; !ok {
		t.Error("the component registered no outputs")
	}
	if len(resp.StateDependencies["kubeconfigJson"].GetUrns()) == 0 {
		t.Error("kubeconfigJson depends on nothing; it must depend on the cluster")
	}
}

func TestPreviewKeepsUnknownsUnknown(t *testing.T) {
	e, req := start(t, true, variants(t)["a4"].Inputs)
	resp, err := Construct(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	state, err := plugin.UnmarshalProperties(resp.State, options)
	if err != nil {
		t.Fatal(err)
	}
	if !state["kubeconfigJson"].IsComputed() {
		t.Errorf("kubeconfigJson is %v in a preview, want unknown", state["kubeconfigJson"])
	}
	if len(e.requests) != 10 {
		t.Errorf("preview registered %d resources, want the component and 9 children", len(e.requests))
	}
}

func TestOptionsOfTheComponentReachItsChildren(t *testing.T) {
	e, req := start(t, false, variants(t)["a4"].Inputs)
	yes := true
	req.Protect, req.RetainOnDelete = &yes, &yes
	req.IgnoreChanges = []string{"tags"}
	if _, err := Construct(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	for i, r := range e.requests {
		if r.Protect == nil || !*r.Protect {
			t.Errorf("%s does not inherit protect", r.Name)
		}
		if retained := r.RetainOnDelete != nil; retained != (i == 0) {
			t.Errorf("%s: retainOnDelete sent %t; the engine hands it down from the component", r.Name, retained)
		}
		if inherited := slices.Contains(r.IgnoreChanges, "tags"); inherited != (i == 0) {
			t.Errorf("%s: ignoreChanges %v; only the component itself has the program's (facts/engine.md)", r.Name, r.IgnoreChanges)
		}
	}
}

func TestUnsupportedArgumentsAreLoud(t *testing.T) {
	base := variants(t)["a4"].Inputs
	for name, c := range map[string]struct {
		set  map[string]any
		want string
	}{
		"an argument that is not modelled":        {map[string]any{"fargate": true}, `argument "fargate" of eks.Cluster "prod" is not simulated`},
		"an OIDC provider":                        {map[string]any{"createOidcProvider": true}, "createOidcProvider of eks.Cluster \"prod\" must be false"},
		"the default node group":                  {map[string]any{"skipDefaultNodeGroup": false}, "skipDefaultNodeGroup of eks.Cluster \"prod\" must be true"},
		"its own VPC CNI":                         {map[string]any{"useDefaultVpcCni": false}, "useDefaultVpcCni of eks.Cluster \"prod\" must be true"},
		"a ConfigMap as authentication":           {map[string]any{"authenticationMode": "CONFIG_MAP"}, "authenticationMode of eks.Cluster \"prod\" must be \"API\""},
		"subnets given twice":                     {map[string]any{"privateSubnetIds": []any{"subnet-c"}}, "mutually exclusive"},
		"instance roles in API mode":              {map[string]any{"instanceRoles": []any{"arn"}}, "does not support non-empty values"},
		"no VPC, which means the account default": {map[string]any{"vpcId": nil}, "vpcId of eks.Cluster \"prod\" is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			inputs := map[string]any{}
			for k, v := range base {
				inputs[k] = v
			}
			for k, v := range c.set {
				inputs[k] = v
				if v == nil {
					delete(inputs, k)
				}
			}
			e, req := start(t, false, inputs)
			_, err := Construct(t.Context(), req)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want it to contain %q", err, c.want)
			}
			if len(e.requests) != 0 {
				t.Errorf("%d resources were registered before the refusal", len(e.requests))
			}
		})
	}
}
