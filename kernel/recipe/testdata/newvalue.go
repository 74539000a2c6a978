//go:build ignore

// Refused: the interpreter's new knows types alone, and points to zero.
package main

import (
	"fmt"
)

func main() {
	p := new(42) // refused
	fmt.Println(*p)
}

// Output:
// 42
