//go:build ignore

// Refused: the interpreter cannot range over a number.
package main

import (
	"fmt"
)

func main() {
	for i := range 3 { // refused
		fmt.Print(i, " ")
	}
	fmt.Println()
}

// Output:
// 0 1 2
