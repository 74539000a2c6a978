//go:build ignore

// Refused: errors.As, errors.Is and type assertions do not see an interpreted type of error.
package main

import (
	"errors"
	"fmt"
)

type E struct{}

func (E) Error() string { // refused
	return "e"
}

func what(x any) string {
	switch x := x.(type) {
	case error: // refused
		return "error " + x.Error()
	case fmt.Stringer: // refused
		return "stringer"
	case nil:
		return "nil"
	case int:
		return "int"
	case []int:
		return "ints"
	case func():
		return "func"
	}
	return "?"
}

func main() {
	fmt.Println(what(E{}), what(errors.New("a")), what(1), what(nil), what([]int{}), what(func() { // refused
	}))
}

// Output:
// error e error a int nil ints func
