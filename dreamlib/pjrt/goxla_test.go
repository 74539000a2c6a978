//go:build cgo

package pjrt

import (
	"fmt"
	"strings"
	"testing"

	goxla "github.com/gomlx/go-xla/pjrt"
)

// What this package says of go-xla, go-xla must say too.
func TestAgreesWithGoXLA(t *testing.T) {
	if goxla.PJRTPluginPathsEnv != PathEnv || goxla.GetPJRTApiFunctionName != entryPoint {
		t.Errorf("go-xla has %s and %s", goxla.PJRTPluginPathsEnv, goxla.GetPJRTApiFunctionName)
	}
	_, err := goxla.GetPlugin("no-such-plugin") // its error lists its folders
	if want := fmt.Sprint(Folders()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("go-xla: %v\nwant the folders %s", err, want)
	}
}
