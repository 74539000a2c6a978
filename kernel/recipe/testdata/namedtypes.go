//go:build ignore

// Refused: the interpreter takes a Named for int here.
package main

import (
	"fmt"
)

type Named int

func main() {
	for _, x := range []any{Named(1), 2} {
		switch x.(type) {
		case int: // refused
			fmt.Print("int ")
		default:
			fmt.Print("? ")
		}
	}
	fmt.Println()
}

// Output:
// ? int
