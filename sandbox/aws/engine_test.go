//go:build trials

package aws_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/drive"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

// TestEveryRuleIsBrokenThroughTheEngine takes each case's last step behind the
// real engine: what was given before stands in the world already, and what the
// step changes or deletes is imported into the stack first.
func TestEveryRuleIsBrokenThroughTheEngine(t *testing.T) {
	for _, c := range cases.All() {
		t.Run(c.Rule+"/"+c.Sentence, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			b.prepare(c)
			s := newStack(t, b)
			for _, step := range c.Given {
				if step.Op == "configure" {
					s.configure(step)
				}
			}
			err := s.take(c.Then)
			if err == nil {
				t.Fatalf("the engine reported nothing, want: %s", c.Text)
			}
			// The engine breaks long messages of a provider into lines.
			if flat := strings.Join(strings.Fields(err.Error()), " "); !strings.Contains(flat, strings.Join(strings.Fields(c.Text), " ")) {
				t.Errorf("the engine reported: %s\nwant it to contain: %s", flat, c.Text)
			}
		})
	}
}

// stack is a stack with a provider and at most one resource.
type stack struct {
	*bench
	box      *sandbox.Sandbox
	program  sandbox.Program
	provider map[string]any
	step     *cases.Step // what the program registers or asks
	imported pulumi.ID   // the resource exists and is taken over
}

func newStack(t testing.TB, b *bench) *stack {
	t.Helper()
	box := drive.Open(t, sandbox.Options{Seed: 7, Now: today, SkipCheckpoints: true})
	if err := box.World().Replace(b.w); err != nil {
		t.Fatal(err)
	}
	s := &stack{bench: b, box: box, provider: map[string]any{"region": cases.Region}}
	s.program = drive.Program(drive.Project(t, "test"), cases.Account, cases.Caller, s.run)
	return s
}

// take carries a step out and returns its refusal.
func (s *stack) take(step cases.Step) error {
	s.Helper()
	was := s.state[step.Type+"::"+step.Name]
	inputs, _ := s.resolve(step.In, step.Type).(map[string]any)
	switch step.Op {
	case "configure": // the engine tells of it when a resource first needs the provider
		s.configure(step)
		s.step = &cases.Step{Type: "aws:cloudwatch/logGroup:LogGroup", Name: "any"}
		return s.up()
	case "connect": // connections are nobody's resource: the gateway stands, and the cloud answers
		s.w = s.box.World()
		return s.do(step)
	case "update", "delete":
		if was == nil {
			s.Fatalf("no %s %q was given", step.Type, step.Name)
		}
		s.step, s.imported = &cases.Step{Type: step.Type, Name: step.Name, In: given(step.Type, was)}, pulumi.ID(was.id)
		if err := s.up(); err != nil {
			s.Fatalf("import %s %q: %v", step.Type, step.Name, err)
		}
		s.imported, s.step = "", &cases.Step{Type: step.Type, Name: step.Name, In: inputs}
		if step.Op == "delete" {
			s.step = nil
		}
		return s.up()
	}
	s.step = &cases.Step{Op: step.Op, Type: step.Type, Name: step.Name, In: inputs}
	return s.up()
}

// configure sets the provider's configuration as the SDK hands it over: lists
// and objects as JSON.
func (s *stack) configure(step cases.Step) {
	s.Helper()
	s.provider = map[string]any{}
	for k, v := range s.resolve(step.In, step.Type).(map[string]any) {
		if _, plain := v.(string); !plain {
			text, err := json.Marshal(v)
			if err != nil {
				s.Fatal(err)
			}
			v = string(text)
		}
		s.provider[k] = v
	}
}

// given are the inputs that a resource was made with, without what Check added
// for its own use and what a case seeds beside them.
func given(typ string, was *saved) map[string]any {
	in := toPlain(was.inputs)
	known, ok := schema.AWS().Resource(typ)
	maps.DeleteFunc(in, func(k string, _ any) bool {
		_, input := known.Inputs[k]
		return strings.HasPrefix(k, "__") || k == "tagsAll" || ok && !input
	})
	return in
}

func (s *stack) up() error {
	_, err := s.box.Up(context.Background(), s.program)
	return err
}

func (s *stack) run(ctx *pulumi.Context) error {
	var provider struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:aws", "aws", drive.Inputs(s.provider), &provider); err != nil {
		return err
	}
	if s.step == nil {
		return nil
	}
	if s.step.Op == "invoke" {
		var out map[string]any
		return ctx.Invoke(s.step.Type, s.step.In, &out, pulumi.Provider(&provider))
	}
	opts := []pulumi.ResourceOption{pulumi.Provider(&provider)}
	if s.imported != "" {
		opts = append(opts, pulumi.Import(s.imported))
	}
	var r pulumi.CustomResourceState
	return ctx.RegisterResource(s.step.Type, s.step.Name, drive.Inputs(s.step.In), &r, opts...)
}
