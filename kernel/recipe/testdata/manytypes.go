//go:build ignore

// Refused: the interpreter misses map[string]any among several types of one case.
package main

import (
	"fmt"
)

func kind(x any) string {
	switch x.(type) {
	case string, []byte:
		return "text"
	case int, int64, float64:
		return "number"
	case map[string]any, []any: // refused
		return "tree"
	case bool:
		return "bool"
	case func():
		return "func"
	case *int:
		return "ptr"
	}
	return "?"
}

func main() {
	n := 3
	for _, x := range []any{"a", []byte("b"), 1, int64(2), 2.5, map[string]any{}, []any{1}, true, func() {
	}, &n, uint(3)} {
		fmt.Print(kind(x), " ")
	}
	fmt.Println()
}

// Output:
// text text number number number tree tree bool func ptr ?
