package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/comment"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox"
)

type reportOptions struct {
	boxOptions
	stacks        []string
	base, on      string
	limit, prices string
	previews      []string
	expect        string
}

func newReportCommand(g *Global) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report STACK…",
		Short: "Print a pull-request comment: what a change stops, costs and needs",
		Long: `Report previews stacks and prints a Markdown comment for people who do not know
Pulumi: the verdict, what stops and why, what changes in each component, the steps
of an upgrade and the gate, addresses, cost and outputs before and after, findings,
and a digest of the operations.

With --base the stack files of a git reference are brought up first, in a temporary
simulated cloud, each stage soaked and in good health; the files as they are now are
previewed on it. The program is the present one on both sides, so a change of the
program alone shows nothing there (docs/adr/0020-report-base.md). Without --base the
sandbox is asked as it is.

With --preview it reads what pulumi preview --json printed on a real account, and
previews nothing itself; --base then compares configuration, addresses and cost.
--expect-digest fails when the preview is not the one that was reviewed.

--prices takes list prices of your own, in the form of internal/facts/data/prices.json.
The comment is printed even when the change is refused; the exit code says so.
`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s needs at least one stack: %s", cmd.CommandPath(), cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stacks = args
			return runReport(cmd.Context(), o, g)
		},
	}
	o.boxOptions.addFlags(cmd)
	o.addSeed(cmd)
	f := cmd.Flags()
	f.StringVar(&o.base, "base", "", "git reference to compare with, for example origin/main")
	f.StringVar(&o.on, "on", "", "day on which dates are judged, 2026-11-21 (default: today)")
	f.StringVar(&o.limit, "limit", "github", "size of the comment: github, gitlab, or bytes")
	f.StringVar(&o.prices, "prices", "", "file with list prices that go before the shipped ones")
	f.StringArrayVar(&o.previews, "preview", nil, "JSON of pulumi preview on a real account, may be repeated: [STACK=]FILE")
	f.StringVar(&o.expect, "expect-digest", "", "digest that the preview must have; for one stack")
	return cmd
}

// reporter holds what every stack of one comment needs.
type reporter struct {
	*Global
	o       reportOptions
	project string
	now     time.Time
	prices  facts.Book
	// previews are files of the ordinary CLI, by stack.
	previews map[string]string
	// base reads the other side; nil without --base.
	base *baseFiles
}

func runReport(ctx context.Context, o reportOptions, g *Global) (err error) {
	limit, err := limitOf(o.limit)
	if err != nil {
		return err
	}
	r := &reporter{Global: g, o: o}
	if err := r.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	c, err := r.comment(ctx)
	if err != nil {
		return err
	}
	if g.JSON {
		err = g.print(c)
	} else {
		_, err = fmt.Fprint(g.Stdout, comment.Markdown(c, limit))
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return r.judge(c)
}

// open reads everything that the flags name.
func (r *reporter) open(ctx context.Context) (err error) {
	if r.now, err = dayOf(r.o.on); err != nil {
		return err
	}
	if r.project, err = r.projectDir(); err != nil {
		return err
	}
	if r.o.prices != "" {
		text, err := os.ReadFile(r.o.prices)
		if err != nil {
			return usagef("--prices: %v", err)
		}
		if r.prices, err = facts.ReadBook(text); err != nil {
			return usagef("--prices %s: %w", r.o.prices, err)
		}
	}
	if r.previews, err = previewsOf(r.o.previews, r.o.stacks); err != nil {
		return err
	}
	if r.o.expect != "" && len(r.o.stacks) != 1 {
		return usagef("--expect-digest is for one stack; %d were given", len(r.o.stacks))
	}
	if r.o.base != "" {
		r.base, err = openBase(ctx, r.project, r.o.base)
	}
	return err
}

func (r *reporter) close() error {
	if r.base == nil {
		return nil
	}
	return r.base.Close()
}

// previewsOf are the files of --preview by stack.
func previewsOf(args, stacks []string) (map[string]string, error) {
	out := map[string]string{}
	for _, arg := range args {
		stack, file, said := strings.Cut(arg, "=")
		switch {
		case !said && len(stacks) == 1:
			stack, file = stacks[0], arg
		case !said:
			return nil, usagef("--preview %q: say of which stack it is, %s=FILE", arg, stacks[0])
		}
		out[stack] = file
	}
	if len(out) == 0 {
		return out, nil
	}
	for _, s := range stacks {
		if _, ok := out[s]; !ok {
			return nil, usagef("there is no --preview %s=FILE; give one for every stack, or none", s)
		}
	}
	if len(out) != len(stacks) {
		return nil, usagef("--preview names a stack that is not reported: %s", strings.Join(sortedKeys(out), ", "))
	}
	return out, nil
}

func limitOf(text string) (int, error) {
	switch text {
	case "github":
		return comment.GitHub, nil
	case "gitlab":
		return comment.GitLab, nil
	}
	const least = 1000 // the verdict and a digest
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, usagef("--limit %q: use github, gitlab, or a number of bytes from %d", text, least)
	}
	return n, nil
}

// judge turns a comment that was printed into the command's end.
func (r *reporter) judge(c comment.Comment) error {
	var found finding.List
	var refused []string
	for _, s := range c.Stacks {
		found = append(found, s.Findings.Errors()...)
		if s.Refused != "" {
			refused = append(refused, s.Name)
		}
	}
	switch {
	case len(found) > 0:
		fmt.Fprintf(r.Stderr, "ladder: nothing was previewed of %s: %s in the configuration\n", strings.Join(refused, ", "), count(len(found), "error"))
		return findingsError{found}
	case len(refused) > 0:
		err := fmt.Errorf("the change of %s is refused; the comment says why", strings.Join(refused, ", "))
		fmt.Fprintln(r.Stderr, "ladder: "+err.Error())
		return reported{err}
	case r.o.expect != "" && c.Stacks[0].Digest != r.o.expect:
		err := differs(c.Stacks[0].Name, r.o.expect, c.Stacks[0].Digest)
		fmt.Fprintln(r.Stderr, "ladder: "+err.Error())
		return reported{err}
	}
	return nil
}

// differs says that a preview is not the one that was reviewed.
func differs(stack, want, got string) error {
	return fmt.Errorf("the preview of %s is not the one that was reviewed: its operations have the digest %s, expected was %q; look at the new preview and review it again", stack, got, want)
}

// reviewed previews a stack and refuses to go on when the preview is not the one
// with the digest; "" asks for nothing.
func (s stack) reviewed(ctx context.Context, box *sandbox.Sandbox, digest string) error {
	if digest == "" {
		return nil
	}
	result, err := s.run(ctx, box, verbPreview)
	if err != nil {
		return err
	}
	if got := comment.Digest(operations(result.Operations, true)); got != digest {
		return differs(s.file.Name, digest, got)
	}
	return nil
}
