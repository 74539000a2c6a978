//go:build ignore

// Refused: the interpreter gives lower-case fields other names.
package main

import (
	"fmt"
)

type P struct {
	X int
	y string
}

func main() {
	fmt.Printf("%v %+v %T\n", P{1, "a"}, P{1, "a"}, P{}) // refused
	fmt.Printf("%#v\n", P{1, "a"})                       // refused
}

// Output:
// {1 a} {X:1 y:a} main.P
// main.P{X:1, y:"a"}
