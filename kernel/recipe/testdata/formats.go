//go:build ignore

// Formats with widths.
package main

import (
	"fmt"
)

func main() {
	for _, r := range []struct {
		n string
		v float64
	}{{"relu1_1", 1.5}, {"relu2_1", 22.25}} {
		fmt.Printf("%-10s %8.3f %6d%%\n", r.n, r.v, int(r.v*10))
	}
	fmt.Printf("%v %v %.2f\n", []float32{1, 2.5}, map[string]int{"b": 1, "a": 2}, []float64{1, 2})
	fmt.Printf("%s %v %d\n", []byte("hi"), []byte("hi"), []byte("hi"))
	fmt.Printf("%5s|%-5s|%05d|%x|%X\n", "a", "b", 42, "hi", []byte{1, 255})
	fmt.Print("a", 1, 2, "b", "c", 3.5, "\n")
	fmt.Println(fmt.Sprintln("x", 1) == "x 1\n")
}

// Output:
// relu1_1       1.500     15%
// relu2_1      22.250    222%
// [1 2.5] map[a:2 b:1] [1.00 2.00]
// hi [104 105] [104 105]
//     a|b    |00042|6869|01FF
// a1 2bc3.5
// true
