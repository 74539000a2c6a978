//go:build ignore

// Refused: the interpreter is bad at inferring type arguments.
package main

import (
	"fmt"
)

func Map[T, U any](s []T, f func(T) U) []U {
	var o []U
	for _, v := range s {
		o = append(o, f(v))
	}
	return o
}

func main() {
	fmt.Println(Map([]int{1, 2}, func(i int) string { // refused
		return fmt.Sprint("n", i)
	}))
}

// Output:
// [n1 n2]
