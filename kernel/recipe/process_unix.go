//go:build unix

package recipe

import (
	"os/exec"
	"syscall"
)

// endGroup kills cmd and whatever it started.
func endGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
