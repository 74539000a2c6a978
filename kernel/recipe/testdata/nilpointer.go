//go:build ignore

// Refused: errors.As, errors.Is and type assertions do not see an interpreted type of error.
package main

import (
	"fmt"
)

type E struct{}

func (*E) Error() string { // refused
	return "e"
}

func f() error {
	var e *E
	return e // refused
}

func main() {
	fmt.Println(f() == nil)
	var err error
	fmt.Println(err == nil)
}

// Output:
// false
// true
