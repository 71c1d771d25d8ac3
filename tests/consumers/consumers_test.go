package consumers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/contract"
	"github.com/ladder-platform/ladder/tests/ordinary"
	"github.com/ladder-platform/ladder/tests/ordinary/langhost"
	"github.com/ladder-platform/ladder/tests/rig"
)

// reader is a consumer's project on the backend of a sandbox.
type reader struct {
	ordinary.CLI
	t    *testing.T
	rig  *rig.Rig
	p    sandbox.Program // whose account the consumer's credentials are of
	host *langhost.Host
}

// newReader copies a consumer's project, because the CLI writes a stack file
// into it, and makes a stack of it that reads another one.
func newReader(t *testing.T, r *rig.Rig, p sandbox.Program, project, platform string, host func(dir string) (*langhost.Host, error)) *reader {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	h, err := host(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	pulumi, err := ordinary.FindPulumi()
	if err != nil {
		t.Fatal(err)
	}
	c := &reader{t: t, rig: r, p: p, host: h, CLI: ordinary.CLI{Pulumi: pulumi, Project: dir, Home: t.TempDir(), DebugLanguages: h.DebugLanguages(), Backend: r.Backend()}}
	c.must("stack", "init", "checkout")
	c.must("config", "set", "platform", "organization/ladder/"+platform, "-s", "checkout")
	return c
}

// run runs the CLI with the cloud attached.
func (c *reader) run(args ...string) ordinary.Result {
	c.t.Helper()
	var result ordinary.Result
	err := c.rig.Attach(c.p, func(debugProviders string) (err error) {
		c.DebugProviders = debugProviders
		result, err = c.Run(args...)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

func (c *reader) must(args ...string) string {
	c.t.Helper()
	result := c.run(args...)
	if result.ExitCode != 0 {
		c.t.Fatalf("pulumi %s: exit code %d\n%s%s", strings.Join(args, " "), result.ExitCode, result.Stdout, result.Stderr)
	}
	return result.Stdout
}

// outputs are the consumer's own, as another program would read them.
func (c *reader) outputs() map[string]any {
	c.t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(c.must("stack", "output", "--json", "-s", "checkout")), &out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

// platform is what the stack says, with nothing secret in it.
func platform(t *testing.T, r *rig.Rig, p sandbox.Program) contract.V1 {
	t.Helper()
	up := r.MustUp(p)
	if hidden := contract.Secrets(up.Outputs["contract"]); len(hidden) > 0 {
		t.Errorf("the contract holds secrets: %q", hidden)
	}
	said, err := contract.Decode(up.Outputs["contract"], true)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func goReader(t *testing.T) func(string) (*langhost.Host, error) {
	t.Helper()
	binary, err := ordinary.Build("github.com/ladder-platform/ladder/tests/consumers/goreader", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return func(string) (*langhost.Host, error) { return langhost.Start(binary, "v3.250.0") }
}

// TestAGoProgramReadsTheContractAndBuildsOnIt: the security group that it makes is in
// the platform's network and admits the platform's nodes; the simulated cloud
// would refuse a network that does not exist.
func TestAGoProgramReadsTheContractAndBuildsOnIt(t *testing.T) {
	t.Parallel()
	host := goReader(t)
	r := rig.New(t, rig.Options{})
	p := r.Program("dev")
	c := newReader(t, r, p, "goreader", "dev", host)

	early := c.run("preview", "-s", "checkout")
	if said := early.Stdout + early.Stderr; early.ExitCode == 0 || !strings.Contains(said, "dev") {
		t.Errorf("a platform that was never up: exit code %d, said\n%s", early.ExitCode, said)
	}
	said := platform(t, r, p)
	c.must("up", "-s", "checkout", "--yes", "--skip-preview")
	out := c.outputs()
	want := map[string]any{"release": said.Release, "subnets": toAny(said.Networks["main"].PrivateSubnets), "securityGroup": out["securityGroup"]}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("outputs of the Go program (-want +got):\n%s", diff)
	}
	var groups []*world.Object
	r.World().View(func(tx *world.Tx) {
		groups = tx.Find("aws:ec2/securityGroup:SecurityGroup", "", func(o *world.Object) bool { return o.ID == out["securityGroup"] })
	})
	if len(groups) != 1 || groups[0].Attrs["vpcId"] != said.Networks["main"].VPCID {
		t.Fatalf("the security group %v is not in network %s: %+v", out["securityGroup"], said.Networks["main"].VPCID, groups)
	}

	wrong := c.run("preview", "-s", "checkout", "-c", "network=mian")
	if text := wrong.Stdout + wrong.Stderr; wrong.ExitCode == 0 || !strings.Contains(text, `dev has no network "mian"`) {
		t.Errorf("a network that is not in the contract: exit code %d, said\n%s", wrong.ExitCode, text)
	}
}

func toAny(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// TestTheGuideQuotesTheConsumers: docs/outputs.md shows code that is run here.
func TestTheGuideQuotesTheConsumers(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(rig.Root(), "docs", "outputs.md"))
	if err != nil {
		t.Fatal(err)
	}
	for file, fence := range map[string]string{"goreader/main.go": "```go\n", "typescript/index.ts": "```ts\n"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(guide), fence)
		quoted, _, closed := strings.Cut(rest, "```")
		if !found || !closed || !strings.Contains(string(source), quoted) {
			t.Errorf("docs/outputs.md shows code that is not in tests/consumers/%s; quote it line by line:\n%s", file, quoted)
		}
	}
}
