package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
	"github.com/ladder-platform/ladder/sandbox"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./tests/manifests FOLDER, from the root of the repository")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := exportAll(ctx, ".", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

// exportAll brings every stack up in a sandbox and writes a file for each.
func exportAll(ctx context.Context, project, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files, err := stackFiles(project)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(file), ".yaml"), "Pulumi.")
		if err := exportStack(ctx, project, file, name, filepath.Join(folder, name+".json")); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// stackFiles are the shipped stacks and the variants of tests/stacks.
func stackFiles(project string) ([]string, error) {
	shipped, err := filepath.Glob(filepath.Join(project, "Pulumi.*.yaml"))
	if err != nil {
		return nil, err
	}
	variants, err := filepath.Glob(filepath.Join(project, "tests", "stacks", "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(shipped) == 0 || len(variants) == 0 {
		return nil, errors.New("no stack files: run it from the root of the repository")
	}
	return slices.Concat(shipped, variants), nil
}

func exportStack(ctx context.Context, project, file, name, to string) error {
	dir, err := os.MkdirTemp("", "ladder-manifests-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintf(os.Stderr, "up %s\n", name)
	// What a stack expects to find in its account lies beside it.
	if seed := filepath.Join(project, "tests", "stacks", "seed-"+name+".json"); exists(seed) {
		if err := ladder("sandbox", "seed", seed, "--dir", dir); err != nil {
			return err
		}
	}
	if err := ladder("up", name, "--sandbox", "--json", "--skip-checkpoints", "--project", project, "--stack-file", file, "--dir", dir); err != nil {
		return err
	}
	objects, err := objectsOf(ctx, dir, filepath.Dir(to), sandbox.Program{Project: project, StackFile: file, Stack: name})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(objects, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, append(text, '\n'), 0o644)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// ladder runs the command in this process; what it prints shows when it fails.
func ladder(args ...string) error {
	var out bytes.Buffer
	if code := cli.Main(args, strings.NewReader(""), &out, &out); code != 0 {
		return fmt.Errorf("ladder %s: exit code %d\n%s", strings.Join(args, " "), code, out.String())
	}
	return nil
}

func objectsOf(ctx context.Context, dir, folder string, p sandbox.Program) (objects []object, err error) {
	box, err := sandbox.Open(ctx, sandbox.Options{Dir: dir, Pulumi: os.Getenv("LADDER_PULUMI")})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if err := exportChains(box.World(), folder, p.Stack); err != nil {
		return nil, err
	}
	text, err := box.Export(ctx, p)
	if err != nil {
		return nil, err
	}
	var state struct{ Deployment apitype.DeploymentV3 }
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, err
	}
	objects, err = export(state.Deployment.Resources)
	if err == nil && len(objects) == 0 {
		err = errors.New("the stack has no object that a judge could look at")
	}
	return objects, err
}
