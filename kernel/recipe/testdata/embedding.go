//go:build ignore

// A pointer embedded twice over.
package main

import (
	"fmt"
)

type Base struct{ id int }

func (b *Base) ID() int {
	return b.id
}

func (b Base) Name() string {
	return fmt.Sprint("n", b.id)
}

type Mid struct{ *Base }

type Top struct {
	Mid
	extra int
}

type Ider interface{ ID() int }

func main() {
	t := Top{Mid{&Base{4}}, 1}
	fmt.Println(t.ID(), t.Name(), t.id, t.Mid.Base.id)
	var i Ider = t
	fmt.Println(i.ID())
	t.id = 8
	fmt.Println(i.ID())
}

// Output:
// 4 n4 4 4
// 4
// 8
