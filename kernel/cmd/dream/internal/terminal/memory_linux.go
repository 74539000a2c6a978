package terminal

import (
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machineMemory is how many bytes of memory there are for this process: the
// machine's, or what its control groups leave of them (Linux, cgroups(7)).
func machineMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	least := int64(info.Totalram) * int64(info.Unit)
	limits := []string{"/sys/fs/cgroup/memory/memory.limit_in_bytes"} // version 1
	group, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(group)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok { // version 2
			for ; ; name = path.Dir(name) {
				limits = append(limits, path.Join("/sys/fs/cgroup", name, "memory.max"))
				if name == "/" || name == "." {
					break
				}
			}
		}
	}
	for _, file := range limits {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // there is no such group here
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil { // or "max"
			least = min(least, limit)
		}
	}
	return least
}
