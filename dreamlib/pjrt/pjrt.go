// Package pjrt finds XLA's PJRT plugins, the shared libraries that GoMLX's XLA
// engine loads. It loads none itself and needs no cgo.
//
//	path, err := pjrt.Find("cpu")
//	if err != nil {
//		return err // says which folders were searched
//	}
//	backend, err := xla.New(path) // of github.com/gomlx/go-xla/compute/xla
//
// Folders lists the places where go-xla looks, so a plugin that either finds the
// other finds too. Nothing here is fetched.
package pjrt

import (
	"fmt"
	"slices"
	"strings"
)

var kinds = []string{"cpu", "cuda"}

// known refuses kinds of plugin that nobody has heard of.
func known(kind string) error {
	if slices.Contains(kinds, kind) {
		return nil
	}
	return fmt.Errorf("pjrt: unknown plugin %q: expected one of %s", kind, strings.Join(kinds, ", "))
}
