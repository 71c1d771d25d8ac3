package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
)

// baseFiles are the stack files of a git reference, in a temporary directory.
type baseFiles struct {
	dir     string // the copy
	project string // the directory of the repository that it is a copy of
	commit  string
}

// openBase copies Pulumi.yaml and the stack files out of a commit.
func openBase(ctx context.Context, project, ref string) (*baseFiles, error) {
	b := &baseFiles{project: project}
	commit, err := b.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, usagef("--base %q is no commit of the repository of %s; fetch it first (git fetch origin, or a checkout with its history)", ref, project)
	}
	b.commit = strings.TrimSpace(commit)
	list, err := b.git(ctx, "ls-tree", "--name-only", b.commit, "./")
	if err != nil {
		return nil, fmt.Errorf("--base %s: list its files: %w", ref, err)
	}
	if b.dir, err = os.MkdirTemp("", "ladder-base-"); err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w; set TMPDIR to a directory that can be written", err)
	}
	for _, name := range strings.Fields(list) {
		if base := filepath.Base(name); base == name && strings.HasPrefix(name, "Pulumi.") && strings.HasSuffix(name, ".yaml") {
			if err := b.copy(ctx, name); err != nil {
				return nil, errors.Join(err, b.Close())
			}
		}
	}
	return b, nil
}

// copy writes one file of the commit, if the commit has it.
func (b *baseFiles) copy(ctx context.Context, name string) error {
	text, err := b.git(ctx, "show", b.commit+":./"+filepath.ToSlash(name))
	if err != nil {
		return fs.ErrNotExist
	}
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("copy the base's %s: %w", name, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("copy the base's %s: %w", name, err)
	}
	return nil
}

func (b *baseFiles) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", b.project}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Close removes the copies.
func (b *baseFiles) Close() error { return os.RemoveAll(b.dir) }

// stack reads the base's side of a stack, and why it cannot be compared with: ""
// when it can. A stack that the base does not have is nil without a reason.
func (b *baseFiles) stack(ctx context.Context, g *Global, head stackFile, now time.Time) (*stack, string, error) {
	file, err := b.file(ctx, head)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	there := *g
	there.Project = b.dir
	var list finding.List
	s, err := there.readChain(b.dir, file, now, &list, map[string]bool{})
	if err != nil {
		return nil, err.Error(), nil
	}
	if errs := list.Errors(); len(errs) > 0 {
		return nil, fmt.Sprintf("its stack file has %s, the first is %s", count(len(errs), "error"), errs[0]), nil
	}
	return s.in(b.project), "", nil
}

// file is the base's file of a stack of the project.
func (b *baseFiles) file(ctx context.Context, head stackFile) (stackFile, error) {
	name, err := filepath.Rel(b.project, head.Path)
	if err != nil || strings.HasPrefix(name, "..") {
		return stackFile{}, fs.ErrNotExist // a file from elsewhere has no history here
	}
	path := filepath.Join(b.dir, name)
	if _, err := os.Stat(path); err != nil {
		if err := b.copy(ctx, name); err != nil {
			return stackFile{}, err
		}
	}
	return stackFile{Name: head.Name, Path: path, Shown: head.Shown}, nil
}

// in is the stack with everything that it follows, run as part of a project.
func (s stack) in(project string) *stack {
	s.project = project
	for i := range s.before {
		s.before[i] = *s.before[i].in(project)
	}
	return &s
}

// soak is how long a stack asks the stage before it to have run.
func soakOf(cfg config.Stack) time.Duration {
	d, err := time.ParseDuration(cfg.Promotion.Soak)
	if err != nil {
		return 0 // left out; a text that is no duration was a finding
	}
	return d
}
