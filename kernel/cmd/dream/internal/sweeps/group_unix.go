//go:build unix

package sweeps

import (
	"os/exec"
	"syscall"
)

// apart keeps a terminal's Ctrl-C from cmd: this program passes it on, and two of them
// would end cmd at once.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
