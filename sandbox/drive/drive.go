package drive

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
)

// CLI is the Pulumi CLI of a test, which proves nothing without it.
func CLI(t testing.TB) string {
	t.Helper()
	name := os.Getenv("LADDER_PULUMI")
	if name == "" {
		name = "pulumi"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("no Pulumi CLI: run the tests by make test, or set LADDER_PULUMI: %v", err)
	}
	return path
}

// Project makes a project of that name in a temporary directory, with a stack
// dev whose resources must name their provider, and returns the directory.
func Project(t testing.TB, name string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{
		"Pulumi.yaml":     "name: " + name + "\nruntime: go\nmain: elsewhere\n",
		"Pulumi.dev.yaml": "config:\n  pulumi:disable-default-providers: [\"*\"]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Program is a program in such a project.
func Program(project, account, caller string, run pulumi.RunFunc) sandbox.Program {
	return sandbox.Program{Project: project, StackFile: filepath.Join(project, "Pulumi.dev.yaml"), Stack: "dev",
		AccountID: account, CallerARN: caller, Run: run}
}

// Open opens a sandbox that is closed with the test. Directory and CLI are
// filled in.
func Open(t testing.TB, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	o.Dir, o.Pulumi = filepath.Join(t.TempDir(), "box"), CLI(t)
	box, err := sandbox.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return box
}

// Inputs makes the inputs of a resource from plain values.
func Inputs(m map[string]any) pulumi.Map {
	out, err := InputsWith(m, func(text string) (pulumi.Input, error) { return pulumi.String(text), nil })
	if err != nil {
		panic(err) // a test's own data
	}
	return out
}

// InputsWith does the same, and asks what a text stands for.
func InputsWith(m map[string]any, text func(string) (pulumi.Input, error)) (pulumi.Map, error) {
	out := pulumi.Map{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v, err := input(m[k], text)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func input(v any, text func(string) (pulumi.Input, error)) (pulumi.Input, error) {
	switch x := v.(type) {
	case map[string]any:
		return InputsWith(x, text)
	case []any:
		out := make(pulumi.Array, len(x))
		for i, e := range x {
			v, err := input(e, text)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case string:
		return text(x)
	case bool:
		return pulumi.Bool(x), nil
	case float64:
		return pulumi.Float64(x), nil
	case int:
		return pulumi.Int(x), nil
	}
	return nil, fmt.Errorf("no input for a %T", v)
}
