//go:build !unix

package engine

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

// interrupt kills where there is no signal to ask with.
func interrupt(p *os.Process) error { return p.Kill() }

func kill(p *os.Process) { _ = p.Kill() }
