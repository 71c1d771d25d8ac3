package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/engine"
	"github.com/ladder-platform/ladder/sandbox/serve"
)

// bare is the engine with a provider that does nothing. Only the CLI's own run
// counts, not what the Automation API does before and after it, so that nothing
// of the comparison is in the sandbox's favour.
type bare struct {
	dir    string
	clock  *clock
	server *serve.Server
	n      int
}

// clock is a CLI that takes the time of its last preview or up.
type clock struct {
	auto.PulumiCommand
	took time.Duration
}

// Run runs the CLI.
func (c *clock) Run(ctx context.Context, dir string, stdin io.Reader, out, errs []io.Writer, env []string, args ...string) (string, string, int, error) {
	began := time.Now()
	stdout, stderr, code, err := c.PulumiCommand.Run(ctx, dir, stdin, out, errs, env, args...)
	if slices.Contains(args, "preview") || slices.Contains(args, "up") {
		c.took = time.Since(began)
	}
	return stdout, stderr, code, err
}

func newBare(dir, cli string, n int) (*bare, error) {
	command, err := commandFor(dir, cli)
	if err != nil {
		return nil, err
	}
	made := &atomic.Int64{}
	server, err := serve.Start(map[string]serve.Factory{
		"aws": func() plugin.Provider { return &noop{pkg: "aws", made: made} },
	})
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{"home", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	if err := engine.NoLogs(filepath.Join(dir, "home", "logs")); err != nil {
		return nil, err
	}
	return &bare{dir: dir, clock: &clock{PulumiCommand: command}, server: server, n: n}, nil
}

// commandFor gives the CLI the place in which the Automation API looks for one.
func commandFor(dir, cli string) (auto.PulumiCommand, error) {
	cli, err := filepath.Abs(cli)
	if err != nil {
		return nil, err
	}
	root := filepath.Join(dir, "cli")
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(cli, filepath.Join(root, "bin", "pulumi")); err != nil {
		return nil, err
	}
	return auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root})
}

func (b *bare) close() error {
	b.server.Close()
	return nil
}

func (b *bare) stack(ctx context.Context) (auto.Stack, error) {
	return auto.UpsertStackInlineSource(ctx, "bench", "bench", program(b.n),
		auto.Pulumi(b.clock), auto.PulumiHome(filepath.Join(b.dir, "home")),
		auto.EnvVars(map[string]string{ // as the sandbox sets them (sandbox/engine)
			"PULUMI_BACKEND_URL":                            "file://" + filepath.ToSlash(filepath.Join(b.dir, "state")),
			"PULUMI_CONFIG_PASSPHRASE":                      "bench",
			"PULUMI_SKIP_CHECKPOINTS":                       "true",
			"PULUMI_AUTOMATION_API":                         "true",
			"PULUMI_SKIP_UPDATE_CHECK":                      "true",
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
			"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
			"PULUMI_DEBUG_PROVIDERS":                        b.server.DebugProviders(),
			"GOGC":                                          "300",
		}))
}

func (b *bare) preview(ctx context.Context) (time.Duration, error) {
	stack, err := b.stack(ctx)
	if err != nil {
		return 0, err
	}
	r, err := stack.Preview(ctx, optpreview.SuppressProgress())
	if err != nil {
		return 0, err
	}
	return b.clock.took, b.expect(r.ChangeSummary["create"])
}

func (b *bare) up(ctx context.Context) (time.Duration, error) {
	stack, err := b.stack(ctx)
	if err != nil {
		return 0, err
	}
	r, err := stack.Up(ctx, optup.SuppressProgress(), optup.SuppressOutputs())
	if err != nil {
		return 0, err
	}
	return b.clock.took, b.expect((*r.Summary.ResourceChanges)["create"])
}

// expect guards against measuring a run that did less than it should.
func (b *bare) expect(created int) error {
	if want := b.n + 2; created != want { // the provider and the stack beside the n
		return fmt.Errorf("bare engine: %d creates, expected %d", created, want)
	}
	return nil
}
