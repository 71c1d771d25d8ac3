package ordinary_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/tests/ordinary"
	"github.com/ladder-platform/ladder/tests/ordinary/langhost"
)

// root of the repository, from this package.
const root = "../.."

// step is one operation, as both commands tell it.
type step struct {
	Op      string
	Type    string
	Replace string // the properties that force a replacement
}

func TestOrdinaryPreviewSaysWhatTheSandboxSays(t *testing.T) {
	ours := ladderPreview(t, "dev")
	theirs, host := pulumiPreview(t, "dev", nil)
	if diff := cmp.Diff(ours, theirs); diff != "" {
		t.Errorf("operations by URN (-ladder preview dev --sandbox +pulumi preview -s dev):\n%s", diff)
	}
	if len(theirs) < 50 {
		t.Errorf("dev has %d operations: a platform has more, so both commands ran too little", len(theirs))
	}
	runs := host.Runs()
	if len(runs) != 1 || !runs[0].DryRun || runs[0].Stack != "dev" || runs[0].Project != "ladder" || filepath.Base(runs[0].Dir) != "infra" {
		t.Errorf("runs %+v, want one dry run of stack dev, project ladder, in the folder that Pulumi.yaml names as main", runs)
	}
}

func TestOrdinaryPreviewSaysTheFindings(t *testing.T) {
	_, _, result := runPulumi(t, "dev", func(stackFile string) string {
		return strings.Replace(stackFile, "    region:", "    regoin:", 1)
	})
	said := result.Stdout + result.Stderr
	for _, part := range []string{"regoin", "region"} {
		if result.ExitCode == 0 || !strings.Contains(said, part) {
			t.Errorf("a misspelt key: exit code %d, %q is not in\n%s", result.ExitCode, part, said)
		}
	}
}

// ladderPreview runs the sandbox's own command.
func ladderPreview(t *testing.T, stack string) map[string]step {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := []string{"preview", stack, "--sandbox", "--json", "--project", root, "--dir", filepath.Join(t.TempDir(), "sandbox")}
	if code := cli.Main(args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("ladder %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout.String(), stderr.String())
	}
	var report struct {
		Operations []struct {
			URN, Op, Type, Name string
			Keys                []string
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatalf("%v in\n%s", err, stdout.String())
	}
	steps := map[string]step{}
	for _, o := range report.Operations {
		if strings.HasPrefix(o.Type, "pulumi:providers:") && strings.HasPrefix(o.Name, "default") {
			continue // the engine's own; the CLI's JSON leaves such internal steps out
		}
		steps[o.URN] = step{Op: o.Op, Type: o.Type, Replace: strings.Join(o.Keys, " ")}
	}
	return steps
}

// pulumiPreview runs the ordinary CLI and reads its JSON.
func pulumiPreview(t *testing.T, stack string, change func(string) string) (map[string]step, *langhost.Host) {
	t.Helper()
	cli, host, result := runPulumi(t, stack, change)
	if result.ExitCode != 0 {
		t.Fatalf("pulumi preview in %s: exit code %d\n%s%s", cli.Project, result.ExitCode, result.Stdout, result.Stderr)
	}
	var preview struct {
		Steps []struct {
			Op, URN        string
			ReplaceReasons []string
			NewState       struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(result.Stdout), &preview); err != nil {
		t.Fatalf("%v in\n%s", err, result.Stdout)
	}
	steps := map[string]step{}
	for _, s := range preview.Steps {
		if _, twice := steps[s.URN]; twice {
			t.Errorf("%s has two steps", s.URN)
		}
		steps[s.URN] = step{Op: s.Op, Type: s.NewState.Type, Replace: strings.Join(s.ReplaceReasons, " ")}
	}
	return steps, host
}

// serve gives a program's binary to the ordinary CLI, whose path it returns too.
func serve(t *testing.T, binary string) (*langhost.Host, string) {
	t.Helper()
	host, err := langhost.Start(binary, version)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	pulumi, err := ordinary.FindPulumi()
	if err != nil {
		t.Fatal(err)
	}
	return host, pulumi
}

// runPulumi previews a copy of the project, with infra built, on a new simulated
// cloud. A copy, because the CLI writes the secrets provider into the stack file.
func runPulumi(t *testing.T, stack string, change func(string) string) (ordinary.CLI, *langhost.Host, ordinary.Result) {
	t.Helper()
	binary, err := infra()
	if err != nil {
		t.Fatal(err)
	}
	host, pulumi := serve(t, binary)
	cli := ordinary.CLI{Pulumi: pulumi, Project: copyProject(t, change), Home: t.TempDir(), DebugLanguages: host.DebugLanguages()}
	must(t, cli, "stack", "init", stack)

	stackFile := filepath.Join(root, "Pulumi."+stack+".yaml")
	cfg, found := config.Load(stackFile, stack)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Open(t.Context(), sandbox.Options{Dir: filepath.Join(t.TempDir(), "sandbox"), Seed: 1, Pulumi: pulumi, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var result ordinary.Result
	program := sandbox.Program{
		Project: root, StackFile: stackFile, Stack: stack,
		AccountID: cfg.Environment.AccountID, CallerARN: cfg.Environment.DeployerRoleARN,
	}
	err = box.Attach(program, func(debugProviders string) (err error) {
		cli.DebugProviders = debugProviders
		result, err = cli.Run("preview", "-s", stack, "--json", "--non-interactive")
		return err
	})
	if err = errors.Join(err, box.Close()); err != nil {
		t.Fatal(err)
	}
	return cli, host, result
}

// copyProject copies Pulumi.yaml and the stack files; change, if any, edits the
// text of each stack file.
func copyProject(t *testing.T, change func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(root, "Pulumi*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil && filepath.Base(file) != "Pulumi.yaml" {
			changed := change(string(text))
			if changed == string(text) {
				t.Fatalf("%s: the change changes nothing", file)
			}
			text = []byte(changed)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "infra"), 0o755); err != nil { // what main names; the binary is built elsewhere
		t.Fatal(err)
	}
	return dir
}
