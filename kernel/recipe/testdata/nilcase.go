//go:build ignore

// Refused: the interpreter misses nil in this switch.
package main

import (
	"fmt"
)

type I interface{ M() }

func main() {
	var i I
	switch i.(type) {
	case nil: // refused
		fmt.Println("nil")
	default:
		fmt.Println("?")
	}
	fmt.Println(i == nil)
	var a any
	switch a.(type) {
	case nil:
		fmt.Println("nil")
	default:
		fmt.Println("?")
	}
	var e error
	switch e.(type) {
	case nil:
		fmt.Println("nil")
	default:
		fmt.Println("?")
	}
}

// Output:
// nil
// true
// nil
// nil
