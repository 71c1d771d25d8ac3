package apiserver

import "syscall"

// endWithParent has the kernel kill a server when the process that started it is
// gone, however it went: a test that panics must not leave an API server behind.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
