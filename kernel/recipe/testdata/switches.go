//go:build ignore

// Switches with and without a value.
package main

import (
	"fmt"
	"io"
)

func grade(n int) string {
	switch {
	case n >= 90:
		return "A"
	case n >= 80:
		return "B"
	}
	return "C"
}

func main() {
	fmt.Println(grade(95), grade(85), grade(1))
	switch n := 5; n {
	case 1, 2, 3:
		fmt.Println("low")
	case 4, 5:
		fmt.Println("mid")
	default:
		fmt.Println("hi")
	}
	switch f := 2.5; {
	case f > 2:
		fmt.Println("f")
	}
	var e error
	switch e {
	case nil:
		fmt.Println("nil")
	case io.EOF:
		fmt.Println("eof")
	}
	switch "b" {
	default:
		fmt.Println("def")
	case "a":
	}
}

// Output:
// A B C
// mid
// f
// nil
// def
