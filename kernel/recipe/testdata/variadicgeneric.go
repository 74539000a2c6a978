//go:build ignore

// Refused: the interpreter is bad at inferring type arguments.
package main

import (
	"fmt"
)

type Number interface{ ~int | ~float64 }

func Total[T Number](s ...T) T {
	var t T
	for _, v := range s {
		t += v
	}
	return t
}

func main() {
	fmt.Println(Total(1, 2), Total(1.5, 2), Total[float64](1, 2)) // refused
}

// Output:
// 3 3.5 3
