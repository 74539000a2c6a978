//go:build ignore

// Refused: the rounds of the loop share i when interpreted.
package main

import (
	"fmt"
)

func main() {
	var fs []func()
	for i := 0; i < 3; i++ {
		fs = append(fs, func() {
			fmt.Print(i, " ") // refused
		})
	}
	for _, f := range fs {
		f()
	}
	fmt.Println()
}

// Output:
// 0 1 2
