//go:build ignore

// Refused: the interpreter looks at this argument when the deferred call runs, not here.
package main

import (
	"fmt"
)

func main() {
	x := 1
	defer fmt.Println("x", x) // refused
	x = 2
	fmt.Println("end", x)
}

// Output:
// end 2
// x 1
