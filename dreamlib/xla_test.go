//go:build cgo

package dreamlib

import _ "github.com/gomlx/go-xla/compute/xla"
