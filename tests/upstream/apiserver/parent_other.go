//go:build !linux

package apiserver

import "syscall"

// endWithParent asks for nothing: only Linux can end a server with its parent.
func endWithParent() *syscall.SysProcAttr { return nil }
