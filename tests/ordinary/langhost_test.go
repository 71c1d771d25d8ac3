package ordinary_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/tests/ordinary"
	"github.com/ladder-platform/ladder/tests/ordinary/langhost"
)

// version that the toy's language host answers with; nothing compares it.
const version = "v3.250.0"

const toyProject = `name: toy
runtime: go
main: program
config:
  toy:word: {type: string, default: declared}
  toy:hidden: {type: string, secret: true}
`

// newToy is a project whose program is the toy, with a stack and its config.
func newToy(t *testing.T, mode string) (ordinary.CLI, *langhost.Host) {
	t.Helper()
	t.Setenv(toyVariable, mode) // the program inherits the host's environment
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host, pulumi := serve(t, binary)
	cli := ordinary.CLI{
		Pulumi: pulumi, Project: t.TempDir(), Home: t.TempDir(), DebugLanguages: host.DebugLanguages(),
	}
	if err := os.Mkdir(filepath.Join(cli.Project, "program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cli.Project, "Pulumi.yaml"), []byte(toyProject), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, cli, "stack", "init", "toybox")
	must(t, cli, "config", "set", "--secret", "toy:hidden", "opensesame")
	return cli, host
}

// must runs the CLI and returns its stdout.
func must(t *testing.T, cli ordinary.CLI, args ...string) string {
	t.Helper()
	r, err := cli.Run(args...)
	if err != nil {
		t.Fatal(err)
	}
	if r.ExitCode != 0 {
		t.Fatalf("pulumi %s: exit code %d\n%s%s", strings.Join(args, " "), r.ExitCode, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

func TestProgramGetsWhatTheRealLanguageHostGives(t *testing.T) {
	cli, host := newToy(t, "run")
	must(t, cli, "preview", "-s", "toybox", "--json")
	must(t, cli, "up", "-s", "toybox", "--yes", "--skip-preview")
	var outputs map[string]any
	if err := json.Unmarshal([]byte(must(t, cli, "stack", "output", "-s", "toybox", "--json")), &outputs); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"word": "declared", "hidden": "[secret]", "dryRun": false, "root": cli.Project}
	if diff := cmp.Diff(want, outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	program := filepath.Join(cli.Project, "program")
	wantRuns := []langhost.Run{
		{Project: "toy", Stack: "toybox", Dir: program, DryRun: true},
		{Project: "toy", Stack: "toybox", Dir: program, DryRun: false},
	}
	if diff := cmp.Diff(wantRuns, host.Runs()); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

func TestProgramThatToldTheEngineItsErrorIsNotBlamedTwice(t *testing.T) {
	cli, host := newToy(t, "run")
	must(t, cli, "config", "set", "toy:fail", "true")
	r, err := cli.Run("preview", "-s", "toybox")
	if err != nil {
		t.Fatal(err)
	}
	said := r.Stdout + r.Stderr
	if r.ExitCode == 0 || !strings.Contains(said, "toy: told to fail") || strings.Contains(said, "non-zero exit code") {
		t.Errorf("exit code %d, said\n%s", r.ExitCode, said)
	}
	if runs := host.Runs(); len(runs) != 1 || runs[0].ExitCode != 32 {
		t.Errorf("runs %+v, want one with exit code 32", runs)
	}
}

func TestProgramThatEndsEarlyIsReportedWithItsOutput(t *testing.T) {
	cli, _ := newToy(t, "exit")
	r, err := cli.Run("preview", "-s", "toybox")
	if err != nil {
		t.Fatal(err)
	}
	said := r.Stdout + r.Stderr
	for _, part := range []string{"program exited with non-zero exit code: 7", "toy: leaving early"} {
		if r.ExitCode == 0 || !strings.Contains(said, part) {
			t.Errorf("exit code %d, %q is not in\n%s", r.ExitCode, part, said)
		}
	}
}

func TestHostRefusesWhatIsNoProgram(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"a missing file":         {filepath.Join(dir, "missing"), "no such file"},
		"a folder":               {dir, "is not an executable file"},
		"a file without the bit": {text, "is not an executable file"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := langhost.Start(c.path, version); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
