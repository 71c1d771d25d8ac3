package langhost

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// StartNode serves a Node.js program with the SDK that is installed in its
// node_modules. It starts the SDK's own runner with the arguments and the
// environment that pulumi-language-nodejs gives it. Source: pulumi/pulumi,
// sdk/nodejs/cmd/pulumi-language-nodejs/main.go, constructArguments and
// constructEnv, and @pulumi/pulumi 3.220.0, cmd/run/index.js, read 2026-11. Left
// out is the file system pipe for synchronous invokes: a program that only reads
// other stacks makes none.
func StartNode(program, version string) (*Host, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("language host: %w; install Node.js 20 or newer", err)
	}
	runner := filepath.Join(program, "node_modules", "@pulumi", "pulumi", "cmd", "run")
	if _, err := os.Stat(runner); err != nil {
		return nil, fmt.Errorf("language host: @pulumi/pulumi is not installed in %s: %w", program, err)
	}
	h := &Host{language: "nodejs", binary: node, version: version}
	h.command = func(ctx context.Context, req *pulumirpc.RunRequest, engine string) (*exec.Cmd, error) {
		config, secret, err := settings(req)
		if err != nil {
			return nil, err
		}
		args := []string{runner, "--monitor", req.GetMonitorAddress(), "--engine", engine,
			"--organization", req.GetOrganization(), "--project", req.GetProject(), "--stack", req.GetStack(),
			"--pwd", req.GetPwd(), "--root-directory", req.GetInfo().GetRootDirectory()}
		if req.GetDryRun() {
			args = append(args, "--dry-run")
		}
		if n := req.GetParallel(); n > 0 {
			args = append(args, "--parallel", strconv.Itoa(int(n)))
		}
		cmd := exec.CommandContext(ctx, node, append(args, ".")...)
		cmd.Env = append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secret), "PULUMI_NODEJS_TYPESCRIPT=true")
		return cmd, nil
	}
	return h.serve()
}
