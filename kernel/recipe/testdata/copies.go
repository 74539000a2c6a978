//go:build ignore

// Structs and arrays are copied, slices and maps are not.
package main

import (
	"fmt"
)

type P struct{ X int }

func main() {
	ps := []P{{1}}
	p := ps[0]
	p.X = 5
	fmt.Println(ps)
	m := map[string]P{"a": {1}}
	q := m["a"]
	q.X = 5
	fmt.Println(m)
	c := make(chan P, 1)
	c <- p
	p.X = 9
	fmt.Println((<-c).X)
	arr := [2]P{}
	b := arr
	b[0].X = 4
	fmt.Println(arr[0].X, b[0].X)
	f := func(x [2]P) {
		x[0].X = 77
	}
	f(arr)
	fmt.Println(arr[0].X)
	s := []int{1, 2}
	t := s
	t[0] = 9
	fmt.Println(s)
}

// Output:
// [{1}]
// map[a:{1}]
// 5
// 0 4
// 0
// [9 2]
