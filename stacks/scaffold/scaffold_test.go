package scaffold_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/scaffold"
)

// shipped are the repository's stacks.
func shipped(t *testing.T) []scaffold.Other {
	t.Helper()
	var out []scaffold.Other
	for _, name := range []string{"dev", "prd", "stg"} {
		text, err := os.ReadFile("../../Pulumi." + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		cfg, found := config.LoadBytes(name, text, name)
		if len(found.Errors()) > 0 {
			t.Fatal(found)
		}
		out = append(out, scaffold.Other{Name: name, Config: cfg, Text: text})
	}
	return out
}

// written puts the file beside the shipped ones and reads it as config check does.
func written(t *testing.T, a scaffold.Answers, others []scaffold.Other) (config.Stack, string, finding.List) {
	t.Helper()
	text, found := scaffold.File(a, others)
	if len(found) > 0 {
		return config.Stack{}, "", found
	}
	dir := t.TempDir()
	for _, o := range others {
		if err := os.WriteFile(filepath.Join(dir, "Pulumi."+o.Name+".yaml"), o.Text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "Pulumi."+a.Stack+".yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, found := config.Load(path, a.Stack)
	return s, string(text), found.Errors()
}

// Every file that is written passes config check, whatever it begins from.
func TestWhatIsWrittenIsGood(t *testing.T) {
	tests := map[string]struct {
		in    scaffold.Answers
		alone bool
	}{
		"the first stack of an account":      {scaffold.Answers{Stack: "dev", Region: "eu-west-1", AccountID: "444444444444", Owner: "a team: ours", Domain: "dev.example.org"}, true},
		"a first stack without a domain":     {scaffold.Answers{Stack: "sandbox", Region: "us-east-1", AccountID: "444444444444", Owner: "platform"}, true},
		"another dev stack":                  {scaffold.Answers{Stack: "dev-b", Region: "us-west-2", AccountID: "555555555555", Owner: "platform"}, false},
		"a stage behind dev":                 {scaffold.Answers{Stack: "stg-b", AccountID: "555555555555"}, false},
		"a prd in another region":            {scaffold.Answers{Stack: "prd-usw2", Region: "us-west-2", AccountID: "555555555555", Domain: "usw2.example.com"}, false},
		"a prd with blocks of its own":       {scaffold.Answers{Stack: "prd-b", AccountID: "555555555555", CIDR: "172.30.0.0/16", PodCIDR: "100.100.0.0/16"}, false},
		"a stage in the account of upstream": {scaffold.Answers{Stack: "stg-c", AccountID: "111111111111"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var others []scaffold.Other
			if !tt.alone {
				others = shipped(t)
			}
			a := tt.in.Suggest(others)
			if m := a.Missing(); len(m) > 0 {
				t.Fatalf("missing: %v", m)
			}
			s, text, found := written(t, a, others)
			if len(found) > 0 {
				t.Fatalf("%v\n%s", found, text)
			}
			mustBeItsOwn(t, s, text, a, others)
		})
	}
}

// mustBeItsOwn: no block of another stack, and nothing of the one it follows
// but its name and the role that reads its record.
func mustBeItsOwn(t *testing.T, s config.Stack, text string, a scaffold.Answers, others []scaffold.Other) {
	t.Helper()
	for _, o := range others {
		taken := scaffold.Taken([]config.Stack{{Networks: o.Config.Networks}})
		for _, n := range s.Networks {
			for _, b := range n.Blocks() {
				if slices.ContainsFunc(taken, netip.MustParsePrefix(b).Overlaps) {
					t.Errorf("%s overlaps a block of %s", b, o.Name)
				}
			}
		}
		if o.Name != a.After {
			continue
		}
		up := o.Config
		if own := strings.ReplaceAll(text, "iam::"+up.Environment.AccountID+":role/ladder-record-reader", ""); up.Environment.AccountID != a.AccountID && strings.Contains(own, up.Environment.AccountID) {
			t.Errorf("the account of %s is in the file:\n%s", o.Name, text)
		}
		for _, of := range []string{up.Edge.Domain.Name, up.Mesh.TrustDomain, "/" + o.Name + "/", "-" + o.Name + "\n"} {
			if strings.Contains(text, of) {
				t.Errorf("%q of %s is in the file:\n%s", of, o.Name, text)
			}
		}
	}
}

func TestSuggest(t *testing.T) {
	got := scaffold.Answers{Stack: "prd-usw2", AccountID: "555555555555"}.Suggest(shipped(t))
	want := scaffold.Answers{
		Stack: "prd-usw2", Stage: "prd", After: "stg", Region: "ap-northeast-2", AccountID: "555555555555",
		DeployerRoleARN: "arn:aws:iam::555555555555:role/ladder-deployer", Owner: "platform", Domain: "prd-usw2.example.com",
		Release: "2026.08", CIDR: "10.50.0.0/16", PodCIDR: "100.67.0.0/16",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("suggested (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"stage", "region", "account", "deployer-role", "owner"}, scaffold.Answers{}.Missing()); diff != "" {
		t.Errorf("missing of nothing:\n%s", diff)
	}
	alone := scaffold.Answers{Stack: "stg", AccountID: "1", Region: "r", Owner: "o"}.Suggest(nil)
	if diff := cmp.Diff([]string{"after"}, alone.Missing()); diff != "" {
		t.Errorf("missing of a stage that nobody is before:\n%s", diff)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	good := scaffold.Answers{Stack: "stg-b", Stage: "stg", After: "dev", Region: "eu-west-1", AccountID: "555555555555", Owner: "o", Release: "2026.08"}
	tests := map[string]struct {
		change func(*scaffold.Answers, []scaffold.Other)
		want   string
	}{
		"a region that is none":     {func(a *scaffold.Answers, _ []scaffold.Other) { a.Region = "eu-west-9" }, `environment.region: "eu-west-9" is not a region; use for example ap-northeast-2`},
		"a stack that is there":     {func(a *scaffold.Answers, _ []scaffold.Other) { a.Stack = "stg" }, `there is a stack "stg" already; choose another name, or edit that file`},
		"a stage that is not there": {func(a *scaffold.Answers, _ []scaffold.Other) { a.After = "qa" }, `promotion.after: there is no stack "qa"; use one of dev, prd, stg`},
		"a network of somebody else's": {func(_ *scaffold.Answers, o []scaffold.Other) {
			n := o[0].Config.Networks["main"]
			n.Existing = new(networkExisting)
			o[0].Config.Networks["main"] = n
		}, `networks.main.existing: "dev" uses a VPC that somebody else made, and nobody can guess the new one's; copy Pulumi.dev.yaml and write the subnets of the new account into it`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, others := good, shipped(t)
			tt.change(&a, others)
			text, found := scaffold.File(a, others)
			if len(found) != 1 || found[0].String() != tt.want || text != nil {
				t.Errorf("got %v", found)
			}
		})
	}
}

func TestFree(t *testing.T) {
	block := netip.MustParsePrefix
	candidates := []netip.Prefix{block("10.20.0.0/16"), block("10.30.0.0/16")}
	tests := map[string]struct {
		taken []netip.Prefix
		want  string
	}{
		"nothing is taken":             {nil, "10.20.0.0/16"},
		"a small part of the first":    {[]netip.Prefix{block("10.20.255.0/24")}, "10.30.0.0/16"},
		"a block that holds the first": {[]netip.Prefix{block("10.16.0.0/13")}, "10.30.0.0/16"},
		"the block beside it":          {[]netip.Prefix{block("10.21.0.0/16")}, "10.20.0.0/16"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := scaffold.Free(candidates, tt.taken); !ok || got.String() != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
	if _, ok := scaffold.Free(candidates, []netip.Prefix{block("10.0.0.0/8")}); ok {
		t.Error("a block was found where all are taken")
	}
}

// networkExisting is a VPC that somebody else made.
type networkExisting = network.Existing
