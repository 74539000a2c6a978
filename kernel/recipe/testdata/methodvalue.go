//go:build ignore

// Refused: the interpreter looks at the receiver when this method is called, not here.
package main

import (
	"fmt"
)

type T struct{ n int }

func (t T) Get() int {
	return t.n
}

func (t *T) PGet() int {
	return t.n
}

func main() {
	t := T{1}
	f := t.Get  // refused
	g := t.PGet // refused
	t.n = 5
	fmt.Println(f(), g())
	h := (&t).PGet // refused
	fmt.Println(h())
	fs := []func() int{t.Get, t.PGet} // refused
	t.n = 6
	fmt.Println(fs[0](), fs[1]())
}

// Output:
// 1 5
// 5
// 5 6
