//go:build ignore

// Methods of the standard library's types.
package main

import (
	"bytes"
	"fmt"
	"image"
	"time"
)

func main() {
	r := image.Rect(1, 2, 5, 7)
	fmt.Println(r.Dx(), r.Dy(), r.Inset(1), r.Min.X, r.Size(), r.Add(image.Pt(1, 1)).Max, image.Pt(1, 2).Mul(3))
	d := 1500 * time.Millisecond
	fmt.Println(d.Seconds(), d.String(), d > time.Second)
	t := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	fmt.Println(t.Year(), t.Add(24*time.Hour).Day(), t.Weekday(), t.Before(t.Add(1)))
	var b bytes.Buffer
	b.WriteString("x")
	fmt.Fprintf(&b, "%d", 1)
	fmt.Println(b.Len(), b.String())
	m := image.NewNRGBA(r)
	m.Pix[0] = 9
	fmt.Println(m.Stride, len(m.Pix), m.NRGBAAt(1, 2).R)
}

// Output:
// 4 5 (2,3)-(4,6) 1 (4,5) (6,8) (3,6)
// 1.5 1.5s true
// 2020 3 Thursday true
// 2 x1
// 16 80 9
