//go:build ignore

// Refused: the interpreter keeps no place for a parameter without a name, and puts
// its value where the first variable is.
package main

import (
	"fmt"
)

type pair struct{ a, b int }

func count(string) int { // refused
	n := 2
	return n
}

func main() {
	fmt.Println(count("x"))
	print := func(pair) error { // refused
		n := 3
		fmt.Println(n)
		return nil
	}
	fmt.Println(print(pair{4, 5}))
}

// Output:
// 2
// 3
// <nil>
