package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"gopkg.in/yaml.v3"
)

func TestCleanEnv(t *testing.T) {
	in := []string{"PATH=/bin", "PULUMI_ACCESS_TOKEN=x", "AWS_PROFILE=prd", "KUBECONFIG=/k", "KUBECONFIGS=1", "HOME=/h", "MY_PULUMI_X=1"}
	want := []string{"PATH=/bin", "KUBECONFIGS=1", "HOME=/h", "MY_PULUMI_X=1"}
	if diff := cmp.Diff(want, cleanEnv(in)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The user's own choice of how much memory garbage may take stands.
func TestTheCLIsEnvironment(t *testing.T) {
	for user, want := range map[string]string{"": "300", "50": ""} {
		t.Setenv("GOGC", user)
		env := (&Engine{dir: "/box", skipCheckpoints: true}).env("aws:1")
		got := map[string]string{}
		for _, k := range []string{"GOGC", "PULUMI_BACKEND_URL", "PULUMI_DEBUG_PROVIDERS", "PULUMI_SKIP_CHECKPOINTS"} {
			got[k] = env[k]
		}
		wanted := map[string]string{"GOGC": want, "PULUMI_BACKEND_URL": "file:///box/state?metadata=skip", "PULUMI_DEBUG_PROVIDERS": "aws:1", "PULUMI_SKIP_CHECKPOINTS": "true"}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("with GOGC=%q (-want +got):\n%s", user, diff)
		}
	}
}

func TestReadProject(t *testing.T) {
	tests := map[string]struct {
		text string
		says string
		want map[string]any
	}{
		"the place of the program is left out": {"name: x\nruntime: {name: go, options: {binary: b}}\nmain: infra\nbackend: {url: s3://x}\nconfig: {a: {type: string}}\n", "",
			map[string]any{"name": "x", "runtime": "go", "config": map[string]any{"a": map[string]any{"type": "string"}}}},
		"no name":   {"runtime: go\n", "name is missing", nil},
		"not YAML":  {"name: [\n", "is not readable", nil},
		"not there": {"", "read the project", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.text != "" {
				write(t, filepath.Join(dir, "Pulumi.yaml"), test.text)
			}
			p, err := readProject(dir)
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "Pulumi.yaml") {
					t.Fatalf("error %v, want %q and the file", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := yaml.Unmarshal(p.text, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStackCopy(t *testing.T) {
	tests := map[string]struct{ user, earlier, want string }{
		"the first copy has no salt":    {"config: {a: b}\n", "", "config: {a: b}\n"},
		"the user's provider stays out": {"encryptionsalt: theirs\nsecretsprovider: awskms://k\nconfig: {a: b}\n", "", "config: {a: b}\n"},
		"the sandbox's own salt stays":  {"encryptionsalt: theirs\nconfig: {a: c}\n", "encryptionsalt: ours\nconfig: {a: b}\n", "encryptionsalt: ours\nconfig: {a: c}\n"},
		"an empty file":                 {"", "encryptionsalt: ours\n", "encryptionsalt: ours\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from, earlier := filepath.Join(dir, "user"), filepath.Join(dir, "copy")
			write(t, from, test.user)
			if test.earlier != "" {
				write(t, earlier, test.earlier)
			}
			text, err := stackCopy(from, earlier)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := errors.Join(yaml.Unmarshal(text, &got), yaml.Unmarshal([]byte(test.want), &want)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestADamagedStateIsReported(t *testing.T) {
	e := &Engine{dir: t.TempDir()}
	path := e.statePath("yard", "dev")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cut": `{"version":3,"checkpoint":{"latest":{"res`, "empty": "", "else": "[1]"} {
		write(t, path, text)
		_, err := e.state("yard", "dev")
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "ladder sandbox reset") {
			t.Errorf("%s: error %v, want one with the file and what to do", name, err)
		}
	}
	if s, err := e.state("yard", "other"); err != nil || len(s.Deployment.Resources) != 0 {
		t.Errorf("a stack that never ran: %v, %v", s, err)
	}
}

func TestMask(t *testing.T) {
	in := map[string]any{"plain": "x", "n": 1.0, "hidden": map[string]any{signatureKey: secretSig, "ciphertext": "v1:x"},
		"deep": []any{map[string]any{"s": map[string]any{signatureKey: secretSig, "plaintext": "hunter2"}}}, "later": unknownSig}
	want := map[string]any{"plain": "x", "n": 1.0, "hidden": "[secret]", "deep": []any{map[string]any{"s": "[secret]"}}, "later": "[unknown]"}
	if diff := cmp.Diff(want, mask(in)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFailures(t *testing.T) {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	cause := errors.New("failed to run update\ncode: 255\nstdout: <{%reset%}>x\nstderr: <{%fg 1%}>error: <{%reset%}>no such stack")
	tests := map[string]struct {
		ctx    context.Context
		errs   []string
		killed bool
		want   string
	}{
		"one error":    {context.Background(), []string{`a "b": no`}, false, `up of dev failed: a "b": no`},
		"two errors":   {context.Background(), []string{"one", "two"}, false, "up of dev failed:\n  one\n  two"},
		"no error":     {context.Background(), nil, false, "up of dev failed: error: no such stack"},
		"killed":       {context.Background(), nil, true, "up of dev was killed; run: ladder recover dev --sandbox"},
		"interrupted":  {canceled, []string{"one"}, false, "up of dev was interrupted; the operation under way has ended and the state is whole: run it again: context canceled"},
		"killed, said": {context.Background(), []string{"one"}, true, "up of dev was killed; run: ladder recover dev --sandbox: one"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := failure(test.ctx, "up", "dev", test.errs, test.killed, cause).Error(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	if err := failure(context.Background(), "up", "dev", nil, false, nil); err != nil {
		t.Errorf("success is %v", err)
	}
}

func TestCollectorDiagnostics(t *testing.T) {
	c := collect(nil)
	urn := "urn:pulumi:dev::ladder::ladder:network:Network$aws:ec2/vpc:Vpc::network-main"
	for _, d := range []apitype.DiagnosticEvent{
		{Severity: "error", URN: urn, Message: "<{%fg 1%}>no<{%reset%}>\n"},
		{Severity: "error", URN: urn, Message: "no"},
		{Severity: "warning", Message: "careful"},
		{Severity: "info", Message: "chatter"},
		{Severity: "error", URN: "urn:pulumi:dev::ladder::pulumi:pulumi:Stack::ladder-dev", Message: "update failed"},
	} {
		c.take(apitype.EngineEvent{DiagnosticEvent: &d})
	}
	close(c.in)
	want := []string{`error: aws:ec2/vpc:Vpc "network-main": no`, "warning: careful"}
	if diff := cmp.Diff(want, c.lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`aws:ec2/vpc:Vpc "network-main": no`}, c.errs); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestNamesOfURNs(t *testing.T) {
	tests := map[string]struct{ urn, typ, name string }{
		"a child":                  {"urn:pulumi:dev::p::a:b:C$d:e:F::name", "d:e:F", "name"},
		"a name with double colon": {"urn:pulumi:dev::p::d:e:F::x::y", "d:e:F", "x::y"},
		"not a URN":                {"name", "", "name"},
	}
	for name, test := range tests {
		if typeOf(test.urn) != test.typ || nameOf(test.urn) != test.name {
			t.Errorf("%s: type %q, name %q", name, typeOf(test.urn), nameOf(test.urn))
		}
	}
}

func TestAnOldOrUnstampedCLIIsRefused(t *testing.T) {
	for version, says := range map[string]string{"v3.249.0": "is 3.249.0, 3.250.0 or a later 3.x is needed", "": "stamped", "v4.0.0": "or a later 3.x is needed"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "pulumi")
		write(t, path, "#!/bin/sh\necho '"+version+"'\n")
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
		for range 2 { // asked, and remembered
			if _, err := FindCLI(path, dir); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q: error %v, want %q", version, err, says)
			}
		}
	}
}
