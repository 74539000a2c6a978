//go:build ignore

// Arithmetic in float32 and float64.
package main

import (
	"fmt"
	"math"
)

func main() {
	var a, b float32 = 0.1, 0.2
	fmt.Println(a+b, a*b, a/b, float64(a))
	x := 1.0
	x /= 3
	fmt.Println(x, int(x*10), math.Floor(-1.5), math.Round(2.5), -x)
	i := 7
	fmt.Println(float64(i)/2, i/2, float32(i)/2, uint8(300&0xff), int8(-128))
	var u uint = 3
	fmt.Println(u-2, ^u&0xf, -i%4, i&^2)
}

// Output:
// 0.3 0.020000001 0.5 0.10000000149011612
// 0.3333333333333333 3 -2 3 -0.3333333333333333
// 3.5 3 3.5 44 -128
// 1 12 -3 5
