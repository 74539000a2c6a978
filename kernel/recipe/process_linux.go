package recipe

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroup lets cmd run in a process group of its own that dies with us.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// LimitMemory makes a process's allocations beyond so many bytes fail, which ends it; 0
// is no limit. The process 0 is the one that calls.
func LimitMemory(pid int, bytes int64) error {
	if bytes <= 0 {
		return nil
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_DATA, nil, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Max, uint64(bytes))
	return unix.Prlimit(pid, unix.RLIMIT_DATA, &limit, nil)
}
