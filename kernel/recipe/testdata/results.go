//go:build ignore

// Refused: the interpreter has set x to another result by then.
package main

import (
	"fmt"
)

func swapped(a, b int) (x, y int) {
	x = a
	y = b
	return y, x // refused
}

func main() {
	fmt.Println(swapped(1, 2))
}

// Output:
// 2 1
