package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/scaffold"
)

type initOptions struct {
	answers scaffold.Answers
	// yes asks nothing: what was not given is suggested, or missing.
	yes bool
}

func newInitCommand(g *Global) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init STACK",
		Short: "Write a new stack file by asking a few questions",
		Long: `Init writes Pulumi.<STACK>.yaml. A stack that follows another (--after) gets that
one's shape, since a soak of another shape proves nothing; the first of its kind
begins from a template. Blocks of addresses are chosen that no other stack of the
project has. It asks for what no flag says, with a suggestion where there can be
one; --yes takes the suggestions. It never overwrites a file, and what it writes
passes ladder config check.
`,
		Args: exactly(1, "the new stack's name"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.answers.Stack = args[0]
			return runInit(o, g)
		},
	}
	a := &o.answers
	for _, f := range []struct {
		into        *string
		name, usage string
	}{
		{&a.Stage, "stage", "dev, stg or prd"},
		{&a.After, "after", "stack that runs a release before this one"},
		{&a.Region, "region", "AWS region"},
		{&a.AccountID, "account", "the only account that the stack may touch, 12 digits"},
		{&a.DeployerRoleARN, "deployer-role", "ARN of the role that runs pulumi"},
		{&a.Owner, "owner", "team that answers for the stack"},
		{&a.Domain, "domain", "DNS name that its hosts lie below"},
		{&a.Release, "release", "release of the catalogue"},
		{&a.CIDR, "cidr", "block of the network (default: one that no other stack has)"},
		{&a.PodCIDR, "pod-cidr", "block of the pods (default: one that no other stack has)"},
	} {
		cmd.Flags().StringVar(f.into, f.name, "", f.usage)
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "ask nothing; take the suggestions")
	return cmd
}

// initReport is the answer of init.
type initReport struct {
	Stack   string           `json:"stack"`
	File    string           `json:"file"`
	Answers scaffold.Answers `json:"answers"`
}

func runInit(o initOptions, g *Global) error {
	project, err := g.projectDir()
	if err != nil {
		return err
	}
	name := o.answers.Stack
	shown := "Pulumi." + name + ".yaml"
	if strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }) {
		return usagef("stack name %q may hold letters, digits, dots, hyphens and underscores only", name)
	}
	path := filepath.Join(project, shown)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usagef("%s is there already, and init never overwrites; choose another name, or edit it", shown)
	}
	others, err := g.otherStacks(project)
	if err != nil {
		return err
	}
	answers := o.answers
	if !o.yes {
		answers, err = (&interview{in: bufio.NewReader(g.Stdin), out: g.Stderr, others: others}).run(answers)
		if err != nil {
			return err
		}
	}
	answers = answers.Suggest(others)
	if missing := answers.Missing(); len(missing) > 0 {
		return usagef("init %s needs --%s: nobody can guess it", name, strings.Join(missing, ", --"))
	}
	text, found := scaffold.File(answers, others)
	if len(found) > 0 {
		return g.refusedEdit(found)
	}
	if err := g.writeStack(path, shown, name, text); err != nil {
		return err
	}
	if g.JSON {
		return g.print(initReport{name, shown, answers})
	}
	fmt.Fprintf(g.Stdout, "%s is written: stage %s, release %s, network %s, pods %s\n", shown, answers.Stage, answers.Release, answers.CIDR, answers.PodCIDR)
	fmt.Fprintf(g.Stdout, "\nNext\n  ladder preview %s --sandbox   what it will be, on the simulated cloud\n  ladder doctor %s              what the account still needs (docs/real-account.md)\n", name, name)
	return nil
}

// writeStack writes the file where none is, checks it as config check does, and
// takes it away again if it is not good.
func (g *Global) writeStack(path, shown, name string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // stack files are committed: anyone may read them
	if err != nil {
		return fmt.Errorf("write %s: %w", shown, err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", shown, err), os.Remove(path))
	}
	_, found := readStack(stackFile{Name: name, Path: path, Shown: shown}, time.Now())
	if len(found.Errors()) == 0 {
		printFindings(g.Stderr, found) // warnings: they stop nothing
		return nil
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("take %s away again: %w", shown, err)
	}
	return g.refusedEdit(found.Errors())
}

// otherStacks are the project's stacks, as far as they can be read: what is
// wrong with them is config check's to say.
func (g *Global) otherStacks(project string) ([]scaffold.Other, error) {
	var out []scaffold.Other
	for _, name := range stacksIn(project) {
		text, err := os.ReadFile(filepath.Join(project, "Pulumi."+name+".yaml"))
		if err != nil {
			return nil, fmt.Errorf("read stack %s: %w", name, err)
		}
		cfg, _ := config.LoadBytes(name, text, name)
		out = append(out, scaffold.Other{Name: name, Config: cfg, Text: text})
	}
	return out, nil
}

// interview asks for what is not known yet, one line for each.
type interview struct {
	in     *bufio.Reader
	out    io.Writer
	others []scaffold.Other
}

// run asks in an order in which each answer helps to suggest the next.
func (i *interview) run(a scaffold.Answers) (scaffold.Answers, error) {
	for _, q := range []struct {
		into     *string
		ask      string
		suggest  func(scaffold.Answers) string
		optional bool
	}{
		{&a.Stage, "Stage (dev, stg or prd)", func(s scaffold.Answers) string { return s.Stage }, false},
		{&a.After, "Stack that runs a release before this one", func(s scaffold.Answers) string { return s.After }, true},
		{&a.Region, "AWS region", func(s scaffold.Answers) string { return s.Region }, false},
		{&a.AccountID, "Account, 12 digits", func(scaffold.Answers) string { return "" }, false},
		{&a.DeployerRoleARN, "Role that runs pulumi", func(s scaffold.Answers) string { return s.DeployerRoleARN }, false},
		{&a.Owner, "Team that answers for it", func(s scaffold.Answers) string { return s.Owner }, false},
		{&a.Domain, "DNS name that its hosts lie below, empty for none", func(s scaffold.Answers) string { return s.Domain }, true},
		{&a.CIDR, "Block of the network", func(s scaffold.Answers) string { return s.CIDR }, false},
		{&a.PodCIDR, "Block of the pods", func(s scaffold.Answers) string { return s.PodCIDR }, false},
	} {
		if *q.into != "" {
			continue
		}
		if err := i.ask(q.into, q.ask, q.suggest(a.Suggest(i.others)), q.optional); err != nil {
			return a, err
		}
	}
	return a, nil
}

// ask takes a line; an empty one means the suggestion. It asks once more where
// there is none, and gives up at the end of the input.
func (i *interview) ask(into *string, question, suggestion string, optional bool) error {
	for {
		prompt := question
		if suggestion != "" {
			prompt += " [" + suggestion + "]"
		}
		fmt.Fprint(i.out, prompt+": ")
		line, err := i.in.ReadString('\n')
		if line = strings.TrimSpace(line); line == "" {
			line = suggestion
		}
		if line != "" || optional && err == nil {
			*into = line
			return nil
		}
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(i.out)
			if optional {
				return nil
			}
			return usagef("there was no answer to %q; give it by a flag, and --yes to ask nothing: ladder init --help", question)
		}
		if err != nil {
			return fmt.Errorf("read the answer to %q: %w", question, err)
		}
	}
}
