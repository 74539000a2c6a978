//go:build ignore

// Refused: the interpreter prints something else here, because of the String method.
package main

import (
	"fmt"
)

type T struct{ n int }

func (t T) String() string {
	return fmt.Sprint("T", t.n)
}

func main() {
	fmt.Println(T{1}, &T{2})
	fmt.Printf("%v %s %d\n", T{1}, T{2}, T{3}) // refused
	fmt.Println([]T{{1}})                      // refused
}

// Output:
// T1 T2
// T1 T2 {3}
// [T1]
