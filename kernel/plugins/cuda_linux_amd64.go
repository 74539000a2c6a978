package plugins

import "github.com/gomlx/go-xla/installer"

// installCUDA runs go-xla's installer for the CUDA 13 plugin and its libraries.
// It keeps the wheels in its cache, so that a second run after a failure only
// fetches what is missing.
func installCUDA(folder string) error {
	return installer.CudaInstall("cuda13", "latest", folder, true, installer.Quiet)
}
