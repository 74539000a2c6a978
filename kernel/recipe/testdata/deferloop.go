//go:build ignore

// Refused: the interpreter looks at this receiver when the deferred call runs, not here.
package main

import (
	"fmt"
)

type T struct{ n int }

func (t *T) Close() {
	fmt.Println("close", t.n)
}

func main() {
	for i := 0; i < 3; i++ {
		a := &T{i}
		defer a.Close() // refused
	}
}

// Output:
// close 2
// close 1
// close 0
