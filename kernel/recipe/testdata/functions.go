//go:build ignore

// Functions as types, with methods.
package main

import (
	"fmt"
	"strings"
)

type F func(string) string

func (f F) Say(s string) string {
	return f(s)
}

type Sayer interface{ Say(string) string }

func main() {
	var s Sayer = F(strings.ToUpper)
	fmt.Println(s.Say("a"))
	s = F(func(s string) string {
		return s + "!"
	})
	fmt.Println(s.Say("b"))
}

// Output:
// A
// b!
