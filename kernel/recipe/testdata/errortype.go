//go:build ignore

// Refused: errors.As, errors.Is and type assertions do not see an interpreted type of error.
package main

import (
	"errors"
	"fmt"
)

type E struct{ n int }

func (e *E) Error() string { // refused
	return fmt.Sprint("e", e.n)
}

func main() {
	err := fmt.Errorf("wrap: %w", &E{4})
	var e *E
	fmt.Println(errors.As(err, &e), err)
	if e != nil {
		fmt.Println(e.n)
	}
}

// Output:
// true wrap: e4
// 4
