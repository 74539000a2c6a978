// Package faulttest is for tests of what goes wrong: calls that must be refused, and
// folders in which writing fails. The latter holds for the calling test's own thread and
// ends with the test; a test that it cannot serve is skipped.
package faulttest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Refused wants an error that holds a text, or where a function returns none a panic
// with it in the goroutine that called.
func Refused(t *testing.T, what, want string, call func() error) {
	t.Helper()
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				if _, ok := v.(runtime.Error); ok {
					t.Errorf("%s: %v", what, v)
				}
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		return call()
	}()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %q", what, err, want)
	}
}
