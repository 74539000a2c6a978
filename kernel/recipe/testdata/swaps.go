//go:build ignore

// Swaps and sums in one assignment.
package main

import (
	"fmt"
)

func main() {
	a, b := 1, 2
	a, b = b, a+b
	fmt.Println(a, b)
	a, b = a+b, a
	fmt.Println(a, b)
	x, y := 1.5, "s"
	x, y = x*2, y+"t"
	fmt.Println(x, y)
	i, j, k := 1, 2, 3
	i, j, k = k, i, j
	fmt.Println(i, j, k)
}

// Output:
// 2 3
// 5 2
// 3 st
// 3 1 2
