// Package plugins fetches XLA's PJRT plugins into a folder where dreamlib and
// go-xla find them.
//
//	path, err := plugins.Install(ctx, "cpu", plugins.InstallOptions{Report: func(line string) { log.Print(line) }})
//	if err != nil {
//		return err // why each source failed
//	}
//
// Package pjrt of dreamlib does the finding.
package plugins

import "github.com/gomlx/go-xla/installer"

// Kinds returns the kinds of plugin that this machine can use, best first:
// "cuda" where there is an NVIDIA GPU, and always "cpu".
func Kinds() []string {
	if installer.HasNvidiaGPU() {
		return []string{"cuda", "cpu"}
	}
	return []string{"cpu"}
}
