//go:build ignore

// Closures keep variables of functions that have returned.
package main

import (
	"fmt"
)

func counter() (func() int, func()) {
	n := 0
	return func() int {
			n++
			return n
		}, func() {
			n = 100
		}
}

func main() {
	next, reset := counter()
	next()
	next()
	reset()
	fmt.Println(next())
	a, _ := counter()
	fmt.Println(a(), a())
}

// Output:
// 101
// 1 2
