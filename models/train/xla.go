//go:build cgo

package main

import _ "github.com/gomlx/go-xla/compute/xla"
