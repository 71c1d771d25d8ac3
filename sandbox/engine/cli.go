package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
)

// minimum is the oldest CLI that the facts were measured with.
var minimum = semver.MustParse("3.250.0")

// patience is how long an interrupted CLI may still take: the longest wait of
// a provider under it. After that it is killed.
const patience = 30 * time.Minute

// CLI is the Pulumi command line. It implements auto.PulumiCommand.
type CLI struct {
	path    string
	version semver.Version

	lock    sync.Mutex
	running *os.Process
	killed  bool // the last command was
}

// FindCLI checks the CLI at path, or the one on PATH when path is empty. The
// version is remembered in cacheDir, because asking takes 0.2 s.
func FindCLI(path, cacheDir string) (*CLI, error) {
	if path == "" {
		path = "pulumi"
	}
	full, err := exec.LookPath(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox: no Pulumi CLI at %q: run through make, which builds it, or set LADDER_PULUMI to one of version %s or later: %w", path, minimum, err)
	}
	if full, err = filepath.Abs(full); err != nil {
		return nil, fmt.Errorf("sandbox: Pulumi CLI %q: %w", path, err)
	}
	version, err := versionOf(full, filepath.Join(cacheDir, "cli.json"))
	if err != nil {
		return nil, err
	}
	if version.LT(minimum) || version.Major != minimum.Major {
		return nil, fmt.Errorf("sandbox: the Pulumi CLI %s is %s, %s or a later 3.x is needed: run through make, which builds it, or set LADDER_PULUMI", full, version, minimum)
	}
	return &CLI{path: full, version: version}, nil
}

// known is a CLI whose version was asked before.
type known struct {
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Version  string    `json:"version"`
}

func versionOf(path, cache string) (semver.Version, error) {
	info, err := os.Stat(path)
	if err != nil {
		return semver.Version{}, fmt.Errorf("sandbox: Pulumi CLI: %w", err)
	}
	now := known{Path: path, Size: info.Size(), Modified: info.ModTime().UTC()}
	var last known
	if text, err := os.ReadFile(cache); err == nil && json.Unmarshal(text, &last) == nil {
		now.Version = last.Version
		if version, err := semver.ParseTolerant(last.Version); err == nil && now == last {
			return version, nil
		}
	}
	cmd := exec.Command(path, "version")
	cmd.Env = append(cleanEnv(os.Environ()), "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_HOME="+filepath.Dir(cache))
	out, err := cmd.Output()
	if err != nil {
		return semver.Version{}, fmt.Errorf("sandbox: %s version: %w", path, err)
	}
	now.Version = strings.TrimSpace(string(out))
	version, err := semver.ParseTolerant(now.Version)
	if err != nil {
		return semver.Version{}, fmt.Errorf("sandbox: %s says that its version is %q; build it with its version stamped, as make does: %w", path, now.Version, err)
	}
	if text, err := json.Marshal(now); err == nil {
		_ = os.WriteFile(cache, text, 0o600) // only a cache
	}
	return version, nil
}

// Version is the CLI's version.
func (c *CLI) Version() semver.Version { return c.version }

// answered are the calls that the Automation API makes around every operation
// and whose answer is known or not wanted here; each would cost 0.2 s or more.
// The stack's name is given with --stack, so it need not be selected; outputs
// are read from the state file.
var answered = map[string]string{
	"stack select":  "",
	"stack output":  "{}",
	"stack history": "[]",
}

// Run executes one command and waits for it.
func (c *CLI) Run(ctx context.Context, workdir string, stdin io.Reader, outs, errs []io.Writer, env []string, args ...string) (string, string, int, error) {
	if len(args) >= 2 {
		if answer, ok := answered[args[0]+" "+args[1]]; ok {
			return answer, "", 0, nil
		}
	}
	if !slices.Contains(args, "--non-interactive") {
		args = append([]string{"--non-interactive"}, args...)
	}
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir = workdir
	cmd.Env = append(cleanEnv(os.Environ()), env...)
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout = io.MultiWriter(append(outs, &stdout)...)
	cmd.Stderr = io.MultiWriter(append(errs, &stderr)...)
	ownGroup(cmd)
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = patience
	err := c.run(cmd)
	code := 0
	if err != nil {
		code = -1
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		}
	}
	return stdout.String(), stderr.String(), code, err
}

func (c *CLI) run(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	c.lock.Lock()
	c.running, c.killed = cmd.Process, false
	c.lock.Unlock()
	err := cmd.Wait()
	c.lock.Lock()
	c.running = nil
	c.lock.Unlock()
	return err
}

// Kill ends the running command at once, as a crash of its machine would.
func (c *CLI) Kill() {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.running != nil {
		c.killed = true
		kill(c.running)
	}
}

func (c *CLI) wasKilled() bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.killed
}

// cleanEnv leaves out what would lead the CLI to the user's own account,
// backend or cluster.
func cleanEnv(env []string) []string {
	clean := make([]string, 0, len(env))
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "PULUMI_") || strings.HasPrefix(name, "AWS_") || name == "KUBECONFIG" {
			continue
		}
		clean = append(clean, e)
	}
	return clean
}
