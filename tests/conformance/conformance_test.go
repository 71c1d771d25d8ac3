//go:build judges

package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	sandboxaws "github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/deps"
	sandboxeks "github.com/ladder-platform/ladder/sandbox/eks"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/serve"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	account  = "111111111111"
	region   = "ap-northeast-2"
	deployer = "arn:aws:iam::" + account + ":role/deployer"
)

// variant is one way in which the platform's cluster component calls eks.NewCluster.
type variant struct {
	change func(*eks.ClusterArgs)
	opts   []pulumi.ResourceOption
	// previewOnly: with a public endpoint the real component polls it for minutes
	// during an up, and nothing answers there.
	previewOnly bool
}

// The combinations of components/cluster/controlplane.go, and the component's own way of making what is not given.
var variants = map[string]variant{
	"private endpoint":                    {},
	"public endpoint for named blocks":    {change: public, previewOnly: true},
	"protected, as outside dev":           {opts: []pulumi.ResourceOption{pulumi.Protect(true)}},
	"the control plane by transform":      {opts: []pulumi.ResourceOption{pulumi.Transforms([]pulumi.ResourceTransform{transform})}},
	"retained":                            {opts: []pulumi.ResourceOption{pulumi.RetainOnDelete(true)}},
	"options that children do not get":    {opts: []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"tags"}), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "50m"}), pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("before")}})}},
	"a security group of the component's": {change: func(a *eks.ClusterArgs) { a.ClusterSecurityGroup = nil }},
	"a service role of the component's":   {change: func(a *eks.ClusterArgs) { a.ServiceRole = nil }},
	"subnets by kind":                     {change: func(a *eks.ClusterArgs) { a.PrivateSubnetIds, a.SubnetIds = a.SubnetIds, nil }},
	"tags per resource": {change: func(a *eks.ClusterArgs) {
		a.ClusterTags, a.NodeSecurityGroupTags = pulumi.StringMap{"of": pulumi.String("cluster")}, pulumi.StringMap{"of": pulumi.String("nodes")}
	}},
}

func public(a *eks.ClusterArgs) {
	a.EndpointPublicAccess, a.PublicAccessCidrs = pulumi.Bool(true), pulumi.StringArray{pulumi.String("203.0.113.0/24")}
}

// transform sets what the component lacks on its child, as the platform does.
func transform(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	if args.Type != "aws:eks/cluster:Cluster" {
		return nil
	}
	props := pulumi.Map{}
	for k, v := range args.Props {
		props[k] = v
	}
	props["bootstrapSelfManagedAddons"] = pulumi.Bool(true)
	props["upgradePolicy"] = pulumi.Map{"supportType": pulumi.String("EXTENDED")}
	opts := args.Opts
	opts.Protect = true
	opts.CustomTimeouts = &pulumi.CustomTimeouts{Create: "60m"}
	return &pulumi.ResourceTransformResult{Props: props, Opts: opts}
}

func program(v variant) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cloud, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String(region)})
		if err != nil {
			return err
		}
		component, err := eks.NewProvider(ctx, "eks", &eks.ProviderArgs{})
		if err != nil {
			return err
		}
		on := pulumi.Provider(cloud)
		vpc, err := ec2.NewVpc(ctx, "vpc", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")}, on)
		if err != nil {
			return err
		}
		var subnets pulumi.StringArray
		for i, zone := range []string{"apne2-az1", "apne2-az2"} {
			s, err := ec2.NewSubnet(ctx, zone, &ec2.SubnetArgs{
				VpcId: vpc.ID(), CidrBlock: pulumi.Sprintf("10.0.%d.0/24", i), AvailabilityZoneId: pulumi.String(zone),
			}, on)
			if err != nil {
				return err
			}
			subnets = append(subnets, s.ID())
		}
		group, err := ec2.NewSecurityGroup(ctx, "control-plane", &ec2.SecurityGroupArgs{VpcId: vpc.ID(), Description: pulumi.String("control plane")}, on)
		if err != nil {
			return err
		}
		key, err := kms.NewKey(ctx, "secrets", &kms.KeyArgs{}, on)
		if err != nil {
			return err
		}
		role, attached, err := serviceRole(ctx, on)
		if err != nil {
			return err
		}
		mode, yes := eks.AuthenticationModeApi, true
		args := &eks.ClusterArgs{
			Name: pulumi.String("dev-main"), Version: pulumi.String("1.36"), AuthenticationMode: &mode,
			ServiceRole: role, ClusterSecurityGroup: group, InstanceRoles: iam.RoleArray{},
			SkipDefaultNodeGroup: &yes, UseDefaultVpcCni: &yes, CreateOidcProvider: pulumi.Bool(false),
			VpcId: vpc.ID().ToStringOutput().ToStringPtrOutput(), SubnetIds: subnets,
			EndpointPrivateAccess: pulumi.Bool(true), EndpointPublicAccess: pulumi.Bool(false),
			KubernetesServiceIpAddressRange: pulumi.String("172.20.0.0/16"), EncryptionConfigKeyArn: key.Arn,
			EnabledClusterLogTypes: pulumi.ToStringArray([]string{"api", "audit"}), Tags: pulumi.StringMap{"team": pulumi.String("platform")},
		}
		if v.change != nil {
			v.change(args)
		}
		opts := append([]pulumi.ResourceOption{pulumi.Providers(cloud, component), pulumi.DependsOn([]pulumi.Resource{attached})}, v.opts...)
		cluster, err := eks.NewCluster(ctx, "main", args, opts...)
		if err != nil {
			return err
		}
		// What the platform reads: the SDK must be able to decode it.
		ctx.Export("endpoint", cluster.EksCluster.Endpoint())
		ctx.Export("kubeconfig", cluster.KubeconfigJson)
		ctx.Export("vpc", cluster.Core.VpcId())
		return nil
	}
}

func serviceRole(ctx *pulumi.Context, on pulumi.ResourceOption) (*iam.Role, pulumi.Resource, error) {
	role, err := iam.NewRole(ctx, "service", &iam.RoleArgs{Name: pulumi.String("service"), AssumeRolePolicy: pulumi.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)}, on)
	if err != nil {
		return nil, nil, err
	}
	attached, err := iam.NewRolePolicyAttachment(ctx, "service", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
	}, on)
	return role, attached, err
}

// registration is what one RegisterResource request said, in a form that two runs share.
type registration struct {
	Type, Name, Parent   string
	Custom               bool
	Inputs               any
	Dependencies         []string
	PropertyDependencies map[string][]string
	Options              map[string]any
}

// run previews and brings up the program with an eks provider at a port ("" is
// the sandbox's own) and returns the component's registrations per operation.
func run(t *testing.T, v variant, eksPort string) map[string][]registration {
	t.Helper()
	dir := t.TempDir()
	w := world.New(1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	d := deps.Deps{World: w, AccountID: account, CallerARN: deployer, Kube: kube.NewInside(nil)}
	factories := map[string]serve.Factory{
		"aws":        func() plugin.Provider { return sandboxaws.New(d) },
		"kubernetes": func() plugin.Provider { return kube.New(d) },
	}
	if eksPort == "" {
		factories["eks"] = func() plugin.Provider { return sandboxeks.New() }
	}
	server, err := serve.Start(factories)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	providers := server.DebugProviders()
	if eksPort != "" {
		providers += ",eks:" + eksPort
	}
	log := filepath.Join(dir, "grpc.json")
	stack := newStack(t, dir, program(v), map[string]string{"PULUMI_DEBUG_PROVIDERS": providers, "PULUMI_DEBUG_GRPC": log})
	out := map[string][]registration{}
	if _, err := stack.Preview(t.Context(), optpreview.SuppressProgress()); err != nil {
		t.Fatalf("preview: %v", err)
	}
	out["preview"] = registrations(t, log)
	if v.previewOnly {
		return out
	}
	if err := os.Truncate(log, 0); err != nil {
		t.Fatal(err)
	}
	result, err := stack.Up(t.Context(), optup.SuppressProgress())
	if err != nil {
		t.Fatalf("up: %v", err)
	}
	out["up"] = registrations(t, log)
	for _, k := range []string{"endpoint", "kubeconfig", "vpc"} {
		if s, _ := result.Outputs[k].Value.(string); s == "" {
			t.Errorf("the SDK decoded no %s", k)
		}
	}
	return out
}

func newStack(t *testing.T, dir string, program pulumi.RunFunc, env map[string]string) auto.Stack {
	t.Helper()
	cli := os.Getenv("LADDER_PULUMI")
	if cli == "" {
		found, err := exec.LookPath("pulumi")
		if err != nil {
			t.Fatalf("no Pulumi CLI: run `make judges`, or set LADDER_PULUMI: %v", err)
		}
		cli = found
	}
	// The Automation API takes a directory that holds bin/pulumi.
	bin := filepath.Join(dir, "cli", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cli, filepath.Join(bin, "pulumi")); err != nil {
		t.Fatal(err)
	}
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: filepath.Dir(bin)})
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(dir, "state")
	if err := os.MkdirAll(state, 0o755); err != nil {
		t.Fatal(err)
	}
	env["PULUMI_BACKEND_URL"], env["PULUMI_CONFIG_PASSPHRASE"] = "file://"+state, "conformance"
	env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], env["PULUMI_SKIP_UPDATE_CHECK"] = "true", "true"
	stack, err := auto.NewStackInlineSource(t.Context(), "dev", "conformance", program,
		auto.Pulumi(command), auto.EnvVars(env), auto.PulumiHome(filepath.Join(dir, "home")), auto.WorkDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// registrations reads the component's own requests from the engine's protocol log.
func registrations(t *testing.T, log string) []registration {
	t.Helper()
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	var out []registration
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e struct {
			Method  string
			Request map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", log, err)
		}
		if e.Method != "/pulumirpc.ResourceMonitor/RegisterResource" || !strings.HasPrefix(fmt.Sprint(e.Request["name"]), "main") {
			continue
		}
		if remote, _ := e.Request["remote"].(bool); remote {
			continue // the program's own request, not the component's
		}
		out = append(out, normal(e.Request))
	}
	slices.SortFunc(out, func(a, b registration) int { return strings.Compare(a.Type+a.Name, b.Type+b.Name) })
	// The log has each request once as sent and once as answered.
	return slices.CompactFunc(out, func(a, b registration) bool { return a.Type+a.Name == b.Type+b.Name })
}

// Ids of provider resources differ between two runs of one program; the package
// version in a resource reference is the language's own SDK's.
var (
	providerID     = regexp.MustCompile(`(pulumi:providers:[a-z]+::[A-Za-z0-9-]+)::[0-9a-f-]{36}`)
	packageVersion = regexp.MustCompile(`"packageVersion":"[^"]*"`)
	autoName       = regexp.MustCompile(`(main-(?:eksRole|instanceRole)-role-)[0-9a-f]{7}`) // drawn anew by the engine
)

// Options that are compared. Left out: source positions and stack traces, which
// tell the languages apart, and the provider version, which npm resolves anew.
var compared = []string{"ignoreChanges", "protect", "retainOnDelete", "deletedWith", "aliases", "customTimeouts", "provider", "providers",
	"additionalSecretOutputs", "deleteBeforeReplace", "deleteBeforeReplaceDefined", "replaceOnChanges", "importId"}

func normal(r map[string]any) registration {
	text, err := json.Marshal(r)
	if err != nil {
		panic("what was JSON stays JSON: " + err.Error())
	}
	text = providerID.ReplaceAll(text, []byte("$1::<id>"))
	text = autoName.ReplaceAll(text, []byte("$1<random>"))
	if err := json.Unmarshal(packageVersion.ReplaceAll(text, []byte(`"packageVersion":""`)), &r); err != nil {
		panic("replacing values keeps JSON: " + err.Error())
	}
	r, _ = encoding(r, fmt.Sprint(r["parent"])).(map[string]any)
	out := registration{
		Type: fmt.Sprint(r["type"]), Name: fmt.Sprint(r["name"]), Parent: fmt.Sprint(r["parent"]), Inputs: r["object"],
		PropertyDependencies: map[string][]string{}, Options: map[string]any{},
	}
	out.Custom, _ = r["custom"].(bool)
	out.Dependencies = texts(r["dependencies"])
	byProperty, _ := r["propertyDependencies"].(map[string]any)
	for k, v := range byProperty {
		urns, _ := v.(map[string]any)
		if l := texts(urns["urns"]); len(l) > 0 {
			out.PropertyDependencies[k] = l
		}
	}
	for _, k := range compared {
		if v, ok := r[k]; ok && !empty(v) {
			out.Options[k] = v
		}
	}
	return out
}

// Marks of the wire format: pulumi/sdk v3 go/common/resource/plugin/rpc.go.
const (
	signature = "4dabf18193072939515e22adb298388d"
	reference = "5cf8f73096256a8f31e491e813e4eb8e"
	unknownID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// encoding removes what two SDKs write differently and the engine reads alike: a
// reference repeats its URN's type and name or not and writes an unknown id as ""
// or as unknown, and an alias names the parent it would have anyway or not.
func encoding(v any, parent string) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = encoding(x[i], parent)
		}
	case map[string]any:
		if x[signature] == reference {
			delete(x, "name")
			delete(x, "type")
			if x["id"] == unknownID {
				x["id"] = ""
			}
		}
		for k := range x {
			if k == "spec" {
				if spec, ok := x[k].(map[string]any); ok && spec["parentUrn"] == parent {
					delete(spec, "parentUrn")
				}
			}
			x[k] = encoding(x[k], parent)
		}
	}
	return v
}

func texts(v any) []string {
	l, _ := v.([]any)
	out := []string{}
	for _, e := range l {
		out = append(out, fmt.Sprint(e))
	}
	slices.Sort(out)
	return out
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case bool:
		return !x
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

func TestTheSandboxRegistersWhatTheNPMPackageRegisters(t *testing.T) {
	pkg, err := install(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := stubs(bin); err != nil {
		t.Fatal(err)
	}
	real, err := start(context.Background(), pkg, bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := real.stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("stderr of the npm package:\n%s", real.log)
		}
	})
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			want, got := run(t, v, real.port), run(t, v, "")
			for _, op := range []string{"preview", "up"} {
				if d := cmp.Diff(want[op], got[op]); d != "" {
					t.Errorf("%s: registrations differ (-npm +sandbox):\n%s", op, d)
				}
				if len(want[op]) == 0 && !(op == "up" && v.previewOnly) {
					t.Errorf("%s: the npm package registered nothing", op)
				}
				t.Logf("%s: %d registrations compared", op, len(want[op]))
			}
		})
	}
}
