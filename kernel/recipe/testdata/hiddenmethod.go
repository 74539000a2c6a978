//go:build ignore

// Refused: nothing will see the String method of this once it is kept as any.
package main

import (
	"fmt"
)

type T struct{ n int }

func (t T) String() string {
	return fmt.Sprint("T", t.n)
}

func main() {
	var x any = T{1} // refused
	fmt.Println(x)
	var s fmt.Stringer = T{3}
	fmt.Println(s)
	m := map[string]T{"a": {1}}
	fmt.Println(m) // refused
}

// Output:
// T1
// T3
// map[a:T1]
