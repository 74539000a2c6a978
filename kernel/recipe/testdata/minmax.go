//go:build ignore

// Refused: the interpreter has no min.
package main

import (
	"fmt"
)

func main() {
	fmt.Println(min(1, 2), max(1.5, 2), min("a", "b")) // refused
}

// Output:
// 1 2 a
