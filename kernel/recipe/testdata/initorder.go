//go:build ignore

// Refused: the interpreter initialises a before what it needs.
package main

import (
	"fmt"
)

var a = f() // refused
var b = 5

func f() int {
	return b
}

func main() {
	fmt.Println(a, b)
}

// Output:
// 5 5
