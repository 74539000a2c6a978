//go:build ignore

// Refused: the interpreter does not see which interfaces a value satisfies.
package main

import (
	"fmt"
)

type I interface{ M() int }

type T struct{ n int }

func (t T) M() int {
	return t.n
}

func main() {
	var x any = T{4}
	i, ok := x.(I) // refused
	fmt.Println(ok)
	if ok {
		fmt.Println(i.M())
	}
	t, ok := x.(T) // refused
	fmt.Println(t.n, ok)
}

// Output:
// true
// 4
// 4 true
