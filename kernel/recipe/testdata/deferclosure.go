//go:build ignore

// Refused: the interpreter hangs when a deferred call calls the function variable f.
package main

import (
	"fmt"
)

func main() {
	f := func() {
		fmt.Println("f1")
	}
	defer func() {
		f() // refused
	}()
	f = func() {
		fmt.Println("f2")
	}
}

// Output:
// f2
