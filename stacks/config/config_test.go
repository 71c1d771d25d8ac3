package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/esc"
	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/ladder-platform/ladder/stacks/config"
)

// asEngine is a stack file as the engine hands it to a program: read and
// rendered by Pulumi's own code.
func asEngine(t *testing.T, path string) map[string]string {
	t.Helper()
	project, err := workspace.LoadProject("../../Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stack, err := workspace.LoadProjectStack(nil, project, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := workspace.ValidateStackConfigAndApplyProjectConfig(t.Context(), "stack", project, esc.Value{}, stack.Config, nil, pulumi.NopDecrypter); err != nil {
		t.Fatal(err)
	}
	values, err := stack.Config.Decrypt(pulumi.NopDecrypter)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for key, value := range values {
		out[key.String()] = value
	}
	return out
}

func files(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"../../Pulumi.*.yaml", "../../tests/stacks/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) < 3 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, p := range paths {
			out[strings.TrimPrefix(strings.TrimSuffix(filepath.Base(p), ".yaml"), "Pulumi.")] = p
		}
	}
	return out
}

// TestLoadAndDecodeAgree: the file that the CLI checks is the configuration
// that the program runs with, after all that Pulumi does to it.
func TestLoadAndDecodeAgree(t *testing.T) {
	for stack, path := range files(t) {
		t.Run(stack, func(t *testing.T) {
			loaded, found := config.Load(path, stack)
			if len(found) > 0 {
				t.Errorf("the file has findings: %v", found)
			}
			decoded, found := config.Decode(asEngine(t, path), stack)
			if len(found) > 0 {
				t.Errorf("the engine's values have findings: %v", found)
			}
			if diff := cmp.Diff(loaded, decoded); diff != "" {
				t.Errorf("Load and Decode disagree (-load +decode):\n%s", diff)
			}
		})
	}
}

func TestDecodeFindings(t *testing.T) {
	good := asEngine(t, "../../Pulumi.dev.yaml")
	tests := map[string]struct {
		change func(map[string]string)
		want   []string
	}{
		"a section of another project is not ours": {func(m map[string]string) { m["aws:region"] = "x" }, nil},
		"an unknown section": {func(m map[string]string) { m["ladder:storage"] = "{}" },
			[]string{`storage: is not a known key; use one of clusters, edge, environment, mesh, networks, observability, promotion, release, sample`}},
		"text that is no object": {func(m map[string]string) { m["ladder:networks"] = "main" },
			[]string{`networks: is text, wanted are entries by key; write keys and values below it`}},
		"broken JSON": {func(m map[string]string) { m["ladder:environment"] = `{"stage": ` },
			[]string{`environment: is not YAML: did not find expected node content; correct the indentation, quotes or brackets on this line or the one before`}},
		"a wrong value": {func(m map[string]string) {
			m["ladder:environment"] = strings.Replace(m["ladder:environment"], `"dev"`, `"test"`, 1)
		}, []string{`environment.stage: "test" is not a stage; use one of dev, prd, stg`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			values := map[string]string{}
			for k, v := range good {
				values[k] = v
			}
			tt.change(values)
			_, found := config.Decode(values, "dev")
			var got []string
			for _, f := range found {
				got = append(got, f.String())
			}
			if tt.want != nil && strings.HasPrefix(name, "broken") {
				got = got[:1] // what follows from a missing environment is not the point
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func load(t *testing.T, stack string) config.Stack {
	t.Helper()
	s, found := config.Load("../../Pulumi."+stack+".yaml", stack)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

func TestDifferences(t *testing.T) {
	paths := func(in []config.Difference) []string {
		var out []string
		for _, d := range in {
			out = append(out, d.Path)
		}
		return out
	}
	dev, stg, prd := load(t, "dev"), load(t, "stg"), load(t, "prd")
	if diff := cmp.Diff([]string{"clusters.main.nodeGroups.general.capacity", "networks.main.nat.mode"}, paths(config.Differences(dev, stg))); diff != "" {
		t.Errorf("dev and stg (-want +got):\n%s", diff)
	}
	if got := config.Differences(stg, prd); len(got) > 0 {
		t.Errorf("stg and prd have one shape, and differ in %v", got)
	}
	tests := map[string]struct {
		change func(*config.Stack)
		want   []string
	}{
		"nothing":                  {func(*config.Stack) {}, nil},
		"a release, and its slots": {func(s *config.Stack) { s.Release = "2026.11" }, nil},
		"more zones":               {func(s *config.Stack) { n := s.Networks["main"]; n.Zones = n.Zones[:2]; s.Networks["main"] = n }, []string{"networks.main.zones"}},
		"zones of the same number": {func(s *config.Stack) {
			n := s.Networks["main"]
			n.Zones = []string{"a", "b", "c"}
			s.Networks["main"] = n
		}, nil},
		"endpoints in another order": {func(s *config.Stack) {
			n := s.Networks["main"]
			e := append([]string(nil), n.Endpoints...)
			e[0], e[1] = e[1], e[0]
			n.Endpoints = e
			s.Networks["main"] = n
		}, nil},
		"an endpoint less": {func(s *config.Stack) { n := s.Networks["main"]; n.Endpoints = n.Endpoints[1:]; s.Networks["main"] = n }, []string{"networks.main.endpoints"}},
		"a public endpoint": {func(s *config.Stack) {
			c := s.Clusters["main"]
			c.Endpoint.PublicCIDRs = []string{"203.0.113.0/24"}
			s.Clusters["main"] = c
		}, []string{"clusters.main.endpoint.publicCidrs"}},
		"no bastion": {func(s *config.Stack) { c := s.Clusters["main"]; c.Bastion = nil; s.Clusters["main"] = c }, []string{"clusters.main.bastion"}},
		"prefix delegation": {func(s *config.Stack) {
			c := s.Clusters["main"]
			c.PodAddressing.PrefixDelegation = true
			s.Clusters["main"] = c
		}, []string{"clusters.main.podAddressing.prefixDelegation"}},
		"another network, all at once": {func(s *config.Stack) { s.Networks["data"] = s.Networks["main"] }, []string{"networks.data"}},
		"a cluster less":               {func(s *config.Stack) { delete(s.Clusters, "main") }, []string{"clusters.main"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changed := load(t, "prd")
			tt.change(&changed)
			if diff := cmp.Diff(tt.want, paths(config.Differences(prd, changed))); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithDefaultsTwice(t *testing.T) {
	for stack, path := range files(t) {
		s, _ := config.Load(path, stack)
		if diff := cmp.Diff(s, s.WithDefaults()); diff != "" {
			t.Errorf("%s: filling in twice changes something:\n%s", stack, diff)
		}
	}
}

func TestDemand(t *testing.T) {
	s := load(t, "prd")
	got := s.Demand("main")
	if len(got) != 1 || !got[0].PodSubnets || got[0].FileSystems != 1 || got[0].Bastions != 1 || len(got[0].Groups) != 2 {
		t.Fatalf("%+v", got)
	}
	g := got[0].Groups[0]
	if g.Key != "general" || g.Max != 15 || g.MaxPods != 44 || len(g.Types) != 1 || g.Types[0].ENIs != 4 || g.Types[0].VCPU != 4 {
		t.Errorf("group general: %+v", g) // m6i.xlarge: 4 interfaces of 15; 3 × 14 + 2 pods
	}
	if s.Demand("other") != nil {
		t.Error("no cluster is in another network")
	}
}

func TestCalendar(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	s := load(t, "prd") // Kubernetes 1.35: standard support until 2027-03-27
	if found := s.Support(day("2026-11-21")); len(found) > 0 {
		t.Errorf("nothing ends soon: %v", found)
	}
	if found := s.Support(day("2027-03-01")); len(found) != 1 || len(found.Errors()) > 0 || found[0].Path != "release" {
		t.Errorf("a warning is due: %v", found)
	}
	if found := s.Support(day("2028-03-27")); len(found.Errors()) != 1 {
		t.Errorf("support is over: %v", found)
	}
	s.Promotion.Override = &config.Override{Release: "2026.11", Reason: "a fix", ApprovedBy: "me", Until: "2026-12-01"}
	if found := s.Overrides(day("2026-12-01")); len(found) > 0 {
		t.Errorf("the last day counts: %v", found)
	}
	if found := s.Overrides(day("2026-12-02")); len(found) != 1 || found[0].Path != "promotion.override.until" {
		t.Errorf("the override is over: %v", found)
	}
}

func TestLoadUnreadable(t *testing.T) {
	_, found := config.Load(filepath.Join(t.TempDir(), "Pulumi.dev.yaml"), "dev")
	if len(found) != 1 || found[0].String() != "Pulumi.dev.yaml: cannot be read: no such file or directory; check the path and its permissions" {
		t.Errorf("%v", found)
	}
}

// TestSchemaHasTheKeysOfShape: a treatment for a key that does not exist would
// hide that its successor counts as shape.
func TestSchemaHasTheKeysOfShape(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(data) {
		t.Fatal("the schema is not JSON")
	}
	for _, pattern := range config.ShapePatterns() {
		key := pattern[strings.LastIndex(pattern, ".")+1:]
		if !strings.Contains(string(data), `"`+key+`"`) {
			t.Errorf("%s: no section has a key %q", pattern, key)
		}
	}
}
