package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/bootstrap/program"
	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
)

type bootstrapOptions struct {
	boxOptions
	stack   string
	sandbox bool
}

func newBootstrapCommand(g *Global) *cobra.Command {
	operation := func(verb, short string) *cobra.Command {
		var o bootstrapOptions
		cmd := &cobra.Command{
			Use: verb + " STACK --sandbox", Short: short,
			Long: short + `: buckets, keys and roles of bootstrap/Pulumi.<STACK>.yaml.
On a real account it is the ordinary CLI's, in the directory bootstrap:
docs/bootstrap.md.
`,
			Args: exactly(1, "one stack of bootstrap"),
			RunE: func(cmd *cobra.Command, args []string) error {
				o.stack = args[0]
				return runBootstrap(cmd.Context(), verb, o, g)
			},
		}
		o.boxOptions.addFlags(cmd)
		o.addSeed(cmd)
		cmd.Flags().BoolVar(&o.sandbox, "sandbox", false, "on the simulated cloud")
		return cmd
	}
	check := &cobra.Command{
		Use: "check [STACK…]", Short: "Check bootstrap's stack files and print every finding",
		Long: "Check reads bootstrap's stack files strictly and prints every finding at once.\nWithout STACK it checks all of them.\n",
		RunE: func(cmd *cobra.Command, args []string) error { return runBootstrapCheck(args, g) },
	}
	return group("bootstrap", "Preview what an account needs before its first stack", check,
		operation(verbPreview, "Preview it on the simulated cloud"), operation(verbUp, "Bring it up on the simulated cloud"))
}

// bootstrapFile is one of bootstrap's stack files, with all that is wrong with it.
func (g *Global) bootstrapFile(name string) (cfg spec.Config, path string, found finding.List, err error) {
	project, err := g.projectDir()
	if err != nil {
		return cfg, "", nil, err
	}
	dir := filepath.Join(project, "bootstrap")
	path = filepath.Join(dir, "Pulumi."+name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return cfg, "", nil, usagef("bootstrap has no stack %q; it has %s", name, strings.Join(stacksIn(dir), ", "))
	}
	cfg, found = program.Load("bootstrap/"+filepath.Base(path), text)
	return cfg, path, found, nil
}

func runBootstrapCheck(args []string, g *Global) error {
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = stacksIn(filepath.Join(project, "bootstrap"))
	}
	r := checkReport{Stacks: []string{}, Findings: finding.List{}}
	for _, name := range args {
		_, path, found, err := g.bootstrapFile(name)
		if err != nil {
			return err
		}
		r.Stacks, r.Findings = append(r.Stacks, "bootstrap/"+filepath.Base(path)), append(r.Findings, found...)
	}
	if g.JSON {
		err = g.print(r)
	} else {
		printFindings(g.Stdout, r.Findings)
		_, err = fmt.Fprintf(g.Stdout, "%s checked: %s\n", count(len(r.Stacks), "stack file"), count(len(r.Findings), "finding"))
	}
	if err == nil && len(r.Findings.Errors()) > 0 {
		return findingsError{r.Findings}
	}
	return err
}

// bootstrapReport is what a run of bootstrap did or would do.
type bootstrapReport struct {
	Stack   string         `json:"stack"`
	Verb    string         `json:"verb"`
	Changes []string       `json:"changes"`
	Outputs map[string]any `json:"outputs,omitempty"`
}

func runBootstrap(ctx context.Context, verb string, o bootstrapOptions, g *Global) error {
	if !o.sandbox {
		return usagef("ladder bootstrap %s works on the simulated cloud: add --sandbox; on a real account, in the directory bootstrap: pulumi %s -s %s (docs/bootstrap.md)", verb, verb, o.stack)
	}
	cfg, path, found, err := g.bootstrapFile(o.stack)
	if err != nil {
		return err
	}
	if len(found.Errors()) > 0 {
		return g.findings(found)
	}
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	p := sandbox.Program{Project: filepath.Dir(path), StackFile: path, Stack: o.stack, Run: program.Deploy,
		AccountID: cfg.AccountID, CallerARN: cfg.RoleARN("administrator")}
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, "bootstrap "+verb+" "+o.stack)
	defer show.Close()
	var result *sandbox.Result
	options := sandbox.Options{Dir: o.path(project), Seed: o.seed, OnEvent: progressOf(show)}
	err = g.inBox(ctx, project, options, func(box *sandbox.Sandbox) (err error) {
		if verb == verbPreview {
			result, err = box.Preview(ctx, p)
		} else {
			result, err = box.Up(ctx, p)
		}
		return err
	})
	show.Close()
	if err != nil {
		return fmt.Errorf("bootstrap %s of %s: %w", verb, o.stack, err)
	}
	return g.printBootstrap(bootstrapReport{Stack: o.stack, Verb: verb, Changes: changesOf(result), Outputs: outputsOf(verb, result)})
}

// changesOf are the operations, one line each, in a stable order.
func changesOf(r *sandbox.Result) []string {
	out := []string{}
	for _, op := range r.Changes() {
		name := op.URN[strings.LastIndex(op.URN, "::")+2:]
		out = append(out, fmt.Sprintf("%s %s (%s)", op.Op, name, op.Type))
	}
	slices.Sort(out)
	return out
}

// outputsOf are known after an up only.
func outputsOf(verb string, r *sandbox.Result) map[string]any {
	if verb == verbPreview {
		return nil
	}
	return r.Outputs
}

func (g *Global) printBootstrap(r bootstrapReport) error {
	if g.JSON {
		return g.print(r)
	}
	for _, line := range r.Changes {
		fmt.Fprintln(g.Stdout, "  "+line)
	}
	fmt.Fprintf(g.Stdout, "%s\n", count(len(r.Changes), "change"))
	for _, name := range sortedKeys(r.Outputs) {
		if v := fmt.Sprint(r.Outputs[name]); v != "" && v != "[]" {
			fmt.Fprintf(g.Stdout, "  %s: %s\n", name, v)
		}
	}
	if r.Verb == verbPreview {
		fmt.Fprintf(g.Stdout, "\nNext\n  ladder bootstrap up %s --sandbox\n  on a real account: docs/bootstrap.md\n", r.Stack)
	}
	return nil
}
