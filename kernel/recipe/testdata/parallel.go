//go:build ignore

// Refused: the interpreter mixes up assignments of several values at once.
package main

import (
	"errors"
	"fmt"
)

func f() (n int, err error) {
	n = 5
	n, err = n+1, errors.New("q") // refused
	return n, err
}

func main() {
	fmt.Println(f())
	a, b := 1, 2
	a, b = -b, len("abc") // refused
	fmt.Println(a, b)
	a, b = int(2.0), a // refused
	fmt.Println(a, b)
}

// Output:
// 6 q
// -2 3
// 2 -2
