//go:build ignore

// Parameters that nobody reads, and a receiver without a name.
package main

import (
	"fmt"
)

type pair struct{ a, b int }

type counter struct{ n int }

func (counter) next(_ string, step int) (pair, error) {
	p, q := 1, 2.5
	fmt.Println(p, q)
	return pair{p, step}, nil
}

func nothing(_ pair, _ ...string) {}

func main() {
	twice := func(_ pair, _ string, n int) int {
		m := 2
		text := fmt.Sprint(m)
		return len(text) * m * n
	}
	fmt.Println(twice(pair{3, 4}, "x", 5))
	nothing(pair{}, "a", "b")
	fmt.Println(counter{}.next("x", 7))
}

// Output:
// 10
// 1 2.5
// {1 7} <nil>
