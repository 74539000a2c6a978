//go:build ignore

// Refused: the interpreter cannot make a function of the method T.Add.
package main

import (
	"fmt"
	"strings"
)

type T struct{ n int }

func (t T) Add(m int) int {
	return t.n + m
}

func main() {
	f := T.Add // refused
	fmt.Println(f(T{1}, 2))
	g := strings.ToUpper
	fmt.Println(g("a"))
	var b strings.Builder
	w := b.WriteString
	w("x")
	w("y")
	fmt.Println(b.String())
	h := (*strings.Builder).Len
	fmt.Println(h(&b))
}

// Output:
// 3
// A
// xy
// 2
