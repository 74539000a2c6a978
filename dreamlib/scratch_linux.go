package dreamlib

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a new file in folder, of zeros, whose blocks are the file's from
// the beginning: a full disk shows here and not when pages are written.
func mapFile(folder string, size int64) ([]byte, error) {
	f, err := tempFile(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping keeps it
	if err := os.Remove(f.Name()); err != nil {
		return nil, withoutPath(err, f.Name())
	}
	if err := allocate(f, size); err != nil {
		return nil, withoutPath(err, f.Name())
	}
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// allocate gives a file its size and blocks; where the file system cannot
// reserve any, zeros are written.
func allocate(f *os.File, size int64) error {
	err := unix.EINTR
	for err == unix.EINTR {
		err, _ = unix.Fallocate(int(f.Fd()), 0, 0, size).(unix.Errno)
	}
	if err == 0 {
		return nil
	}
	if !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at); err != nil {
			return err
		}
	}
	return nil
}

func unmapFile(data []byte) { _ = unix.Munmap(data) }

// dropPages takes pages out of the process; they stay in the system's cache until
// they are on the disk, and as long as there is memory for them.
func dropPages(data []byte) { _ = unix.Madvise(data, unix.MADV_DONTNEED) }

// freeSpace is how many bytes files in folder can still take.
func freeSpace(folder string) (int64, error) {
	var info unix.Statfs_t
	if err := unix.Statfs(folder, &info); err != nil {
		return 0, fmt.Errorf("dreamlib: scratch folder %s: %w", folder, err)
	}
	return int64(min(info.Bavail*uint64(info.Bsize), 1<<62)), nil
}
