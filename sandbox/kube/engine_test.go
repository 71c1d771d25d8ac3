//go:build trials

package kube_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/drive"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// stack drives single resources through the real engine: every step is an up of a program that has them all.
type stack struct {
	t         testing.TB
	box       *sandbox.Sandbox
	program   sandbox.Program
	config    map[string]any
	resources []entry
}

type entry struct {
	typ, name string
	inputs    map[string]any
}

func newStack(t testing.TB) *stack {
	t.Helper()
	box := drive.Open(t, sandbox.Options{Seed: 1, Now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), SkipCheckpoints: true})
	s := &stack{t: t, box: box, config: map[string]any{}}
	s.program = drive.Program(drive.Project(t, "kube"), kube.Account, kube.Deployer, s.run)
	return s
}

func (s *stack) run(ctx *pulumi.Context) error {
	var provider struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", drive.Inputs(s.config), &provider); err != nil {
		return err
	}
	var before []pulumi.Resource
	for _, e := range s.resources {
		var r pulumi.CustomResourceState
		if err := ctx.RegisterResource(e.typ, e.name, drive.Inputs(e.inputs), &r, pulumi.Provider(&provider), pulumi.DependsOn(before)); err != nil {
			return err
		}
		before = []pulumi.Resource{&r}
	}
	return nil
}

func (s *stack) World() *world.World { return s.box.World() }

func (s *stack) Configure(config map[string]any) { s.config = config }

func (s *stack) set(typ, name string, inputs map[string]any) {
	i := slices.IndexFunc(s.resources, func(e entry) bool { return e.typ == typ && e.name == name })
	if i < 0 {
		s.resources = append(s.resources, entry{typ, name, inputs})
		return
	}
	s.resources[i].inputs = inputs
}

func (s *stack) up() error {
	_, err := s.box.Up(context.Background(), s.program)
	return err
}

func (s *stack) Check(typ, name string, inputs map[string]any) error {
	s.set(typ, name, inputs)
	_, err := s.box.Preview(context.Background(), s.program)
	return err
}

func (s *stack) Apply(typ, name string, inputs map[string]any) error {
	s.set(typ, name, inputs)
	return s.up()
}

func (s *stack) Remove(typ, name string) error {
	s.resources = slices.DeleteFunc(s.resources, func(e entry) bool { return e.typ == typ && e.name == name })
	return s.up()
}

func TestEveryRuleIsBrokenThroughTheEngine(t *testing.T) {
	for _, name := range kube.RuleCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := kube.BreakRule(t, name, newStack(t))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the engine reported: %v\nwant it to contain: %s", err, want)
			}
		})
	}
}
