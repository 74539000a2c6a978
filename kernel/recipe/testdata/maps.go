//go:build ignore

// Maps with structs, slices and maps inside.
package main

import (
	"fmt"
)

func main() {
	groups := map[bool][]int{}
	for i := 0; i < 6; i++ {
		groups[i%2 == 0] = append(groups[i%2 == 0], i)
	}
	fmt.Println(groups[true], groups[false], len(groups))
	type key struct {
		a string
		b int
	}
	m := map[key]float64{{"x", 1}: 1.5}
	m[key{"y", 2}] += 2
	fmt.Println(m[key{"x", 1}], m[key{"y", 2}], m[key{"z", 0}])
	if _, ok := m[key{"x", 1}]; ok {
		delete(m, key{"x", 1})
	}
	fmt.Println(len(m))
	var nested = map[string]map[string][]string{"a": {"b": {"c"}}}
	nested["a"]["b"] = append(nested["a"]["b"], "d")
	fmt.Println(nested)
}

// Output:
// [0 2 4] [1 3 5] 2
// 1.5 2 0
// 1
// map[a:map[b:[c d]]]
