//go:build ignore

// An interface of the program's own, and embedding.
package main

import (
	"fmt"
)

type Shape interface {
	Area() float64
	Name() string
}

type Base struct{ name string }

func (b Base) Name() string {
	return b.name
}

type Sq struct {
	Base
	s float64
}

func (s Sq) Area() float64 {
	return s.s * s.s
}

func biggest(ss ...Shape) Shape {
	var b Shape
	for _, s := range ss {
		if b == nil || s.Area() > b.Area() {
			b = s
		}
	}
	return b
}

func main() {
	b := biggest(Sq{Base{"a"}, 2}, Sq{Base{"b"}, 3})
	fmt.Println(b.Name(), b.Area())
}

// Output:
// b 9
