//go:build ignore

// Errors that are joined, wrapped and found again.
package main

import (
	"errors"
	"fmt"
	"io"
)

var errEmpty = errors.New("empty")

func open(s string) error {
	if s == "" {
		return fmt.Errorf("open: %w", errEmpty)
	}
	return nil
}

func all(ss ...string) (n int, err error) {
	for _, s := range ss {
		if e := open(s); e != nil {
			err = errors.Join(err, e)
			continue
		}
		n++
	}
	return n, err
}

func main() {
	n, err := all("a", "", "b")
	fmt.Println(n, err, errors.Is(err, errEmpty), errors.Is(err, io.EOF))
}

// Output:
// 2 open: empty true false
