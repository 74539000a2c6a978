//go:build ignore

// Constants counted by iota.
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

func main() {
	fmt.Println(A, B, C, KB, MB)
	var k Kind = B
	switch k {
	case A:
		fmt.Println("A")
	case B:
		fmt.Println("B")
	}
}

// Output:
// 1 2 3 1024 1048576
// B
