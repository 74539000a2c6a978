//go:build ignore

// Deferred functions that recover and wrap.
package main

import (
	"fmt"
)

func done(s string) {
	fmt.Println("done", s)
}

func work(s string) (err error) {
	defer func() {
		done(s)
	}()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("work: %v", r)
		}
	}()
	if s == "bad" {
		panic("oh")
	}
	return nil
}

func main() {
	fmt.Println(work("good"))
	fmt.Println(work("bad"))
}

// Output:
// done good
// <nil>
// done bad
// work: oh
