//go:build trials

package scenario

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/cmd/ladder/rehearse"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestARehearsalThatGoesWrongSaysWhy breaks one thing that a rehearsal asserts
// at a time, in the program's graph, in the walk, in the cloud or in its laws,
// and expects the rehearsal to fail and to name the cause.
func TestARehearsalThatGoesWrongSaysWhy(t *testing.T) {
	tests := map[string]struct {
		stack string
		spoil func(*rehearse.Options)
		want  string
	}{
		"add-ons before nodes": {"dev", func(o *rehearse.Options) {
			o.Mutate.Program = loosened(climbing, func(typ, name string) bool { return strings.Contains(name, "-addon-coredns") })
			holdUntil(o, func(op deps.Operation) bool { return op.Verb == deps.Update && op.Kind == nodeGroup },
				func(e sandbox.Event) bool { return e.Op == "update" && strings.HasSuffix(e.Name, "-addon-coredns") })
		}, "order: update of add-on cluster-main-addon-coredns began before update of node group cluster-main-ng-general-main had ended"},
		"taint before capacity": {"blue-green", func(o *rehearse.Options) {
			o.Mutate.Walk = func(steps []rehearse.Step) []rehearse.Step {
				steps[0].Edits = append(steps[0].Edits, steps[1].Edits...)
				return steps[:1]
			}
			// The taint and the new slot's nodes are begun at once.
			holdUntil(o, func(op deps.Operation) bool {
				return op.Verb == deps.Create && op.Kind == nodeGroup && strings.HasSuffix(op.URN, "-blue")
			}, func(e sandbox.Event) bool { return e.Op == "update" && e.Type == nodeGroup })
		}, "taint before capacity: update of node group cluster-main-ng-general-"},
		"a rolling update that ignores budgets": {"dev", func(o *rehearse.Options) {
			o.Rules.Disable("eks.pod-eviction")
		}, "replicas of dev-main Deployment rehearsal/web were ready after \"evicted"},
		"a drain that ignores budgets": {"blue-green", func(o *rehearse.Options) {
			o.Rules.Disable("kube.eviction-budget")
		}, "replicas of blue-green-main Deployment rehearsal/web were ready after \"evicted"},
		"no headroom": {"dev", func(o *rehearse.Options) {
			o.Mutate.World = crowd
		}, "InsufficientFreeAddressesInSubnet"},
		"vpc-cni deleted first": {"dev", func(o *rehearse.Options) {
			o.Destroy = true
			o.Mutate.Program = loosened(leaving, func(typ, name string) bool { return typ == nodeGroup })
			// The engine takes both at once: the agent is of the same rung.
			holdUntil(o, func(op deps.Operation) bool { return op.Verb == deps.Delete && op.Kind == nodeGroup },
				func(e sandbox.Event) bool {
					return e.Op == "delete" && (strings.HasSuffix(e.Name, "-addon-vpc-cni") || strings.HasSuffix(e.Name, "-agent"))
				})
		}, "order: delete of CNI and agent cluster-main-addon-"},
		"clusters in parallel": {"two-clusters", func(o *rehearse.Options) {
			// Both follow the stack's release.
			r := rig.New(t, rig.Options{})
			o.Stages[0].File = r.Edited("two-clusters", "      release: \"2026.08\"\n", "").StackFile
			o.Mutate.Program = loosened(climbing, func(typ, name string) bool { return typ == "ladder:cluster:Cluster" })
		}, "order: update of control plane cluster-main-eks-eksCluster began before update of "},
		"a chart that does not fit the next minor": {"dev", func(o *rehearse.Options) {
			o.Mutate.Release = func(r release.Release) release.Release {
				if c := r.Charts["external-secrets"]; r.Name == "2026.08" {
					c.Kubernetes = "< 1.36.0-0"
					r.Charts["external-secrets"] = c
				}
				return r
			}
		}, `order: external-secrets of release 2026.08 ran on Kubernetes 1.36: chart external-secrets 2.10.0 wants Kubernetes "< 1.36.0-0", the cluster has 1.36`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := rehearse.Options{
				Project: rig.Root(), Stages: []rehearse.Stage{{Name: tt.stack, File: rig.ClustersOnly(t, tt.stack)}}, Path: []string{"2026.08", "2026.11"},
				Dir: t.TempDir(), Seed: rig.Seed, Pulumi: os.Getenv("LADDER_PULUMI"), Now: rig.Now, Rules: &rule.Set{},
			}
			tt.spoil(&options)
			report, err := rehearse.Run(t.Context(), options)
			if report == nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(report.Problems, func(p string) bool { return strings.Contains(p, tt.want) }) {
				t.Errorf("no problem says %q (error %v):\n%s", tt.want, err, strings.Join(report.Problems, "\n"))
			}
		})
	}
}

const nodeGroup = "aws:eks/nodeGroup:NodeGroup"

// holdUntil makes some operations last until the engine says what it must not
// yet do: a real node group takes minutes where the sandbox's takes none, and
// which of two that are begun at once ends first would be luck.
func holdUntil(o *rehearse.Options, held func(deps.Operation) bool, event func(sandbox.Event) bool) {
	seen := make(chan struct{})
	var once sync.Once
	o.OnEvent = func(e sandbox.Event) {
		if event(e) {
			once.Do(func() { close(seen) })
		}
	}
	o.Mutate.Operation = func(op deps.Operation) {
		if !held(op) {
			return
		}
		select {
		case <-seen:
		case <-time.After(20 * time.Second):
		}
	}
}

// climbing and leaving say which stack files a mutation is for: the first up is
// left alone, so that only the climb goes wrong.
func climbing(file string) bool { return strings.Contains(file, "2026.11") }
func leaving(file string) bool  { return strings.Contains(file, "protect: false") }

// loosened is the program without the explicit dependencies of some resources,
// from the up on that a mutation is for.
func loosened(when func(file string) bool, which func(typ, name string) bool) func(sandbox.Program) sandbox.Program {
	return func(p sandbox.Program) sandbox.Program {
		text, err := os.ReadFile(p.StackFile)
		if err != nil || !when(string(text)) {
			return p
		}
		run := p.Run
		p.Run = func(ctx *pulumi.Context) error {
			if err := ctx.RegisterStackTransformation(func(a *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				if !which(a.Type, a.Name) {
					return nil
				}
				have, err := pulumi.NewResourceOptions(a.Opts...)
				if err != nil {
					return nil
				}
				return &pulumi.ResourceTransformationResult{Props: a.Props, Opts: loose(have)}
			}); err != nil {
				return err
			}
			return run(ctx)
		}
		return p
	}
}

// loose are options without dependencies.
func loose(o *pulumi.ResourceOptions) []pulumi.ResourceOption {
	out := []pulumi.ResourceOption{pulumi.Parent(o.Parent), pulumi.IgnoreChanges(o.IgnoreChanges), pulumi.Transforms(o.Transforms), pulumi.Version(o.Version)}
	if o.Protect {
		out = append(out, pulumi.Protect(true))
	}
	if o.CustomTimeouts != nil {
		out = append(out, pulumi.Timeouts(o.CustomTimeouts))
	}
	if o.Provider != nil {
		out = append(out, pulumi.Provider(o.Provider))
	}
	if len(o.Providers) > 0 {
		out = append(out, pulumi.Providers(o.Providers...))
	}
	return out
}

// crowd takes nearly every free address of the private subnets, as somebody
// else's machines would.
func crowd(tx *world.Tx) error {
	const kindInterface = "hidden:ec2/NetworkInterface"
	for i, s := range tx.Find("aws:ec2/subnet:Subnet", "", func(o *world.Object) bool { return strings.Contains(o.URN, "-private-") }) {
		used := map[string]bool{}
		for _, e := range tx.Find(kindInterface, s.Scope, func(o *world.Object) bool { return o.Attrs["subnetId"] == s.ID }) {
			ips, _ := e.Attrs["privateIps"].([]any)
			for _, ip := range ips {
				used[ip.(string)] = true
			}
		}
		block, err := netip.ParsePrefix(s.Attrs["cidrBlock"].(string))
		if err != nil {
			return err
		}
		var free []any
		for at := block.Addr(); block.Contains(at); at = at.Next() {
			if !used[at.String()] {
				free = append(free, at.String())
			}
		}
		// AWS keeps the first four of a subnet and the last. Five are left in all:
		// enough for the control plane's own climb, and not for the six nodes that
		// a group adds before it drains.
		left := 2
		if i == 0 {
			left = 1
		}
		free = free[4 : len(free)-1-left]
		tx.Put(&world.Object{Kind: kindInterface, Scope: s.Scope, ID: "eni-crowd-" + s.ID, Owner: world.OwnerSeed, State: "in-use",
			Attrs: map[string]any{"subnetId": s.ID, "privateIps": free, "description": "somebody else's"}})
	}
	return nil
}
