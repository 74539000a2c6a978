//go:build ignore

// Refused: the interpreter cannot repeat a row of several constants.
package main

import (
	"fmt"
)

type Kind int

const (
	A Kind = iota + 1
	B
	C
)
const (
	_  = iota
	KB = 1 << (10 * iota)
	MB
)
const (
	X, Y = iota, iota * 10
	Z, W // refused
)

func main() {
	fmt.Println(A, B, C, KB, MB, X, Y, Z, W)
	var k Kind = B
	switch k {
	case A:
		fmt.Println("A")
	case B:
		fmt.Println("B")
	}
}

// Output:
// 1 2 3 1024 1048576 0 0 1 10
// B
