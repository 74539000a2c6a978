//go:build ignore

// Refused: the interpreter looks at the receiver when the goroutine runs, not here.
package main

import (
	"fmt"
	"time"
)

type T struct{ n int }

func (t T) Send(c chan int) {
	time.Sleep(2 * time.Millisecond)
	c <- t.n
}

func main() {
	c := make(chan int)
	t := T{1}
	go t.Send(c) // refused
	t.n = 2
	fmt.Println(<-c)
}

// Output:
// 1
