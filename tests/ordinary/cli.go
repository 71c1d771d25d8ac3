package ordinary

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// FindPulumi is the CLI that `make test` hands over in LADDER_PULUMI, else the
// one on PATH.
func FindPulumi() (string, error) {
	if path := os.Getenv("LADDER_PULUMI"); path != "" {
		return path, nil
	}
	path, err := exec.LookPath("pulumi")
	if err != nil {
		return "", fmt.Errorf("no Pulumi CLI: run the tests by `make test`, or set LADDER_PULUMI to the path that `make pulumi` prints: %w", err)
	}
	return path, nil
}

// Build compiles a main package of this module into dir.
func Build(pkg, dir string) (string, error) {
	binary := filepath.Join(dir, filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", binary, pkg)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return binary, nil
}

// CLI runs Pulumi on one project, away from the user's own settings.
type CLI struct {
	// Pulumi is the path of the command.
	Pulumi string
	// Project is the folder with Pulumi.yaml.
	Project string
	// Home takes the place of ~/.pulumi and holds the state.
	Home string
	// Debug attaches the language host and the providers.
	DebugLanguages, DebugProviders string
	// Backend is the environment of another backend than Home, such as a sandbox's.
	Backend map[string]string
}

// Result is one run of the CLI.
type Result struct {
	Stdout, Stderr string
	ExitCode       int
}

// Run runs `pulumi args...` to its end. An exit code is no error.
func (c CLI) Run(args ...string) (Result, error) {
	cmd := exec.Command(c.Pulumi, args...)
	cmd.Dir = c.Project
	cmd.Env = append(os.Environ(),
		"PULUMI_HOME="+filepath.Join(c.Home, "home"),
		"PULUMI_BACKEND_URL=file://"+filepath.ToSlash(c.Home),
		"PULUMI_CONFIG_PASSPHRASE=ordinary",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true", // nothing is downloaded in a test
		"PULUMI_DEBUG_LANGUAGES="+c.DebugLanguages,
		"PULUMI_DEBUG_PROVIDERS="+c.DebugProviders,
		"NO_COLOR=1",
	)
	for name, value := range c.Backend {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, fmt.Errorf("%s: %w", c.Pulumi, err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), ExitCode: cmd.ProcessState.ExitCode()}, nil
}
