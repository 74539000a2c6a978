//go:build !(linux && amd64)

package plugins

import (
	"fmt"
	"runtime"
)

// installCUDA explains that go-xla has CUDA for one platform only.
func installCUDA(string) error {
	return fmt.Errorf("CUDA plugins are for linux/amd64 only, this is %s/%s", runtime.GOOS, runtime.GOARCH)
}
