package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// withWorld opens the world of an existing sandbox, runs f and closes it.
func (g *Global) withWorld(o boxOptions, f func(w *world.World, dir string) error) error {
	dir, err := g.existingBox(o)
	if err != nil {
		return err
	}
	w, err := world.Open(dir, o.seed, time.Now()) // an existing world keeps its own seed and clock
	if err != nil {
		return advised(err, dir)
	}
	if err := errors.Join(f(w, dir), w.Close()); err != nil {
		return advised(err, dir)
	}
	return nil
}

// existingBox is the sandbox's directory, which must hold a world.
func (g *Global) existingBox(o boxOptions) (string, error) {
	dir := o.dir
	if dir == "" {
		project, err := g.projectDir()
		if err != nil {
			return "", err
		}
		dir = o.path(project)
	}
	if _, err := os.Stat(filepath.Join(dir, world.FileName)); errors.Is(err, fs.ErrNotExist) {
		return "", usagef("there is no sandbox in %s yet; ladder up dev --sandbox makes one", dir)
	}
	return dir, nil
}

// openBox opens the sandbox with the CLI that is to be used.
func (g *Global) openBox(ctx context.Context, project string, o sandbox.Options) (*sandbox.Sandbox, error) {
	o.Pulumi = g.pulumi(project)
	box, err := sandbox.Open(ctx, o)
	if err != nil {
		return nil, advised(err, o.Dir)
	}
	return box, nil
}

// aside runs something in a sandbox with one line of progress, when the stages
// that the stack comes after are up there.
func (g *Global) aside(ctx context.Context, s stack, title string, options sandbox.Options, inside func(*sandbox.Sandbox) error) error {
	width, _ := terminal(g.Stderr)
	show := progress.New(g.Stderr, width, title)
	show.OneLine()
	defer show.Close()
	options.OnEvent = progressOf(show)
	if err := g.bringUpBefore(ctx, s, options, show); err != nil {
		return err
	}
	return g.inBox(ctx, s.project, options, inside)
}

// inBox opens the sandbox, runs f and closes it.
func (g *Global) inBox(ctx context.Context, project string, o sandbox.Options, f func(*sandbox.Sandbox) error) error {
	box, err := g.openBox(ctx, project, o)
	if err != nil {
		return err
	}
	err = f(box)
	if errClose := box.Close(); errClose != nil {
		err = errors.Join(err, advised(fmt.Errorf("close the sandbox: %w", errClose), o.Dir))
	}
	return err
}

// pulumi is the CLI that the environment names, or the one that make built;
// "" leaves the search in PATH to the sandbox.
func (g *Global) pulumi(project string) string {
	if path := g.Getenv("LADDER_PULUMI"); path != "" {
		return path
	}
	built, err := filepath.Glob(filepath.Join(project, ".ladder", "bin", "pulumi-*"))
	built = slices.DeleteFunc(built, func(p string) bool { return strings.HasSuffix(p, ".part") })
	if err != nil || len(built) == 0 {
		return ""
	}
	return built[len(built)-1]
}

// advised adds to an error of the sandbox's directory what to do about it,
// where the error does not say so itself.
func advised(err error, dir string) error {
	switch {
	case err == nil, errors.Is(err, world.ErrLocked), errors.Is(err, world.ErrCorrupt), strings.Contains(err.Error(), "choose another directory"):
		return err // these say what to do
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w; the disk of %s is full: make room and run again, nothing that was written before is lost", err, dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; make %s writable, or choose another place with --dir", err, dir)
	}
	return err
}
