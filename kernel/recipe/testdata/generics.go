//go:build ignore

// Generic types with methods, and functions with their types written out.
package main

import (
	"fmt"
)

type Num interface{ ~int | ~float64 }

type Acc[T Num] struct{ t T }

func (a *Acc[T]) Add(v T) *Acc[T] {
	a.t += v
	return a
}

func NewAcc[T Num]() *Acc[T] {
	return &Acc[T]{}
}

func Map[T, U any](s []T, f func(T) U) []U {
	var o []U
	for _, v := range s {
		o = append(o, f(v))
	}
	return o
}

func main() {
	fmt.Println(NewAcc[int]().Add(1).Add(2).t)
	a := NewAcc[float64]()
	a.Add(1.5)
	fmt.Println(a.t)
	fmt.Println(Map[int, string]([]int{1, 2}, func(i int) string {
		return fmt.Sprint("n", i)
	}))
}

// Output:
// 3
// 1.5
// [n1 n2]
