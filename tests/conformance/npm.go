//go:build judges

package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// eksVersion is the release of @pulumi/eks that sandbox/eks reproduces.
const eksVersion = "2.8.1"

// npmPackage is pinned; what it depends on is resolved when the cache is filled,
// and the versions that this brings in are left out of the comparison.
const npmPackage = "@pulumi/eks@" + eksVersion

// cacheDir is where the package is installed: LADDER_CACHE, else the user's cache directory.
func cacheDir() (string, error) {
	if d := os.Getenv("LADDER_CACHE"); d != "" {
		return filepath.Join(d, "npm-eks-"+eksVersion), nil
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory; set LADDER_CACHE: %w", err)
	}
	return filepath.Join(d, "ladder", "npm-eks-"+eksVersion), nil
}

// install puts the package into the cache once and returns its directory. No
// script of any package is run.
func install(ctx context.Context) (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	pkg := filepath.Join(dir, "node_modules", "@pulumi", "eks")
	if installed(pkg) {
		return pkg, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private":true}`+"\n"), 0o644); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", npmPackage)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install %s in %s: %w\n%s", npmPackage, dir, err, out)
	}
	if !installed(pkg) {
		return "", fmt.Errorf("npm install %s in %s left another version there: remove the directory and run again", npmPackage, dir)
	}
	return pkg, nil
}

func installed(pkg string) bool {
	raw, err := os.ReadFile(filepath.Join(pkg, "package.json"))
	if err != nil {
		return false
	}
	var p struct{ Version string }
	return json.Unmarshal(raw, &p) == nil && strings.TrimPrefix(p.Version, "v") == eksVersion
}

// stubs writes the two commands that the component asks for their version, and nothing else.
func stubs(dir string) error {
	for name, answer := range map[string]string{
		"aws":     `aws-cli/2.31.0 Python/3.13.0 Linux/6.8 exe/x86_64`,
		"kubectl": `{"clientVersion":{"major":"1","minor":"36","gitVersion":"v1.36.0"}}`,
	} {
		script := "#!/bin/sh\ncat <<'END'\n" + answer + "\nEND\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// component is the running npm package.
type component struct {
	cmd  *exec.Cmd
	port string
	log  *bytes.Buffer
}

// startTimeout bounds the wait for the port; 0.6 s was measured (facts/engine.md).
const startTimeout = time.Minute

// start runs the package as a provider: it prints its port on the first line.
// The engine tells it its own address when it attaches.
func start(ctx context.Context, pkg, stubDir string) (*component, error) {
	c := &component{log: &bytes.Buffer{}}
	c.cmd = exec.CommandContext(ctx, "node", filepath.Join(pkg, "cmd", "provider", "index.js"), "127.0.0.1:1")
	c.cmd.Env = append(os.Environ(), "PATH="+stubDir+string(os.PathListSeparator)+os.Getenv("PATH"), "AWS_PROFILE=")
	c.cmd.Stderr = c.log
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	line := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(out)
		if s.Scan() {
			line <- strings.TrimSpace(s.Text())
		}
		close(line)
		for s.Scan() { // keep the pipe empty
		}
	}()
	select {
	case c.port = <-line:
	case <-time.After(startTimeout):
	}
	if c.port == "" {
		return nil, errors.Join(fmt.Errorf("%s printed no port:\n%s", npmPackage, c.log), c.stop())
	}
	return c, nil
}

func (c *component) stop() error {
	if err := c.cmd.Process.Kill(); err != nil {
		return err
	}
	err := c.cmd.Wait()
	var killed *exec.ExitError
	if errors.As(err, &killed) {
		return nil
	}
	return err
}
