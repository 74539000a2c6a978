//go:build ignore

// Refused: the rounds of the loop share i when interpreted.
package main

import (
	"fmt"
)

func main() {
	var ps []*int
	for i := 0; i < 3; i++ {
		ps = append(ps, &i) // refused
	}
	for _, p := range ps {
		fmt.Print(*p, " ")
	}
	for _, v := range []int{1, 2, 3} {
		ps = append(ps, &v) // refused
	}
	for _, p := range ps {
		fmt.Print(*p, " ")
	}
	fmt.Println()
}

// Output:
// 0 1 2 0 1 2 1 2 3
