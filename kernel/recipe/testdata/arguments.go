//go:build ignore

// Any number of arguments.
package main

import (
	"fmt"
)

func sum(base int, xs ...int) int {
	for _, x := range xs {
		base += x
	}
	return base
}

func main() {
	fmt.Println(sum(1), sum(1, 2, 3), sum(1, []int{4, 5}...))
	p := fmt.Sprint
	fmt.Println(p("a", 1, 2))
	args := []any{1, "b"}
	fmt.Println(args...)
}

// Output:
// 1 6 10
// a1 2
// 1 b
