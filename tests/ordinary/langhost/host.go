package langhost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// maxMessage is the largest message that engine and plugins exchange, in bytes.
// Source: pulumi/sdk, rpcutil.GrpcChannelOptions, 400 MB, read 2026-11.
const maxMessage = 400 << 20

// Host runs one built program for any number of engines, one after the other.
type Host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	language string
	command  func(ctx context.Context, req *pulumirpc.RunRequest, engine string) (*exec.Cmd, error)
	binary   string
	version  string
	listener net.Listener
	server   *grpc.Server
	stopped  chan error

	mu     sync.Mutex
	engine string
	runs   []Run
}

// Run is one execution of the program.
type Run struct {
	Project, Stack string
	Dir            string
	DryRun         bool
	ExitCode       int
	// Output is what the program wrote to stdout and stderr, in order.
	Output string
}

// Start serves the program on a free loopback port. Version is what the host
// says its version is: that of the SDK which the program is built with.
func Start(binary, version string) (*Host, error) {
	if info, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("language host: program: %w", err)
	} else if info.IsDir() || info.Mode()&0o111 == 0 {
		return nil, fmt.Errorf("language host: program %q is not an executable file; build it with go build", binary)
	}
	h := &Host{language: "go", binary: binary, version: version}
	h.command = h.goProgram
	return h.serve()
}

// serve listens and answers.
func (h *Host) serve() (*Host, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("language host: listen: %w", err)
	}
	h.listener, h.stopped = listener, make(chan error, 1)
	h.server = grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	pulumirpc.RegisterLanguageRuntimeServer(h.server, h)
	go func() { h.stopped <- h.server.Serve(listener) }()
	return h, nil
}

// DebugLanguages is the value of PULUMI_DEBUG_LANGUAGES that attaches the engine.
func (h *Host) DebugLanguages() string {
	return h.language + ":" + strconv.Itoa(h.listener.Addr().(*net.TCPAddr).Port)
}

// Runs are the executions so far, in the order in which they ended.
func (h *Host) Runs() []Run {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Run(nil), h.runs...)
}

// Close ends the server. A program that still runs is killed with its call.
func (h *Host) Close() error {
	h.server.Stop()
	if err := <-h.stopped; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("language host: serve: %w", err)
	}
	return nil
}

// Handshake tells the host where the engine is; an attached host learns it in no other way.
func (h *Host) Handshake(_ context.Context, req *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.engine = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetRequiredPackages names none: see the package comment.
func (h *Host) GetRequiredPackages(context.Context, *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// GetPluginInfo answers with the version that Start was given.
func (h *Host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: h.version}, nil
}

// InstallDependencies has nothing to install: the program is built.
func (h *Host) InstallDependencies(_ *pulumirpc.InstallDependenciesRequest, _ grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse]) error {
	return nil
}

// RuntimeOptionsPrompts asks nothing.
func (h *Host) RuntimeOptionsPrompts(context.Context, *pulumirpc.RuntimeOptionsRequest) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// About names the program and the Go that built this test.
func (h *Host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	return &pulumirpc.AboutResponse{Executable: h.binary, Version: runtime.Version()}, nil
}

// GetProgramDependencies names none; only `pulumi about` asks.
func (h *Host) GetProgramDependencies(context.Context, *pulumirpc.GetProgramDependenciesRequest) (*pulumirpc.GetProgramDependenciesResponse, error) {
	return &pulumirpc.GetProgramDependenciesResponse{}, nil
}

// Cancel has nothing to end but the running call, and the engine ends that itself.
func (h *Host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Run executes the program once and reads its exit code.
func (h *Host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	h.mu.Lock()
	engine := h.engine
	h.mu.Unlock()
	if engine == "" {
		return nil, errors.New("language host: run before handshake: the address of the engine is not known")
	}
	cmd, err := h.command(ctx, req, engine)
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	cmd.Dir = req.GetPwd()
	cmd.Stdout = io.Writer(&output)
	cmd.Stderr = cmd.Stdout // the same writer: os/exec then copies both in one goroutine
	err = cmd.Run()

	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program %s did not run: %v", h.binary, err)}, nil
	}
	code := cmd.ProcessState.ExitCode()
	h.record(Run{
		Project: req.GetProject(), Stack: req.GetStack(), Dir: req.GetPwd(), DryRun: req.GetDryRun(),
		ExitCode: code, Output: output.String(),
	})
	switch code {
	case 0:
		return &pulumirpc.RunResponse{}, nil
	case constant.ExitStatusLoggedError:
		return &pulumirpc.RunResponse{Bail: true}, nil // the program has told the engine already
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program exited with non-zero exit code: %d\n%s", code, output.String())}, nil
	}
}

func (h *Host) record(r Run) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = append(h.runs, r)
}

// goProgram is the built program with what the Go SDK reads about the run.
func (h *Host) goProgram(ctx context.Context, req *pulumirpc.RunRequest, engine string) (*exec.Cmd, error) {
	env, err := environment(req, engine)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, h.binary, req.GetArgs()...)
	cmd.Env = env
	return cmd, nil
}

// settings are the run's configuration and the names of its secret keys, as JSON.
func settings(req *pulumirpc.RunRequest) (config, secret []byte, err error) {
	secretKeys := req.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	if secret, err = json.Marshal(secretKeys); err != nil {
		return nil, nil, fmt.Errorf("language host: secret keys of the config: %w", err)
	}
	if req.GetConfig() != nil {
		if config, err = json.Marshal(req.GetConfig()); err != nil {
			return nil, nil, fmt.Errorf("language host: config: %w", err)
		}
	}
	return config, secret, nil
}

// environment is this process's own plus what the Go SDK reads about the run.
func environment(req *pulumirpc.RunRequest, engine string) ([]string, error) {
	config, keys, err := settings(req)
	if err != nil {
		return nil, err
	}
	env := os.Environ()
	for _, v := range [][2]string{
		{pulumi.EnvOrganization, req.GetOrganization()},
		{pulumi.EnvProject, req.GetProject()},
		{pulumi.EnvPulumiRootDirectory, req.GetInfo().GetRootDirectory()},
		{pulumi.EnvStack, req.GetStack()},
		{pulumi.EnvConfig, string(config)},
		{pulumi.EnvConfigSecretKeys, string(keys)},
		{pulumi.EnvDryRun, strconv.FormatBool(req.GetDryRun())},
		{pulumi.EnvParallel, strconv.Itoa(int(req.GetParallel()))},
		{pulumi.EnvMonitor, req.GetMonitorAddress()},
		{pulumi.EnvEngine, engine},
	} {
		if v[1] != "" {
			env = append(env, v[0]+"="+v[1])
		}
	}
	return env, nil
}
