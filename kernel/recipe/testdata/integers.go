//go:build ignore

// Integers that overflow.
package main

import (
	"fmt"
	"math"
)

func main() {
	var a int32 = math.MaxInt32
	a++
	fmt.Println(a)
	var b uint8 = 255
	b++
	fmt.Println(b)
	var c uint16 = 0
	c--
	fmt.Println(c)
	x := 300
	fmt.Println(uint8(x), int8(x), uint32(1<<32-1))
	var h uint64 = 14695981039346656037
	for _, ch := range []byte("abc") {
		h ^= uint64(ch)
		h *= 1099511628211
	}
	fmt.Println(h)
}

// Output:
// -2147483648
// 0
// 65535
// 44 44 4294967295
// 16654208175385433931
