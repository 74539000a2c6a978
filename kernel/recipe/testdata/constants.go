//go:build ignore

// Constants, typed and untyped.
package main

import (
	"fmt"
)

const (
	width  = 4
	height = 3
	name   = "n"
)
const total = width * height
const frac = 0.25

var table = [total]int{}

func main() {
	fmt.Println(total, len(table), frac*width, float64(width)/height, width%height, width-height*2, name+"!")
	var f float32 = frac
	fmt.Println(f, width*frac, 1-frac)
}

// Output:
// 12 12 1 1.3333333333333333 1 -2 n!
// 0.25 1 0.75
