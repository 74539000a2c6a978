//go:build ignore

// Refused: the interpreter prints something else here, because of the String method.
package main

import (
	"fmt"
)

type Day int

const (
	Mon Day = iota
	Tue
	Wed
)

func (d Day) String() string {
	return [...]string{"Mon", "Tue", "Wed"}[d]
}

const (
	KB = 1 << (10 * (iota + 1))
	MB
)

func main() {
	fmt.Println(Mon, Tue, Wed, KB, MB)
	fmt.Printf("%d %v\n", Tue, Tue) // refused
}

// Output:
// Mon Tue Wed 1024 1048576
// 1 Tue
