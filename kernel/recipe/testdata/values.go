//go:build ignore

// Structs of the standard library are copied.
package main

import (
	"fmt"
	"image"
	"image/color"
)

func main() {
	r := image.Rect(0, 0, 2, 2)
	q := r
	q.Max.X = 9
	fmt.Println(r, q)
	rs := []image.Rectangle{r, q}
	rs[0].Min.X = 1
	fmt.Println(rs[0], r)
	p := &rs[1]
	p.Max.Y = 8
	fmt.Println(rs[1], q)
	for _, x := range rs {
		x.Max.X = 100
	}
	fmt.Println(rs)
	m := map[string]image.Point{"a": {1, 2}}
	pt := m["a"]
	pt.X = 5
	fmt.Println(m, pt)
	c := color.RGBA{R: 1}
	d := c
	d.G = 2
	fmt.Println(c, d, c == d)
}

// Output:
// (0,0)-(2,2) (0,0)-(9,2)
// (1,0)-(2,2) (0,0)-(2,2)
// (0,0)-(9,8) (0,0)-(9,2)
// [(1,0)-(2,2) (0,0)-(9,8)]
// map[a:(1,2)] (5,2)
// {1 0 0 0} {1 2 0 0} false
