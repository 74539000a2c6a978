//go:build ignore

// Sorting by an interface and by a function.
package main

import (
	"fmt"
	"sort"
)

type H []int

func (h H) Len() int {
	return len(h)
}

func (h H) Less(i, j int) bool {
	return h[i] < h[j]
}

func (h H) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
}

func main() {
	h := H{3, 1, 2}
	sort.Sort(h)
	fmt.Println(h)
	sort.Sort(sort.Reverse(h))
	fmt.Println(h)
	sort.Stable(h)
	fmt.Println(h, sort.IsSorted(h))
	ws := []struct {
		n string
		v float64
	}{{"a", 2}, {"b", 1}}
	sort.Slice(ws, func(i, j int) bool {
		return ws[i].v < ws[j].v
	})
	fmt.Println(ws[0].n)
}

// Output:
// [1 2 3]
// [3 2 1]
// [1 2 3] true
// b
