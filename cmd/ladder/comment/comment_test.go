package comment

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

const stackURN = "urn:pulumi:dev::ladder::pulumi:pulumi:Stack::ladder-dev"

// op is an operation below the stack.
func op(typ, name, what string, diffs ...report.Difference) report.Operation {
	o := report.Operation{URN: "urn:pulumi:dev::ladder::" + typ + "::" + name, Type: typ, Name: name, Parent: stackURN, Op: what, Differences: diffs}
	for _, d := range diffs {
		o.Changed = append(o.Changed, d.Path)
		if strings.HasSuffix(d.Kind, "-replace") {
			o.Keys = append(o.Keys, first(d.Path))
		}
	}
	return o
}

func diff(path, kind string, was, is any) report.Difference {
	return report.Difference{Path: path, Kind: kind, Old: was, New: is}
}

func TestWhatAnOperationStops(t *testing.T) {
	update := func(typ string, paths ...string) report.Operation {
		o := op(typ, "x", "update")
		o.Changed = paths
		return o
	}
	for sentence, tt := range map[string]struct {
		op   report.Operation
		want Class
	}{
		"a new cluster stops nothing":                    {op("aws:eks/cluster:Cluster", "x", "create"), upgrade.None},
		"a cluster that is replaced loses all":           {op("aws:eks/cluster:Cluster", "x", "replace"), upgrade.Data},
		"a cluster's minor is a brief matter":            {update("aws:eks/cluster:Cluster", "version"), upgrade.Brief},
		"a cluster's logs are nothing":                   {update("aws:eks/cluster:Cluster", "enabledClusterLogTypes[0]"), upgrade.None},
		"the worst of two properties counts":             {update("aws:eks/cluster:Cluster", "enabledClusterLogTypes", "version"), upgrade.Brief},
		"a group's size and tags move nothing":           {update("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize", "tags.a"), upgrade.None},
		"a group's size alone moves nothing":             {update("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize"), upgrade.None},
		"a group's template moves its pods":              {update("aws:eks/nodeGroup:NodeGroup", "launchTemplate.version"), upgrade.PodsMove},
		"tags are only tags":                             {update("aws:eks/nodeGroup:NodeGroup", `tags["a"]`, "tagsAll.b"), upgrade.None},
		"tags of a volume too":                           {update("aws:ec2/instance:Instance", `rootBlockDevice.tags["a"]`), upgrade.None},
		"labels of a node group are more":                {update("aws:eks/nodeGroup:NodeGroup", "labels.role"), upgrade.Brief},
		"labels of an object are not":                    {update("kubernetes:core/v1:ConfigMap", "metadata.labels.a"), upgrade.None},
		"a file system's deletion is data":               {op("aws:efs/fileSystem:FileSystem", "x", "delete"), upgrade.Data},
		"shorter retention is data":                      {update("aws:cloudwatch/logGroup:LogGroup", "retentionInDays"), upgrade.Data},
		"a kind of Kubernetes in any version":            {op("kubernetes:networking.istio.io/v1alpha3:VirtualService", "x", "delete"), upgrade.Outage},
		"an add-on has its own sentence":                 {op("aws:eks/addon:Addon", "cluster-main-addon-eks-node-monitoring-agent", "update"), upgrade.None},
		"an add-on that nobody knows":                    {op("aws:eks/addon:Addon", "cluster-main-addon-other", "update"), upgrade.Brief},
		"a chart has its own sentence":                   {op(helmRelease, "mesh-main-istio-base", "update"), upgrade.None},
		"a type that nobody thought of, replaced":        {op("aws:new/thing:Thing", "x", "replace"), upgrade.Outage},
		"a type that nobody thought of, changed":         {op("aws:new/thing:Thing", "x", "update"), upgrade.Brief},
		"leaving the state touches nothing in the cloud": {op("aws:eks/cluster:Cluster", "x", "discard"), upgrade.None},
	} {
		if got := effectOf(tt.op); got.class != tt.want || got.text == "" {
			t.Errorf("%s: %q, %q, want %q", sentence, got.class, got.text, tt.want)
		}
	}
}

// TestEveryTypeHasASentence holds the tables against what the stacks registered
// when the list was made; the fallback is for what comes later.
func TestEveryTypeHasASentence(t *testing.T) {
	text, err := os.ReadFile("testdata/types.txt")
	if err != nil {
		t.Fatal(err)
	}
	types := strings.Fields(string(text))
	if len(types) < 60 {
		t.Fatalf("%d types: the list is cut", len(types))
	}
	for _, typ := range types {
		r, ok := rulesOf(typ)
		if !ok {
			t.Errorf("%s: nobody says what its replacement or deletion stops", typ)
			continue
		}
		for what, e := range map[string]effect{"update": r.update, "replace": r.replace, "delete": r.remove} {
			if _, class := severity[e.class]; !class || e.text == "" {
				t.Errorf("%s: %s has class %q and text %q", typ, what, e.class, e.text)
			}
		}
	}
}

func TestDigest(t *testing.T) {
	base := []report.Operation{
		op("aws:ec2/vpc:Vpc", "a", "update", diff("tags.x", "update", "1", "2"), diff("cidr", "update", "1", "2")),
		op("aws:ec2/subnet:Subnet", "b", "create"),
	}
	same := func(change func(ops []report.Operation) []report.Operation) bool {
		return Digest(change(slices.Clone(base))) == Digest(base)
	}
	for sentence, tt := range map[string]struct {
		change func(ops []report.Operation) []report.Operation
		same   bool
	}{
		"another order": {func(o []report.Operation) []report.Operation { o[0], o[1] = o[1], o[0]; return o }, true},
		"other values": {func(o []report.Operation) []report.Operation {
			o[0] = op("aws:ec2/vpc:Vpc", "a", "update", diff("cidr", "update", "8", "9"), diff("tags.x", "update", nil, true))
			return o
		}, true},
		"another time": {func(o []report.Operation) []report.Operation { o[0].Latency, o[0].Start = 5, 7; return o }, true},
		"what stays": {func(o []report.Operation) []report.Operation {
			return append(o, op("aws:ec2/vpc:Vpc", "c", "same"), op("x", "y", "read"))
		}, true},
		"the engine's own provider": {func(o []report.Operation) []report.Operation {
			return append(o, op("pulumi:providers:pulumi", "default", "create"))
		}, true},
		"a provider of the program": {func(o []report.Operation) []report.Operation {
			return append(o, op("pulumi:providers:aws", "aws", "update"))
		}, false},
		"one operation more":            {func(o []report.Operation) []report.Operation { return append(o, op("aws:ec2/vpc:Vpc", "c", "delete")) }, false},
		"one operation less":            {func(o []report.Operation) []report.Operation { return o[:1] }, false},
		"another operation":             {func(o []report.Operation) []report.Operation { o[0].Op = "replace"; return o }, false},
		"another key":                   {func(o []report.Operation) []report.Operation { o[0].Changed = []string{"cidr"}; return o }, false},
		"another resource":              {func(o []report.Operation) []report.Operation { o[1].URN += "b"; return o }, false},
		"keys that run into each other": {func(o []report.Operation) []report.Operation { o[0].Changed = []string{"cidrtags.x"}; return o }, false},
	} {
		if got := same(tt.change); got != tt.same {
			t.Errorf("%s: the same digest %v, want %v", sentence, got, tt.same)
		}
	}
	if !strings.HasPrefix(Digest(nil), "sha256:") || len(Digest(nil)) != len("sha256:")+64 {
		t.Errorf("digest %q", Digest(nil))
	}
}

func TestNothingLeavesACodeSpan(t *testing.T) {
	for in, want := range map[string]string{
		"plain":               "`plain`",
		"":                    "empty",
		"a`b":                 "``a`b``",
		"`":                   "`` ` ``",
		"``a":                 "``` ``a ```",
		"a|b":                 "`a\\|b`",
		"line\nbreak":         "`line break`",
		"\u202eturned\u200b":  "`turned`",
		"<img src=x> @all **": "`<img src=x> @all **`",
		"\x1b[31mred":         "`[31mred`",
	} {
		if got := code(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := code(strings.Repeat("x", 500)); len([]rune(got)) != longest+2 {
		t.Errorf("%d runes", len([]rune(got)))
	}
	if got := block("a\n```\n<b>\x00"); got != "````text\na\n```\n<b>\n````\n" {
		t.Errorf("%q", got)
	}
	if got := summary("</summary><script>&"); got != "&lt;/summary&gt;&lt;script&gt;&amp;" {
		t.Errorf("%q", got)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	for sentence, tt := range map[string]struct {
		token, path string
		in, want    any
	}{
		"a password by its name": {"", "masterPassword", "hunter2", masked},
		"in a map":               {"", "values", map[string]any{"adminPassword": "x", "size": 1}, map[string]any{"adminPassword": masked, "size": 1}},
		"in a list of maps":      {"", "users", []any{map[string]any{"token": "x"}}, []any{map[string]any{"token": masked}}},
		"in brackets":            {"", `values["api"]["apiKey"]`, "x", masked},
		"data of a Secret":       {"kubernetes:core/v1:Secret", "data.tls", "x", masked},
		"data of a ConfigMap":    {"kubernetes:core/v1:ConfigMap", "data.mesh", "x", "x"},
		"kubeconfigs, whole":     {"", "kubeconfigs.main", "{}", masked},
		"the name of a secret":   {"", "secretName", "platform/dev/db", "platform/dev/db"},
		"a private key":          {"", "privateKeyPem", "-----", masked},
		"nothing stays nothing":  {"", "password", nil, nil},
	} {
		if d := cmp.Diff(tt.want, hidden(tt.token, tt.path, tt.in)); d != "" {
			t.Errorf("%s (-want +got):\n%s", sentence, d)
		}
	}
	s := NewStack(Input{Name: "dev", Previewed: true, Operations: []report.Operation{
		op("aws:rds/instance:Instance", "db", "replace", diff("password", "update-replace", "hunter2", "hunter3")),
	}})
	if text := Markdown(Comment{Where: Sandbox, Stacks: []Stack{s}}, GitHub); strings.Contains(text, "hunter") || !strings.Contains(text, "`password`: `[secret]` → `[secret]`") {
		t.Error(text)
	}
}

func TestReasonsOfAReplacement(t *testing.T) {
	vpc := op("aws:ec2/vpc:Vpc", "v", "replace", diff("cidrBlock", "update-replace", "a", "b"), diff("tags.x", "update", "1", "2"))
	bare := op("aws:ec2/subnet:Subnet", "s", "replace")
	bare.DependsOn = []string{vpc.URN}
	lost := op("aws:ec2/subnet:Subnet", "t", "replace")
	keyed := op("aws:ec2/subnet:Subnet", "u", "replace")
	keyed.Keys = []string{"vpcId"}
	s := NewStack(Input{Name: "dev", Previewed: true, Operations: []report.Operation{vpc, bare, lost, keyed}})
	got := map[string]string{}
	for _, c := range s.Changes {
		got[c.Name] = c.why()
	}
	want := map[string]string{
		"v": "`cidrBlock`: `a` → `b`",
		"s": "it goes with VPC v, which is replaced",
		"t": "the provider asks for it and names no property",
		"u": "`vpcId`: known after the up",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// enormous is a change of n resources with awkward names.
func enormous(n int) Comment {
	var ops []report.Operation
	for i := range n {
		ops = append(ops, op("aws:ec2/subnet:Subnet", fmt.Sprintf("subnet-`%d`-|-<b>", i), "replace",
			diff("cidrBlock", "update-replace", strings.Repeat("x", 200), strings.Repeat("y", 200)), diff("tags.a", "update", "1", "2")))
	}
	return Comment{Where: Sandbox, Base: "main", Stacks: []Stack{NewStack(Input{Name: "dev", File: "Pulumi.dev.yaml", Previewed: true, Operations: ops})}}
}

func TestACommentFits(t *testing.T) {
	for _, n := range []int{0, 1, 50, 400, 1500} {
		for _, limit := range []int{1000, 4000, GitHub, GitLab} {
			c := enormous(n)
			got := Markdown(c, limit)
			if len(got) > limit {
				t.Errorf("%d changes: %d bytes, %d are allowed", n, len(got), limit)
			}
			for _, part := range []string{Marker(Sandbox) + "\n", headline(c), "<!-- ladder:digest dev " + c.Stacks[0].Digest + " -->"} {
				if !strings.Contains(got, part) {
					t.Errorf("%d changes in %d bytes: %q is lost", n, limit, part)
				}
			}
			if open, shut := strings.Count(got, "<details>"), strings.Count(got, "</details>"); open != shut {
				t.Errorf("%d changes in %d bytes: %d folded texts begin, %d end", n, limit, open, shut)
			}
		}
	}
	if got := Markdown(enormous(1500), GitHub); !strings.Contains(got, "do not fit into this comment") || !strings.Contains(got, "1500 replaced") {
		t.Errorf("an enormous change is not said to be cut:\n%.2000s", got)
	}
	c := enormous(1)
	c.Stacks[0].Refused = strings.Repeat("because of this and that\n", 20000)
	if got := Markdown(c, GitHub); len(got) > GitHub || !strings.Contains(got, "because of this") || !strings.Contains(got, "… cut") {
		t.Errorf("a long refusal: %d bytes", len(got))
	}
}

func TestRefusalsComeFirst(t *testing.T) {
	var found finding.List
	found.Add("networks.main.cidr", "use /22", "is too small")
	found.Warn("edge.waf", "block it", "only counts")
	s := NewStack(Input{Name: "dev", Findings: found, Refused: "networks.main.cidr: is too small; use /22", Messages: []string{"a message"}})
	got := Markdown(Comment{Where: Account, Stacks: []Stack{s}}, GitHub)
	at := func(part string) int {
		i := strings.Index(got, part)
		if i < 0 {
			t.Fatalf("%q is not in\n%s", part, got)
		}
		return i
	}
	if !(at("cannot be made") < at("too small") && at("too small") < at("only counts")) || !strings.HasPrefix(got, Marker(Account)) {
		t.Error(got)
	}
	if strings.Contains(got, "ladder:digest") {
		t.Error("a preview that failed has a digest")
	}
}
