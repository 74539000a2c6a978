//go:build cgo

package plugins

import (
	"testing"

	goxla "github.com/gomlx/go-xla/pjrt"
)

// What this package says of go-xla, go-xla must say too.
func TestAgreesWithGoXLA(t *testing.T) {
	if goxla.DefaultCPUVersion != releaseVersion {
		t.Errorf("releaseVersion is %s, go-xla's is %s", releaseVersion, goxla.DefaultCPUVersion)
	}
}
