//go:build ignore

// Refused: the interpreter cannot hand this to compiled code as an interface.
package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

type up struct{ r io.Reader }

func (u up) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func main() {
	l := &io.LimitedReader{R: up{strings.NewReader("abc")}, N: 2} // refused
	b, err := io.ReadAll(l)
	fmt.Println(string(b), err)
}

// Output:
// AB <nil>
