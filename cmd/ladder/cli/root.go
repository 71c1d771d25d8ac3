package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"gopkg.in/yaml.v3"
)

// Global is what every command shares: streams and the flags of the root.
type Global struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Getenv reads the environment; os.Getenv outside of tests.
	Getenv func(string) string
	// Project is the directory that holds Pulumi.yaml; "" means the nearest one upwards.
	Project string
	// JSON asks for one JSON document on Stdout; everything else goes to Stderr.
	JSON bool
}

// Main runs the command line and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	g := &Global{Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv}
	ctx, stop := interruptible(context.Background(), stderr)
	defer stop()
	root := newRootCommand(g)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var shown reported
	var findings findingsError
	if err != nil && !errors.As(err, &shown) && !errors.As(err, &findings) {
		g.fail(err)
	}
	return exitCode(err)
}

// fail prints an error that no command has printed: one line, or with --json
// one document.
func (g *Global) fail(err error) {
	if g.JSON {
		_ = g.print(map[string]string{"error": err.Error()}) // stdout is gone: nothing is left to say it on
		return
	}
	fmt.Fprintln(g.Stderr, "ladder: "+err.Error())
}

// print writes one JSON document.
func (g *Global) print(v any) error {
	enc := json.NewEncoder(g.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func newRootCommand(g *Global) *cobra.Command {
	root := &cobra.Command{
		Use:   "ladder",
		Short: "Preview, bring up and rehearse the platform on a simulated cloud",
		Long: `ladder runs the platform's Pulumi program on a simulated cloud behind the real
engine, checks stack files, and prints address plans, critical paths and releases.

STACK is dev, stg or prd, or the path of a stack file such as tests/stacks/x.yaml.
`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	root.PersistentFlags().BoolVar(&g.JSON, "json", false, "print one JSON document on stdout; progress goes to stderr")
	root.PersistentFlags().StringVar(&g.Project, "project", "", "directory of Pulumi.yaml (default: the nearest one upwards)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w; see %s --help", err, cmd.CommandPath())
	})
	root.SetUsageTemplate(root.UsageTemplate() + exitHelp + "\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newPreviewCommand(g), newUpCommand(g), newRefreshCommand(g), newDestroyCommand(g), newRecoverCommand(g), newObserveCommand(g),
		newConfigCommand(g), newPlanCommand(g), newReleasesCommand(g), newSandboxCommand(g),
	)
	root.AddCommand(newRehearseCommand(g), newMeshCommand(g), newTraceCommand(g), newReportCommand(g))
	root.AddCommand(newContractCommand(g), newDiagramCommand(g))
	root.AddCommand(newInitCommand(g), newDoctorCommand(g), newBootstrapCommand(g))
	return root
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: short + "."}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return usagef("%s needs a command; see %s --help", cmd.CommandPath(), cmd.CommandPath())
	}
	cmd.AddCommand(commands...)
	return cmd
}

func unknownCommand(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2 // two letters off, as cobra does by default
	near := cmd.SuggestionsFor(name)
	if len(near) > 0 {
		return usagef("unknown command %q; did you mean %q", cmd.CommandPath()+" "+name, cmd.CommandPath()+" "+near[0])
	}
	return usagef("unknown command %q; see %s --help", cmd.CommandPath()+" "+name, cmd.CommandPath())
}

// exactly asks for n arguments, called what in the message.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s needs %s: %s", cmd.CommandPath(), what, cmd.UseLine())
		}
		return nil
	}
}

// interruptible is a context that the first Ctrl-C cancels: the engine then
// waits for the operation under way, and the state stays whole. The second
// one ends the process at once, as signals do by default.
func interruptible(parent context.Context, stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			fmt.Fprintln(stderr, "ladder: interrupted: the operation under way ends first, then the run stops; a second Ctrl-C stops at once, and ladder recover cleans up after that")
			signal.Stop(signals)
			cancel()
		case <-done:
		}
	}()
	return ctx, func() {
		close(done)
		signal.Stop(signals)
		cancel()
	}
}

// terminal says whether w is one, and how wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// projectDir is the directory of Pulumi.yaml.
func (g *Global) projectDir() (string, error) {
	if g.Project != "" {
		dir, err := filepath.Abs(g.Project)
		if err != nil {
			return "", fmt.Errorf("--project %q: %w", g.Project, err)
		}
		if !isProject(dir) {
			return "", usagef("--project %q: there is no Pulumi.yaml of project ladder in it", g.Project)
		}
		return dir, nil
	}
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if isProject(dir) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", usagef("no Pulumi.yaml of project ladder in %s or above; run ladder in a clone, or give --project DIR", start)
		}
	}
}

func isProject(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "Pulumi.yaml"))
	if err != nil {
		return false
	}
	var p struct {
		Name string `yaml:"name"`
	}
	return yaml.Unmarshal(b, &p) == nil && strings.EqualFold(p.Name, "ladder")
}
