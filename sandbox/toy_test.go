package sandbox_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/toy"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

const seed = 7

// cli is the Pulumi CLI of these tests; they prove nothing without it.
func cli(t testing.TB) string {
	t.Helper()
	path := os.Getenv("LADDER_PULUMI")
	if path == "" {
		path = "pulumi"
	}
	full, err := exec.LookPath(path)
	if err != nil {
		t.Fatalf("no Pulumi CLI: run the tests by make test, or set LADDER_PULUMI: %v", err)
	}
	return full
}

// yard is a sandbox with a toy provider and a project.
type yard struct {
	t       testing.TB
	dir     string
	project string
	options sandbox.Options
	box     *sandbox.Sandbox
}

func newYard(t testing.TB, change func(*sandbox.Options)) *yard {
	t.Helper()
	y := &yard{t: t, dir: filepath.Join(t.TempDir(), "box"), project: t.TempDir()}
	y.write("Pulumi.yaml", "name: yard\nruntime: go\nmain: elsewhere\n")
	y.write("Pulumi.dev.yaml", "config:\n  pulumi:disable-default-providers: [\"*\"]\n")
	y.options = sandbox.Options{Dir: y.dir, Seed: seed, Pulumi: cli(t), Now: start,
		Providers: map[string]func(deps.Deps) plugin.Provider{"toy": toy.New}}
	if change != nil {
		change(&y.options)
	}
	y.open()
	t.Cleanup(func() { _ = y.box.Close() })
	return y
}

// open opens the sandbox, anew if it was open.
func (y *yard) open() {
	y.t.Helper()
	if y.box != nil {
		if err := y.box.Close(); err != nil {
			y.t.Fatal(err)
		}
	}
	box, err := sandbox.Open(context.Background(), y.options)
	if err != nil {
		y.t.Fatal(err)
	}
	y.box = box
}

func (y *yard) write(name, text string) {
	y.t.Helper()
	if err := os.WriteFile(filepath.Join(y.project, name), []byte(text), 0o600); err != nil {
		y.t.Fatal(err)
	}
}

// thing is one resource of a test's program.
type thing struct {
	name   string
	inputs pulumi.Map
	// after are names of things whose output this one takes as an input.
	after   []string
	protect bool
	retain  bool
}

func (y *yard) program(things ...thing) sandbox.Program {
	return sandbox.Program{Project: y.project, StackFile: filepath.Join(y.project, "Pulumi.dev.yaml"), Stack: "dev",
		AccountID: "111111111111", CallerARN: "arn:aws:iam::111111111111:role/deployer", Run: program(things)}
}

func program(things []thing) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider := &pulumi.ProviderResourceState{}
		if err := ctx.RegisterResource("pulumi:providers:toy", "toy", pulumi.Map{}, provider); err != nil {
			return err
		}
		made := map[string]*toy.Thing{}
		for _, th := range things {
			inputs := pulumi.Map{}
			for k, v := range th.inputs {
				inputs[k] = v
			}
			for _, a := range th.after {
				inputs["after-"+a] = made[a].Made
			}
			t, err := toy.NewThing(ctx, th.name, inputs, pulumi.Provider(provider), pulumi.Protect(th.protect), pulumi.RetainOnDelete(th.retain))
			if err != nil {
				return err
			}
			made[th.name] = t
			ctx.Export(th.name, t.Made)
		}
		ctx.Export("token", pulumi.ToSecret(pulumi.String("hunter2")))
		return nil
	}
}

// chain is a -> b -> c, b the slow one, and d beside them.
func chain() []thing {
	return []thing{
		{name: "a", inputs: pulumi.Map{"seconds": pulumi.Int(10)}},
		{name: "b", inputs: pulumi.Map{"seconds": pulumi.Int(60)}, after: []string{"a"}},
		{name: "c", inputs: pulumi.Map{"seconds": pulumi.Int(5)}, after: []string{"b"}},
		{name: "d", inputs: pulumi.Map{"seconds": pulumi.Int(30), "secret": pulumi.ToSecret(pulumi.String("hunter2"))}},
	}
}

func (y *yard) up(things ...thing) *sandbox.Result {
	y.t.Helper()
	r, err := y.box.Up(context.Background(), y.program(things...))
	if err != nil {
		y.t.Fatal(err)
	}
	return r
}

func (y *yard) preview(things ...thing) *sandbox.Result {
	y.t.Helper()
	r, err := y.box.Preview(context.Background(), y.program(things...))
	if err != nil {
		y.t.Fatal(err)
	}
	return r
}

// toys are the names of the things that exist, with one entry each.
func (y *yard) toys() []string {
	var names []string
	y.box.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find(toy.Token, "", nil) {
			names = append(names, o.Name)
		}
	})
	return sorted(names)
}

func sorted(s []string) []string {
	for i := range s {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
	return s
}

// ops are the changes of a result as "op name", sorted.
func ops(r *sandbox.Result) []string {
	var list []string
	for _, op := range r.Changes() {
		if op.Type == toy.Token {
			list = append(list, op.Op+" "+op.Name)
		}
	}
	return sorted(list)
}
