//go:build ignore

// Refused: the interpreter looks at the receiver when the goroutine runs, not here.
package main

import (
	"fmt"
	"time"
)

type T struct{ n int }

func (t T) Send(c chan int) {
	time.Sleep(time.Millisecond)
	c <- t.n
}

func once(c chan int) int {
	t := T{1}
	go t.Send(c) // refused
	t.n = 2
	return <-c
}

// The goroutine may be quick once, but not every time.
func main() {
	c := make(chan int)
	wrong := 0
	for i := 0; i < 20; i++ {
		if once(c) != 1 {
			wrong++
		}
	}
	fmt.Println(wrong)
}

// Output:
// 0
