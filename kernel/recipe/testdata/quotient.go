//go:build ignore

// Refused: the interpreter does not cut off the fraction of 7 / 2, as Go does.
package main

import (
	"fmt"
)

func main() {
	fmt.Println(7/2, 3/4)
	x := 7 / 2
	fmt.Println(x)
	var f float64 = 7 / 2 // refused
	fmt.Println(f)
	var f32 float32 = 1 / 3 // refused
	fmt.Println(f32)
	y := 1 / 2 * 3.0 // refused
	fmt.Println(y)
}

// Output:
// 3 0
// 3
// 3
// 0
// 0
