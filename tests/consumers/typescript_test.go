//go:build npm

package consumers_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/tests/ordinary/langhost"
	"github.com/ladder-platform/ladder/tests/rig"
)

// sdkVariable is the directory that tools/npm.sh prints.
const sdkVariable = "LADDER_NODE_SDK"

// sdkVersion is the one in typescript/package.json and in the Makefile.
const sdkVersion = "3.220.0"

func TestATypeScriptProgramReadsTheContract(t *testing.T) {
	t.Parallel()
	sdk := os.Getenv(sdkVariable)
	if sdk == "" {
		t.Fatalf("%s is not set: export %s=$(tools/npm.sh %s), as make test does", sdkVariable, sdkVariable, sdkVersion)
	}
	r := rig.New(t, rig.Options{})
	p := r.Program("dev")
	said := platform(t, r, p)
	c := newReader(t, r, p, "typescript", "dev", func(dir string) (*langhost.Host, error) {
		if err := os.Symlink(filepath.Join(sdk, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
			return nil, err
		}
		return langhost.StartNode(dir, "v"+sdkVersion)
	})
	c.must("up", "-s", "checkout", "--yes", "--skip-preview")
	mesh := "none"
	if m := said.Clusters["main"].Mesh; m != nil {
		mesh = m.DataPlane
	}
	hosts := []any{}
	if said.Edge != nil {
		for _, h := range said.Edge.ApplicationHosts {
			hosts = append(hosts, h)
		}
	}
	allow := []any{}
	for _, a := range said.Networks["main"].NATAddresses {
		allow = append(allow, a)
	}
	want := map[string]any{"release": said.Release, "allowList": allow, "hosts": hosts,
		"endpoints": []any{map[string]any{"key": "main", "endpoint": said.Clusters["main"].Endpoint, "mesh": mesh}}}
	if diff := cmp.Diff(want, c.outputs()); diff != "" {
		t.Errorf("outputs of the TypeScript program (-want +got):\n%s", diff)
	}

	// The types are checked: a field that the contract does not have is no program.
	index := filepath.Join(c.Project, "index.ts")
	source, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, slices.Concat(source, []byte("export const wrong = platform.apply(c => c.relaese);\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	wrong := c.run("preview", "-s", "checkout")
	if text := wrong.Stdout + wrong.Stderr; wrong.ExitCode == 0 || !strings.Contains(text, "relaese") {
		t.Errorf("a field that does not exist: exit code %d, said\n%s", wrong.ExitCode, text)
	}
}
