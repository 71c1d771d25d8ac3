package aws_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	vpcType   = "aws:ec2/vpc:Vpc"
	roleType  = "aws:iam/role:Role"
	groupType = "aws:eks/nodeGroup:NodeGroup"
)

// given builds the world of the first case of a rule.
func (b *bench) given(rule string) {
	b.Helper()
	i := slices.IndexFunc(cases.All(), func(c cases.Case) bool { return c.Rule == rule })
	for _, s := range cases.All()[i].Given {
		if err := b.do(s); err != nil {
			b.Fatalf("given %s %q: %v", s.Type, s.Name, err)
		}
	}
}

func (b *bench) objects(kind string) []*world.Object {
	var out []*world.Object
	b.w.View(func(tx *world.Tx) { out = tx.Find(kind, "", nil) })
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPreviewKnowsNothingThatAWSDecides(t *testing.T) {
	b := newBench(t, nil)
	in, err := b.check(vpcType, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
	must(t, err)
	res, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urn(vpcType, "net"), Properties: in, Preview: true})
	must(t, err)
	if res.ID != "" || len(b.objects(vpcType)) != 0 {
		t.Errorf("a preview made %q", res.ID)
	}
	for k, known := range map[resource.PropertyKey]bool{"cidrBlock": true, "arn": false, "defaultSecurityGroupId": false} {
		if res.Properties[k].IsComputed() == known {
			t.Errorf("%s is %v in the preview, want known %v", k, res.Properties[k], known)
		}
	}
}

func TestAutoNameStaysAndReplacementsDrawANewOne(t *testing.T) {
	b := newBench(t, nil)
	role := map[string]any{"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[]}`}
	must(t, b.create(roleType, "app", role))
	first := b.state[roleType+"::app"].inputs["name"].StringValue()
	if !strings.HasPrefix(first, "app-") || len(first) != len("app-")+7 {
		t.Errorf("name %q, want app- and seven hex digits", first)
	}
	again, err := b.check(roleType, "app", role)
	must(t, err)
	if got := again["name"].StringValue(); got != first {
		t.Errorf("the second run names it %q, not %q", got, first)
	}
	if d := again["__defaults"].ArrayValue(); len(d) != 1 || d[0].StringValue() != "name" {
		t.Errorf("__defaults %v, want name", d)
	}
}

func TestDefaultTagsMerge(t *testing.T) {
	b := newBench(t, nil)
	must(t, b.configure(map[string]any{"region": cases.Region, "defaultTags": `{"tags":{"stage":"dev","team":"platform"}}`}))
	in, err := b.check(vpcType, "net", map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"team": "web"}})
	must(t, err)
	want := map[string]any{"stage": "dev", "team": "web"}
	if diff := cmp.Diff(want, in["tagsAll"].ObjectValue().Mappable()); diff != "" {
		t.Errorf("tagsAll (-want +got):\n%s", diff)
	}
	res, err := b.p.Check(context.Background(), plugin.CheckRequest{URN: urn(vpcType, "net"), News: resource.PropertyMap{
		"cidrBlock": resource.NewStringProperty("10.0.0.0/16"),
		"tags":      resource.NewObjectProperty(resource.PropertyMap{"team": resource.MakeComputed(resource.NewStringProperty(""))})}})
	must(t, err)
	if !res.Properties["tagsAll"].IsComputed() {
		t.Errorf("tagsAll is %v with an unknown tag, want all unknown", res.Properties["tagsAll"])
	}
}

func TestProviderConfigChanges(t *testing.T) {
	for sentence, c := range map[string]struct {
		key  resource.PropertyKey
		want bool
	}{"a region replaces the provider": {"region", true}, "a guard does not": {"allowedAccountIds", false}} {
		t.Run(sentence, func(t *testing.T) {
			old := resource.PropertyMap{c.key: resource.NewStringProperty("a")}
			res, err := newBench(t, nil).p.DiffConfig(context.Background(), plugin.DiffConfigRequest{OldInputs: old, NewInputs: resource.PropertyMap{c.key: resource.NewStringProperty("b")}})
			must(t, err)
			if res.Replace() != c.want || res.Changes != plugin.DiffSome {
				t.Errorf("replace %v, want %v", res.Replace(), c.want)
			}
		})
	}
}

func TestRefreshSeesDriftAndLoss(t *testing.T) {
	b := newBench(t, nil)
	must(t, b.create(vpcType, "net", map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"a": "1"}}))
	s := b.state[vpcType+"::net"]
	read := func() plugin.ReadResponse {
		res, err := b.p.Read(context.Background(), plugin.ReadRequest{URN: urn(vpcType, "net"), ID: s.id, Inputs: s.inputs, State: s.outputs})
		must(t, err)
		return res
	}
	if diff := cmp.Diff(s.inputs.Mappable(), read().Inputs.Mappable()); diff != "" {
		t.Errorf("an untouched object reads as changed (-want +got):\n%s", diff)
	}
	must(t, b.w.Tx(func(tx *world.Tx) error {
		o := tx.Find(vpcType, "", nil)[0]
		o.Attrs["tags"] = map[string]any{"a": "2"}
		tx.Put(o)
		return nil
	}))
	if got := read().Inputs["tags"].ObjectValue()["a"].StringValue(); got != "2" {
		t.Errorf("drift: tag a is %q, want 2", got)
	}
	must(t, b.remove(vpcType, "net"))
	if got := read(); got.Outputs != nil || got.ID != "" {
		t.Errorf("a deleted object reads as %v", got)
	}
	if err := b.update(vpcType, "net", map[string]any{"cidrBlock": "10.0.0.0/16"}); err == nil || !strings.Contains(err.Error(), "did not exist while updating") {
		t.Errorf("update of what is gone: %v", err)
	}
}

func TestImportGivesTheInputsItWasMadeWith(t *testing.T) {
	b := newBench(t, nil)
	must(t, b.create("aws:sqs/queue:Queue", "q", map[string]any{"messageRetentionSeconds": 300}))
	s := b.state["aws:sqs/queue:Queue::q"]
	res, err := b.p.Read(context.Background(), plugin.ReadRequest{URN: urn("aws:sqs/queue:Queue", "q"), ID: s.id})
	must(t, err)
	if diff := cmp.Diff(s.inputs.Mappable(), res.Inputs.Mappable()); diff != "" {
		t.Errorf("imported inputs (-made +read):\n%s", diff)
	}
}

func TestInitFailureTravelsOverTheProtocol(t *testing.T) {
	i := slices.IndexFunc(cases.All(), func(c cases.Case) bool { return c.Rule == "eks.node-cni" })
	err := newBench(t, nil).run(cases.All()[i])
	var init *aws.InitFailed
	if !errors.As(err, &init) {
		t.Fatalf("got %v, want an InitFailed", err)
	}
	details := status.Convert(err).Details()
	if len(details) != 1 {
		t.Fatalf("details %v, want one", details)
	}
	d, ok := details[0].(*pulumirpc.ErrorResourceInitFailed)
	if !ok || d.GetId() != "prd:general" || d.GetProperties().GetFields()["status"].GetStringValue() != "CREATE_FAILED" {
		t.Errorf("details %v", details[0])
	}
}

func TestLaunchTemplateVersionIsUnknownOnlyWhenItChanges(t *testing.T) {
	const typ = "aws:ec2/launchTemplate:LaunchTemplate"
	for sentence, c := range map[string]struct {
		change  map[string]any
		unknown bool
		latest  float64
	}{
		"a tag makes no version":       {map[string]any{"name": "nodes", "tags": map[string]any{"a": "b"}}, false, 1},
		"an instance type makes a new": {map[string]any{"name": "nodes", "instanceType": "m7i.large"}, true, 2},
	} {
		t.Run(sentence, func(t *testing.T) {
			b := newBench(t, nil)
			must(t, b.create(typ, "t", map[string]any{"name": "nodes"}))
			s := b.state[typ+"::t"]
			in, err := b.check(typ, "t", c.change)
			must(t, err)
			res, err := b.p.Update(context.Background(), plugin.UpdateRequest{URN: urn(typ, "t"), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: in, Preview: true})
			must(t, err)
			if got := res.Properties["latestVersion"].IsComputed(); got != c.unknown {
				t.Errorf("preview: latestVersion unknown %v, want %v", got, c.unknown)
			}
			must(t, b.update(typ, "t", c.change))
			if got := s.outputs["latestVersion"].NumberValue(); got != c.latest {
				t.Errorf("latestVersion %v, want %v", got, c.latest)
			}
		})
	}
}

// TestPreviewKeepsWhatAWSDecidedInside: dependents of a nested computed value
// must not show as changed when the object around it is updated.
func TestPreviewKeepsWhatAWSDecidedInside(t *testing.T) {
	const typ = "aws:eks/cluster:Cluster"
	b := newBench(t, nil)
	b.given("eks.one-minor")
	s := b.state[typ+"::c"]
	group := s.outputs["vpcConfig"].ObjectValue()["clusterSecurityGroupId"]
	next := s.inputs.Copy()
	next["version"] = resource.NewStringProperty("1.35")
	res, err := b.p.Update(context.Background(), plugin.UpdateRequest{URN: urn(typ, "c"), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: next, Preview: true})
	must(t, err)
	if got := res.Properties["vpcConfig"].ObjectValue()["clusterSecurityGroupId"]; !got.DeepEquals(group) {
		t.Errorf("update: cluster security group %v, want %v", got, group)
	}
	fresh, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urn(typ, "d"), Properties: s.inputs, Preview: true})
	must(t, err)
	if got := fresh.Properties["vpcConfig"].ObjectValue()["clusterSecurityGroupId"]; !got.IsComputed() {
		t.Errorf("create: cluster security group %v, want unknown", got)
	}
}

func TestParameterValueFollowsItsInput(t *testing.T) {
	const typ = "aws:ssm/parameter:Parameter"
	for _, given := range []string{"value", "insecureValue"} {
		t.Run(given, func(t *testing.T) {
			b := newBench(t, nil)
			must(t, b.create(typ, "p", map[string]any{"name": "/x", "type": "String", given: "one"}))
			must(t, b.update(typ, "p", map[string]any{"name": "/x", "type": "String", given: "two"}))
			out := toPlain(b.state[typ+"::p"].outputs)
			want := map[string]any{"value": "two", "insecureValue": "two", "version": 2.0}
			for k, v := range want {
				if out[k] != v {
					t.Errorf("%s = %v, want %v", k, out[k], v)
				}
			}
		})
	}
}

// toPlain opens secrets, however deep.
func toPlain(m resource.PropertyMap) map[string]any { return m.MapRepl(nil, opened) }

func opened(v resource.PropertyValue) (any, bool) {
	if !v.IsSecret() {
		return nil, false
	}
	return v.SecretValue().Element.MapRepl(nil, opened), true
}

func TestEncryptionCanBeAddedAndNeverChanged(t *testing.T) {
	key := func(arn string) map[string]any {
		return map[string]any{"name": "c", "encryptionConfig": map[string]any{"resources": []any{"secrets"}, "provider": map[string]any{"keyArn": arn}}}
	}
	for sentence, c := range map[string]struct {
		old, new map[string]any
		replace  bool
	}{
		"added":     {map[string]any{"name": "c"}, key("k1"), false},
		"another":   {key("k1"), key("k2"), true},
		"taken off": {key("k1"), map[string]any{"name": "c"}, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			res, err := newBench(t, nil).p.Diff(context.Background(), plugin.DiffRequest{URN: urn("aws:eks/cluster:Cluster", "c"), OldInputs: props(c.old), NewInputs: props(c.new)})
			must(t, err)
			if res.Replace() != c.replace {
				t.Errorf("replace %v, want %v: %v", res.Replace(), c.replace, res.DetailedDiff)
			}
		})
	}
}

func TestRollingUpdateReplacesEveryNode(t *testing.T) {
	b := newBench(t, nil)
	b.given("eks.cluster-in-use")
	before := ids(b.objects("hidden:ec2/Instance"))
	in := b.state[groupType+"::g"].inputs.Mappable()
	in["releaseVersion"] = "1.35.7-20261003"
	delete(in, "__defaults")
	must(t, b.update(groupType, "g", in))
	after := ids(b.objects("hidden:ec2/Instance"))
	for _, id := range after {
		if slices.Contains(before, id) {
			t.Errorf("node %s survived", id)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d nodes, want %d", len(after), len(before))
	}
	if op := b.ops[len(b.ops)-1]; op.Latency != 2*400*time.Second {
		t.Errorf("two nodes one by one took %s, want 800s", op.Latency)
	}
	for _, n := range b.objects("kube:v1/Node") {
		if n.Attrs["releaseVersion"] != "1.35.7-20261003" {
			t.Errorf("node %s runs %v", n.ID, n.Attrs["releaseVersion"])
		}
	}
}

// TestNodesAfterTheCNILeaveInterfaces is the leak that makes destroys hang.
func TestNodesAfterTheCNILeaveInterfaces(t *testing.T) {
	cni := map[string]any{"clusterName": "prd", "addonName": "vpc-cni", "addonVersion": "v1.22.4-eksbuild.3", "resolveConflictsOnCreate": "OVERWRITE"}
	for sentence, c := range map[string]struct {
		preserve bool
		leaks    bool
	}{"removed": {false, true}, "preserved": {true, false}} {
		t.Run(sentence, func(t *testing.T) {
			b := newBench(t, nil)
			b.given("eks.cluster-in-use")
			cni["preserve"] = c.preserve
			must(t, b.create("aws:eks/addon:Addon", "cni", cni))
			must(t, b.remove("aws:eks/addon:Addon", "cni"))
			must(t, b.remove(groupType, "g"))
			must(t, b.remove("aws:eks/cluster:Cluster", "c"))
			err := b.remove("aws:ec2/subnet:Subnet", "a")
			if c.leaks != (err != nil && strings.Contains(err.Error(), "DependencyViolation")) {
				t.Errorf("delete of the subnet: %v, want a leak: %v", err, c.leaks)
			}
		})
	}
}

func TestLateLogsComeBack(t *testing.T) {
	b := newBench(t, nil)
	b.given("eks.cluster-version")
	const logs = "aws:cloudwatch/logGroup:LogGroup"
	must(t, b.create(logs, "l", map[string]any{"name": "/aws/eks/prd/cluster"}))
	must(t, b.do(cases.Step{Type: "aws:eks/cluster:Cluster", Name: "c", In: map[string]any{"name": "prd", "version": "1.35", "roleArn": "${control.arn}",
		"enabledClusterLogTypes": []any{"audit"}, "vpcConfig": map[string]any{"subnetIds": []any{"${a}", "${b}"}}}}))
	must(t, b.remove("aws:eks/cluster:Cluster", "c"))
	must(t, b.remove(logs, "l"))
	err := b.create(logs, "m", map[string]any{"name": "/aws/eks/prd/cluster"})
	if err == nil || !strings.Contains(err.Error(), "The specified log group already exists") {
		t.Errorf("got %v, want the group that the control plane made again", err)
	}
}

func TestSubnetCountsItsFreeAddresses(t *testing.T) {
	b := newBench(t, nil)
	b.given("efs.mount-target-per-zone")
	res, err := b.p.Invoke(context.Background(), plugin.InvokeRequest{Tok: "aws:ec2/getSubnet:getSubnet", Args: props(map[string]any{"id": b.lookup("a", "")})})
	must(t, err)
	if got, want := res.Properties["availableIpAddressCount"].NumberValue(), float64(4096-5-1); got != want {
		t.Errorf("free addresses %v, want %v (a /20 less AWS's five and one mount target)", got, want)
	}
}

func TestInvokes(t *testing.T) {
	b := newBench(t, nil)
	b.given("eks.cluster-in-use")
	for tok, c := range map[string]struct {
		args map[string]any
		key  resource.PropertyKey
		want string
	}{
		"aws:index/getPartition:getPartition":           {nil, "partition", "aws"},
		"aws:index/getRegion:getRegion":                 {nil, "name", cases.Region},
		"aws:index/getCallerIdentity:getCallerIdentity": {nil, "accountId", cases.Account},
		"aws:eks/getCluster:getCluster":                 {map[string]any{"name": "prd"}, "version", "1.35"},
		"aws:eks/getAddonVersion:getAddonVersion":       {map[string]any{"addonName": "coredns", "kubernetesVersion": "1.35"}, "version", "v1.13.2-eksbuild.31"},
		"aws:iam/getRole:getRole":                       {map[string]any{"name": "node"}, "arn", "arn:aws:iam::" + cases.Account + ":role/node"},
		"aws:ec2/getVpc:getVpc":                         {map[string]any{"cidrBlock": "10.0.0.0/16"}, "state", "available"},
		"aws:iam/getPolicyDocument:getPolicyDocument": {map[string]any{"statements": []any{map[string]any{"actions": []any{"s3:GetObject"}, "resources": []any{"*"}}}},
			"minifiedJson", `{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}`},
		"aws:ssm/getParameter:getParameter": {map[string]any{"name": "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version"}, "name",
			"/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version"},
	} {
		t.Run(tok, func(t *testing.T) {
			res, err := b.p.Invoke(context.Background(), plugin.InvokeRequest{Tok: tokens.ModuleMember(tok), Args: props(c.args)})
			must(t, err)
			if got := res.Properties[c.key]; !got.IsString() || got.StringValue() != c.want {
				t.Errorf("%s = %v, want %s", c.key, got, c.want)
			}
		})
	}
	if _, err := b.p.Invoke(context.Background(), plugin.InvokeRequest{Tok: "aws:ec2/getManagedPrefixList:getManagedPrefixList"}); err == nil || !strings.Contains(err.Error(), "does not model") {
		t.Errorf("a function that is not modelled: %v, want a loud error", err)
	}
}

// TestEveryTypeOfTheSchemaWorks makes one of each type that needs nothing, and
// checks that its outputs are those that the schema promises.
func TestEveryTypeOfTheSchemaWorks(t *testing.T) {
	pkg := schema.AWS()
	made := 0
	for _, tok := range pkg.Tokens() {
		res, _ := pkg.Resource(tok)
		b := newBench(t, nil)
		inputs := map[string]any{}
		for _, k := range res.RequiredInputs {
			if p := res.Inputs[k]; p.Type == "string" {
				inputs[k] = "x-0123456789"
			}
		}
		if err := b.create(tok, "one", inputs); err != nil {
			continue // its own rules want real references; the cases make those
		}
		made++
		out := b.state[tok+"::one"].outputs
		for _, k := range res.Required {
			if v, ok := out[resource.PropertyKey(k)]; !ok || v.IsNull() {
				t.Errorf("%s: output %s is missing", tok, k)
			}
		}
		must(t, b.remove(tok, "one"))
	}
	if made < 100 {
		t.Errorf("only %d types could be made without references", made)
	}
}

func ids(objects []*world.Object) []string {
	out := make([]string, len(objects))
	for i, o := range objects {
		out[i] = o.ID
	}
	return out
}

// TestAnUpdatedParameterHasTheNewValueOnly: the object has value and
// insecureValue, whichever of them was given.
func TestAnUpdatedParameterHasTheNewValueOnly(t *testing.T) {
	const kind = "aws:ssm/parameter:Parameter"
	b := newBench(t, nil)
	must(t, b.create(kind, "p", map[string]any{"name": "/x", "type": "String", "insecureValue": "old"}))
	must(t, b.update(kind, "p", map[string]any{"name": "/x", "type": "String", "insecureValue": "new"}))
	attrs := b.objects(kind)[0].Attrs
	if attrs["value"] != "new" || attrs["insecureValue"] != "new" {
		t.Errorf("value %q, insecureValue %q, want new for both", attrs["value"], attrs["insecureValue"])
	}
}
