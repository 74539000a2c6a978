package jupyter

import "golang.org/x/sys/unix"

// limitMemory makes allocations beyond so many bytes fail, which ends the
// process; 0 is no limit.
func limitMemory(bytes int64) error {
	if bytes <= 0 {
		return nil
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Max, uint64(bytes))
	return unix.Setrlimit(unix.RLIMIT_DATA, &limit)
}
