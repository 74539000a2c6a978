//go:build ignore

// Refused: the interpreter's types have no names.
package main

import (
	"fmt"
)

type T struct{}

func main() {
	fmt.Printf("%T %T\n", 1, T{}) // refused
}

// Output:
// int main.T
