//go:build ignore

// Methods of values and of pointers.
package main

import (
	"fmt"
)

type V struct{ x, y float64 }

func (v V) Add(w V) V {
	v.x += w.x
	v.y += w.y
	return v
}

func (v *V) Scale(f float64) {
	v.x *= f
	v.y *= f
}

func main() {
	a := V{1, 2}
	b := a.Add(V{1, 1})
	a.Scale(3)
	fmt.Println(a, b)
	vs := []V{a, b}
	for i := range vs {
		vs[i].Scale(2)
	}
	fmt.Println(vs, a)
	w := vs[0]
	w.Scale(10)
	fmt.Println(vs[0], w)
}

// Output:
// {3 6} {2 3}
// [{6 12} {4 6}] {3 6}
// {6 12} {60 120}
