//go:build ignore

// Refused: the interpreter cannot initialise several variables from one call here.
package main

import (
	"fmt"
)

var p, q = two() // refused

func two() (int, int) {
	return 1, 2
}

var (
	r = p + q
	s = "z"
)

func main() {
	fmt.Println(p, q, r, s)
}

// Output:
// 1 2 3 z
