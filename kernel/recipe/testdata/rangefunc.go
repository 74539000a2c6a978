//go:build ignore

// Refused: the interpreter cannot range over a function.
package main

import (
	"fmt"
)

func seq(yield func(int) bool) {
	for i := 0; i < 3; i++ {
		if !yield(i) {
			return
		}
	}
}

func main() {
	for i := range seq { // refused
		fmt.Print(i, " ")
	}
	fmt.Println()
}

// Output:
// 0 1 2
