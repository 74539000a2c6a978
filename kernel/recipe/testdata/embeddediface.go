//go:build ignore

// Refused: the interpreter cannot call methods of an embedded interface.
package main

import (
	"fmt"
)

type Logger interface{ Log(string) }

type memory struct{ lines []string }

func (m *memory) Log(s string) {
	m.lines = append(m.lines, s)
}

type service struct {
	Logger // refused
	n      int
}

func (s *service) Do() {
	s.n++
	s.Log(fmt.Sprint("do ", s.n))
}

func main() {
	m := &memory{}
	s := &service{Logger: m}
	s.Do()
	s.Do()
	fmt.Println(m.lines, len(m.lines))
}

// Output:
// [do 1 do 2] 2
