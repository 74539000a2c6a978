//go:build unix && !linux

package recipe

import (
	"os/exec"
	"syscall"
)

// ownGroup lets cmd run in a process group of its own. It ends itself when its
// parent is gone.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
