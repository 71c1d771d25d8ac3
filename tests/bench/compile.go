package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Compile is what a cold build took.
type Compile struct {
	Program  string  `json:"program"`
	CPU      float64 `json:"cpuSeconds"`
	Wall     float64 `json:"wallSeconds"`
	Packages int     `json:"packages"`
	// Largest is the resident set of the largest single process, in MiB.
	Largest int `json:"largestProcessMiB"`
	// Together is the highest sum over all processes of the build, in MiB, seen
	// every 100 ms; 0 where there is no /proc.
	Together int `json:"allProcessesMiB"`
	// Binary is the size of the result in MiB.
	Binary int `json:"binaryMiB"`
}

type compileTarget struct {
	name, dir, pkg string
}

// compileTargets are built from the root of the repository.
var compileTargets = []compileTarget{
	{name: "infra", dir: ".", pkg: "./infra"},
	{name: "floor", dir: ".", pkg: "./tests/bench/floor"},
	{name: "naive", dir: "tests/bench/naive", pkg: "."},
}

func compile(ctx context.Context, target compileTarget) (Compile, error) {
	fail := func(err error) (Compile, error) { return Compile{}, fmt.Errorf("compile %s: %w", target.name, err) }
	// Listing downloads what is missing, so that no download is measured.
	list := exec.CommandContext(ctx, "go", "list", "-deps", target.pkg)
	list.Dir, list.Stderr = target.dir, os.Stderr
	packages, err := list.Output()
	if err != nil {
		return fail(err)
	}
	work, err := os.MkdirTemp("", "ladder-bench-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, "program")
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-o", binary, target.pkg)
	cmd.Dir, cmd.Stderr = target.dir, os.Stderr
	cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(work, "cache"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its processes can be told from others
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return fail(err)
	}
	ended, sampled := make(chan struct{}), make(chan int, 1)
	go func() { sampled <- peakOfGroup(cmd.Process.Pid, ended) }()
	err = cmd.Wait()
	wall := time.Since(began)
	close(ended)
	together := <-sampled
	if err != nil {
		return fail(err)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return fail(err)
	}
	state := cmd.ProcessState
	return Compile{
		Program: target.name, Packages: bytes.Count(packages, []byte("\n")),
		CPU: (state.UserTime() + state.SystemTime()).Seconds(), Wall: wall.Seconds(),
		Largest: largestMiB(state.SysUsage()), Together: together, Binary: int(info.Size() >> 20),
	}, nil
}
