//go:build ignore

// Closures share the variables around them.
package main

import (
	"fmt"
)

func two() (int, int) {
	return 5, 6
}

func main() {
	x := 1
	get := func() int {
		return x
	}
	set := func(n int) {
		x = n
	}
	x = 2
	fmt.Print(get(), " ")
	x++
	fmt.Print(get(), " ")
	set(9)
	fmt.Print(x, " ")
	x, y := two()
	fmt.Print(get(), y, " ")
	x += 10
	fmt.Println(get(), x)
	var z = 3
	h := func() {
		z *= 2
	}
	h()
	h()
	fmt.Println(z)
}

// Output:
// 2 3 9 5 6 15 15
// 12
