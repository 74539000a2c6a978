//go:build !linux

package dreamlib

import "errors"

// errNoScratch: what drops a file's pages differs between systems, and only
// Linux's way has been measured.
var errNoScratch = errors.New("dreamlib: pictures on disk: want Linux")

func mapFile(string, int64) ([]byte, error) { return nil, errNoScratch }
func unmapFile([]byte)                      {}
func dropPages([]byte)                      {}
func freeSpace(string) (int64, error)       { return 0, errNoScratch }
