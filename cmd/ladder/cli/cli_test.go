package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func TestExitCode(t *testing.T) {
	var findings finding.List
	findings.Add("release", "", "no such release")
	cases := map[string]struct {
		err  error
		want int
	}{
		"nothing wrong":              {nil, 0},
		"an ordinary failure":        {errors.New("x"), 1},
		"bad usage":                  {usagef("x"), 2},
		"bad usage, wrapped":         {fmt.Errorf("y: %w", usagef("x")), 2},
		"findings":                   {findingsError{findings}, 3},
		"a fault that was reached":   {faultError{errors.New("x")}, 4},
		"a reported fault":           {reported{faultError{errors.New("x")}}, 4},
		"a failure that was printed": {reported{errors.New("x")}, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := exitCode(c.err); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}

// project makes a directory with Pulumi.yaml and the given files.
func project(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range append(files, "Pulumi.yaml") {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("name: ladder\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindStack(t *testing.T) {
	dir := project(t, "Pulumi.dev.yaml", "Pulumi.zeta.yaml", "Pulumi.prd.yaml", "variants/karpenter.yaml")
	cases := map[string]struct {
		arg, file  string
		name, path string
		err        string
	}{
		"a name":                        {arg: "dev", name: "dev", path: "Pulumi.dev.yaml"},
		"a path names the stack":        {arg: filepath.Join(dir, "variants/karpenter.yaml"), name: "karpenter", path: "variants/karpenter.yaml"},
		"a path of a Pulumi file":       {arg: filepath.Join(dir, "Pulumi.prd.yaml"), name: "prd", path: "Pulumi.prd.yaml"},
		"a name with a file of its own": {arg: "try", file: filepath.Join(dir, "variants/karpenter.yaml"), name: "try", path: "variants/karpenter.yaml"},
		"an unknown name lists the others, the shipped first": {arg: "nope", err: "stacks here: dev, prd, zeta"},
		"a path that is not there":                            {arg: filepath.Join(dir, "no.yaml"), err: "no such file"},
		"a directory":                                         {arg: "x", file: dir, err: "is a directory"},
		"a path and a file":                                   {arg: "x.yaml", file: "y.yaml", err: "not both"},
		"a name that no stack can have":                       {arg: "a b", err: "may hold letters"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := (&Global{}).findStack(dir, c.arg, c.file)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || exitCode(err) != exitUsage {
					t.Fatalf("error %v (exit %d), want bad usage with %q", err, exitCode(err), c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Name != c.name || got.Path != filepath.Join(dir, c.path) {
				t.Errorf("got %s at %s, want %s at %s", got.Name, got.Path, c.name, c.path)
			}
		})
	}
}

func TestProjectDirIsFoundUpwards(t *testing.T) {
	dir := project(t, "a/b/c")
	t.Chdir(filepath.Join(dir, "a", "b"))
	got, err := (&Global{}).projectDir()
	if err != nil {
		t.Fatal(err)
	}
	if want, err := filepath.EvalSymlinks(dir); err != nil || got != want && got != dir {
		t.Errorf("project %s, want %s (%v)", got, want, err)
	}
	if _, err := (&Global{Project: t.TempDir()}).projectDir(); exitCode(err) != exitUsage {
		t.Errorf("a directory without Pulumi.yaml: %v, want bad usage", err)
	}
}

func TestAdvised(t *testing.T) {
	locked := &world.LockedError{Path: "box", PID: 7}
	cases := map[string]struct {
		err  error
		want string
	}{
		"a full disk":         {fmt.Errorf("write: %w", syscall.ENOSPC), "the disk of box is full: make room"},
		"no permission":       {fmt.Errorf("open: %w", fs.ErrPermission), "make box writable, or choose another place with --dir"},
		"read only":           {fmt.Errorf("open: %w", syscall.EROFS), "make box writable"},
		"locked stays itself": {locked, locked.Error()},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := advised(c.err, "box")
			if !errors.Is(got, c.err) || !strings.Contains(got.Error(), c.want) {
				t.Errorf("got %q, want %q in it and the cause kept", got, c.want)
			}
		})
	}
}

func TestTheFirstInterruptCancelsAndSaysSo(t *testing.T) {
	var stderr strings.Builder
	ctx, stop := interruptible(context.Background(), &stderr)
	defer stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the context was not cancelled")
	}
	if !strings.Contains(stderr.String(), "the operation under way ends first") {
		t.Errorf("stderr says %q", stderr.String())
	}
}

func TestOperationsFoldAReplacementIntoOne(t *testing.T) {
	in := []sandbox.Operation{
		{URN: "a", Op: "create-replacement", Keys: []string{"cidrBlock"}, Latency: 2, Start: 1, End: 3},
		{URN: "a", Op: "replace"},
		{URN: "a", Op: "delete-replaced", Latency: 1, Start: 9, End: 10},
		{URN: "b", Op: "same"},
		{URN: "c", Op: "import-replacement"},
		{URN: "d", Op: "discard-replaced"},
	}
	var got []string
	for _, op := range operations(in, true) {
		got = append(got, fmt.Sprintf("%s %s %v %d", op.URN, op.Op, op.Keys, op.End))
	}
	want := []string{"a replace [cidrBlock] 10", "b same [] 0", "c replace [] 0", "d discard [] 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

// ladder runs a command line in this process.
func ladder(args ...string) (code int, stdout, stderr string) {
	var out, errs strings.Builder
	code = Main(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestASecondRunIsToldWhoHoldsTheSandbox(t *testing.T) {
	dir := t.TempDir()
	w, err := world.Open(dir, 1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"sandbox", "status"}, {"sandbox", "reset"}, {"sandbox", "drift", "list"}, {"sandbox", "drift", "delete", "x"},
	} {
		code, _, stderr := ladder(append(args, "--dir", dir)...)
		if code != exitFailed || !strings.Contains(stderr, fmt.Sprintf("is in use by process %d; wait until it has finished", os.Getpid())) {
			t.Errorf("%v while locked: exit %d, stderr %q", args, code, stderr)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := ladder("sandbox", "status", "--dir", dir); code != exitDone {
		t.Errorf("status after the lock is free: exit %d, %s", code, stderr)
	}
}

func TestDriftOfHealth(t *testing.T) {
	dir := t.TempDir()
	w, err := world.Open(dir, 1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tx(func(tx *world.Tx) error {
		tx.Put(&world.Object{Kind: "aws:eks/addon:Addon", Scope: "1/r", ID: "dev-main:coredns", State: "ACTIVE", Attrs: map[string]any{}})
		tx.Put(&world.Object{Kind: "aws:ec2/natGateway:NatGateway", Scope: "1/r", ID: "nat-1", Attrs: map[string]any{}})
		tx.Put(&world.Object{Kind: "hidden:ec2/NetworkInterface", Scope: "1/r", ID: "eni-1",
			Attrs: map[string]any{"natGatewayId": "nat-1", "allocationIds": []any{"a"}}})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"an add-on", []string{"degrade", "dev-main:coredns"}, 0, "dev-main:coredns: InsufficientNumberOfReplicas"},
		{"with an issue", []string{"degrade", "dev-main:coredns", "--issue", "AccessDenied", "--json"}, 0, `"issue": "AccessDenied"`},
		{"mended", []string{"degrade", "dev-main:coredns", "--mend"}, 0, "dev-main:coredns is well"},
		{"an unknown issue", []string{"degrade", "dev-main:coredns", "--issue", "Tired"}, 2, `"Tired" is no health issue of an add-on; EKS has AccessDenied, `},
		{"an unknown add-on", []string{"degrade", "dev-main:dns"}, 2, `0 objects "dev-main:dns"`},
		{"as many connections as there are ports", []string{"connect", "nat-1", "55000"}, 0, "nat-1 is well"},
		{"one more", []string{"connect", "nat-1", "55001"}, 0, "no source port left to 192.0.2.1:443/tcp: 55001 connections"},
		{"no number", []string{"connect", "nat-1", "many"}, 2, `"many" is not a number of connections`},
		{"no gateway", []string{"connect", "nat-2", "1"}, 2, `0 objects "nat-2"`},
	} {
		code, stdout, stderr := ladder(append(append([]string{"sandbox", "drift"}, c.args...), "--dir", dir)...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit %d, want %d with %q; got %s%s", c.name, code, c.code, c.want, stdout, stderr)
		}
	}
}

func TestDriftChangesAndDeletesWhatPulumiMade(t *testing.T) {
	dir := t.TempDir()
	w, err := world.Open(dir, 1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	put := func(kind, id string) {
		if err := w.Tx(func(tx *world.Tx) error {
			tx.Put(&world.Object{Kind: kind, Scope: "1/r", ID: id, Owner: world.OwnerPulumi, Secret: []string{"password"},
				Attrs: map[string]any{"cidrBlock": "10.0.0.0/16", "password": "planted-secret"}})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	put("aws:ec2/vpc:Vpc", "vpc-1")
	put("aws:ec2/subnet:Subnet", "twin")
	put("aws:ec2/routeTable:RouteTable", "twin")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"listed with attributes", []string{"--json", "sandbox", "drift", "list"}, 0, `"cidrBlock"`},
		{"an attribute is changed", []string{"sandbox", "drift", "set", "vpc-1", "cidrBlock=10.1.0.0/16"}, 0, "changed cidrBlock of aws:ec2/vpc:Vpc vpc-1"},
		{"an unknown attribute", []string{"sandbox", "drift", "set", "vpc-1", "cidr=x"}, 2, `has no attribute "cidr"`},
		{"no value", []string{"sandbox", "drift", "set", "vpc-1", "cidr"}, 2, "is not ATTRIBUTE=VALUE"},
		{"two objects of one id", []string{"sandbox", "drift", "delete", "twin"}, 2, "choose one with --kind"},
		{"the kind decides", []string{"sandbox", "drift", "delete", "twin", "--kind", "aws:ec2/subnet:Subnet"}, 0, "deleted aws:ec2/subnet:Subnet twin"},
		{"what is gone is gone", []string{"sandbox", "drift", "delete", "twin", "--kind", "aws:ec2/subnet:Subnet"}, 2, "has no object"},
		{"status counts the rest", []string{"sandbox", "status"}, 0, "2 objects"},
	}
	for _, c := range cases {
		code, stdout, stderr := ladder(append(c.args, "--dir", dir)...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit %d, want %d with %q; got %s%s", c.name, code, c.code, c.want, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "planted-secret") {
			t.Errorf("%s: a secret is printed: %s%s", c.name, stdout, stderr)
		}
	}
	w, err = world.Open(dir, 1, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.View(func(tx *world.Tx) {
		if o, ok := tx.Get(world.Key{Kind: "aws:ec2/vpc:Vpc", Scope: "1/r", ID: "vpc-1"}); !ok || o.Attrs["cidrBlock"] != "10.1.0.0/16" {
			t.Errorf("the change is not in the world: %v", o)
		}
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReadableShortensWhatTheEngineSays(t *testing.T) {
	s := stack{file: stackFile{Name: "dev", Shown: "Pulumi.dev.yaml"}}
	guard := `aws:ec2/vpc:Vpc "v": unable to replace resource "urn" as it is currently marked for protection. To unprotect`
	cases := map[string]struct {
		err  error
		want string
	}{
		"protected resources become one line": {&sandbox.Failure{Verb: "preview", Stack: "dev", Errors: []string{guard, guard}},
			"preview of dev is refused: 2 resources that would be replaced or deleted are protected; undo the change in Pulumi.dev.yaml, or lift environment.protect there and run ladder up dev --sandbox first"},
		"the program's error stands bare": {&sandbox.Failure{Verb: "up", Stack: "dev", Errors: []string{unhandledText + "clusters.main: live"}},
			"up of dev is refused: clusters.main: live"},
		"other failures stay": {&sandbox.Failure{Verb: "up", Stack: "dev", Errors: []string{"quota"}}, "up of dev failed: quota"},
		"other errors stay":   {errors.New("x"), "x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := s.readable(c.err, "dev --sandbox")
			if got.Error() != c.want || !errors.Is(got, c.err) {
				t.Errorf("got %q, want %q with the cause kept", got, c.want)
			}
		})
	}
}

// TestAMissingUpstreamIsSaidInOurWords: the engine says only "unknown stack".
func TestAMissingUpstreamIsSaidInOurWords(t *testing.T) {
	s := stack{file: stackFile{Name: "stg", Shown: "Pulumi.stg.yaml"}}
	s.cfg.Promotion.After = "dev"
	cause := &sandbox.Failure{Verb: "preview", Stack: "stg", Errors: []string{`Preview failed: unknown stack "organization/ladder/dev"`}}
	err := s.readable(cause, "stg --sandbox")
	for _, want := range []string{"promotion.read of Pulumi.stg.yaml is stackReference", "dev was never brought up in this project and backend", "run ladder up dev first, or set promotion.read: ssm"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
}
