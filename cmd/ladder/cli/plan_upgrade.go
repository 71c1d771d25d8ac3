package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

type planOptions struct {
	boxOptions
	stack, stackFile  string
	to, on            string
	metrics           string
	live              []string
	sandbox, markdown bool
	noObjects         bool
}

func newPlanUpgradeCommand(g *Global) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan STACK",
		Short: "Print the upgrade to the next release: steps, risk, way back; or addresses, or time",
		Long: `Plan prints how the stack climbs to the next release, or rung by rung to --to: the
edits of the stack file, the steps of each up in order, what each does to what
runs, how long it takes, which addresses it needs, what to check after it and how
to go back. What blocks the climb is listed first and ends with exit code 3.

Removed APIs are searched in what the program registers, which takes one up in a
temporary sandbox, and in --metrics, what kubectl get --raw /metrics prints.
How many nodes run is read from --live or, with --sandbox, from the sandbox.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runPlanUpgrade(cmd.Context(), o, g)
		},
	}
	f := cmd.Flags()
	o.boxOptions.addFlags(cmd)
	f.StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	f.StringVar(&o.to, "to", "", "release to climb to (default: the next rung)")
	f.StringVar(&o.on, "on", "", "day on which the climb is judged, 2026-11-21 (default: today)")
	f.StringVar(&o.metrics, "metrics", "", "file with the live API server's metrics, for deprecated APIs in use")
	f.StringArrayVar(&o.live, "live", nil, "nodes that run in a slot, may be repeated: CLUSTER/GROUP/SLOT=NODES")
	f.BoolVar(&o.sandbox, "sandbox", false, "read from the sandbox how many nodes run")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown, for a pull request")
	f.BoolVar(&o.noObjects, "no-objects", false, "do not search what the program registers for removed APIs")
	return cmd
}

func runPlanUpgrade(ctx context.Context, o planOptions, g *Global) error {
	now, err := dayOf(o.on)
	if err != nil {
		return err
	}
	if o.markdown && g.JSON {
		return usagef("give either --json or --markdown")
	}
	in := upgrade.Input{Now: now}
	if in.Live, err = liveSizes(o.live); err != nil {
		return err
	}
	if o.metrics != "" {
		if in.Requested, err = readMetrics(o.metrics); err != nil {
			return err
		}
	}
	s, err := g.openStack(o.stack, o.stackFile)
	if err != nil {
		return err
	}
	rungs, err := climb(s.cfg, o.to)
	if err != nil {
		return err
	}
	if len(rungs) == 0 {
		return g.nothingToPlan(s)
	}
	in.Name, in.File, in.Stack = s.file.Name, s.file.Shown, s.cfg
	if o.sandbox {
		if err := g.readLive(o.boxOptions, s, in.Live); err != nil {
			return err
		}
	}
	if in.Objects, in.Unchecked, err = g.objects(ctx, s, o.noObjects); err != nil {
		return err
	}
	return g.printPlans(plansOf(in, rungs), o.markdown)
}

// nothingToPlan is the answer for a stack on the last release.
func (g *Global) nothingToPlan(s stack) error {
	if g.JSON {
		return g.print([]upgrade.Plan{})
	}
	_, err := fmt.Fprintf(g.Stdout, "%s is on release %s, and the catalogue has none above it\n", s.file.Name, s.cfg.Release)
	return err
}

// plansOf are the plans of consecutive rungs: each begins where the one before ended.
func plansOf(in upgrade.Input, rungs [][2]release.Release) []upgrade.Plan {
	plans := []upgrade.Plan{}
	for _, r := range rungs {
		in.From, in.To = r[0], r[1]
		plans = append(plans, upgrade.New(in))
		in.Stack.Release = r[1].Name
	}
	return plans
}

func (g *Global) printPlans(plans []upgrade.Plan, markdown bool) error {
	var err error
	switch {
	case g.JSON:
		err = g.print(plans)
	case markdown:
		err = upgrade.Markdown(g.Stdout, plans)
	default:
		err = upgrade.Text(g.Stdout, plans)
	}
	if err != nil {
		return fmt.Errorf("print the plan: %w", err)
	}
	var blocking finding.List
	for _, p := range plans {
		blocking = append(blocking, p.Findings.Errors()...)
	}
	if len(blocking) > 0 {
		return findingsError{blocking}
	}
	return nil
}

// climb is the rungs to a release, or the next one. A cluster that is held
// behind the stack comes first.
func climb(cfg config.Stack, to string) ([][2]release.Release, error) {
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("release catalogue: %w", err)
	}
	names := []string{cfg.Release}
	switch {
	case to == "":
		for _, key := range sortedKeys(cfg.Clusters) {
			if own := cfg.ClusterRelease(key); own != cfg.Release && catalogue.Reachable(own, cfg.Release) {
				names = []string{own, cfg.Release}
			}
		}
		for _, next := range catalogue.Names() {
			if len(names) == 1 && next != cfg.Release && catalogue.Reachable(cfg.Release, next) {
				names = append(names, next)
			}
		}
	case to == cfg.Release:
		return nil, usagef("the stack is on release %q already", to)
	default:
		if _, err := catalogue.Find(to); err != nil {
			return nil, usageError{err}
		}
		if names = catalogue.Path(cfg.Release, to); names == nil {
			return nil, usagef("there is no way up from release %q to %q; a stack does not climb down, and the way back of a fresh climb is in the plan of that climb", cfg.Release, to)
		}
	}
	var out [][2]release.Release
	for i := 1; i < len(names); i++ {
		a, errA := catalogue.Find(names[i-1])
		b, errB := catalogue.Find(names[i])
		if err := errors.Join(errA, errB); err != nil {
			return nil, err
		}
		out = append(out, [2]release.Release{a, b})
	}
	return out, nil
}

func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, usagef("--on %q is no day; use for example 2026-11-21", text)
	}
	return t, nil
}

func liveSizes(args []string) (map[string]int, error) {
	out := map[string]int{}
	for _, a := range args {
		slot, nodes, _ := strings.Cut(a, "=")
		n, err := strconv.Atoi(nodes)
		if err != nil || n < 0 || strings.Count(slot, "/") != 2 {
			return nil, usagef("--live %q: use CLUSTER/GROUP/SLOT=NODES, for example main/general/blue=5", a)
		}
		out[slot] = n
	}
	return out, nil
}

func readMetrics(path string) ([]upgrade.Request, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("--metrics: %w", err)
	}
	defer f.Close()
	out, err := upgrade.ReadMetrics(f)
	if err != nil {
		return nil, usagef("--metrics %s: %w", path, err)
	}
	return out, nil
}

// readLive counts the nodes of each slot in the sandbox; what the command line
// says counts before it.
func (g *Global) readLive(o boxOptions, s stack, live map[string]int) error {
	return g.withWorld(o, func(w *world.World, _ string) error {
		w.View(func(tx *world.Tx) {
			for _, key := range sortedKeys(s.cfg.Clusters) {
				name := config.ClusterName(s.file.Name, key)
				for _, group := range tx.Find("aws:eks/nodeGroup:NodeGroup", "", func(n *world.Object) bool { return n.Attrs["clusterName"] == name }) {
					labels, _ := group.Attrs["labels"].(map[string]any)
					slot := fmt.Sprintf("%s/%v/%v", key, labels["ladder/group"], labels["ladder/slot"])
					if _, said := live[slot]; !said {
						live[slot] = len(tx.Find("hidden:ec2/Instance", group.Scope, func(n *world.Object) bool { return n.Attrs["nodeGroup"] == group.ID }))
					}
				}
			}
		})
		return nil
	})
}

// objects are the Kubernetes objects that the program registers, from an up in
// a temporary sandbox, and what they leave out.
func (g *Global) objects(ctx context.Context, s stack, skip bool) (out []upgrade.Object, unchecked string, err error) {
	const elsewhere = "what applications registered themselves (give --metrics of the live cluster)"
	if skip {
		return nil, "the program's own objects (--no-objects), and " + elsewhere, nil
	}
	dir, err := os.MkdirTemp("", "ladder-plan-")
	if err != nil {
		return nil, "", fmt.Errorf("make a temporary sandbox: %w; set TMPDIR to a directory that can be written", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, "plan "+s.file.Name)
	show.OneLine()
	defer show.Close()
	options := sandbox.Options{Dir: dir, Seed: 1, SkipCheckpoints: true, OnEvent: progressOf(show)}
	if err := g.bringUpBefore(ctx, s, options, show); err != nil {
		return nil, "", err
	}
	var state []byte
	err = g.inBox(ctx, s.project, options, func(box *sandbox.Sandbox) (err error) {
		if _, err = s.run(ctx, box, verbUp); err != nil {
			return fmt.Errorf("list what the program registers: %w; --no-objects leaves that out", err)
		}
		state, err = box.Export(ctx, s.program(box))
		return err
	})
	if err != nil {
		return nil, "", err
	}
	out, charts, err := objectsOf(state)
	if err != nil {
		return nil, "", err
	}
	unchecked = elsewhere
	if len(charts) > 0 {
		unchecked = "what the charts " + strings.Join(charts, ", ") + " render, and " + elsewhere
	}
	return out, unchecked, nil
}

// objectsOf reads the Kubernetes objects of a state, and the names of the
// charts, whose contents no state holds.
func objectsOf(state []byte) (out []upgrade.Object, charts []string, err error) {
	var doc struct {
		Deployment struct {
			Resources []struct {
				URN    string `json:"urn"`
				Type   string `json:"type"`
				Inputs struct {
					APIVersion string `json:"apiVersion"`
					Kind       string `json:"kind"`
					Chart      any    `json:"chart"`
					Metadata   any    `json:"metadata"`
				} `json:"inputs"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(state, &doc); err != nil {
		return nil, nil, fmt.Errorf("read the state of the temporary sandbox: %w", err)
	}
	for _, r := range doc.Deployment.Resources {
		logical := r.URN[strings.LastIndex(r.URN, "::")+2:]
		switch {
		case r.Type == "kubernetes:helm.sh/v3:Release":
			chart, _ := r.Inputs.Chart.(string)
			charts = append(charts, chart[strings.LastIndex(chart, "/")+1:])
		case strings.HasPrefix(r.Type, "kubernetes:") && r.Inputs.Kind != "":
			metadata, _ := r.Inputs.Metadata.(map[string]any)
			name, _ := metadata["name"].(string)
			out = append(out, upgrade.Object{APIVersion: r.Inputs.APIVersion, Kind: r.Inputs.Kind, Name: name, From: logical})
		}
	}
	slices.Sort(charts)
	return out, slices.Compact(charts), nil
}
