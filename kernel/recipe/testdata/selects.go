//go:build ignore

// A select that waits for three channels.
package main

import (
	"fmt"
)

func main() {
	a, b := make(chan int), make(chan string)
	done := make(chan bool)
	go func() {
		for i := 0; i < 2; i++ {
			a <- i
		}
		b <- "s"
		close(done)
	}()
	n := 0
	for n < 4 {
		select {
		case v := <-a:
			fmt.Println("a", v)
		case s, ok := <-b:
			fmt.Println("b", s, ok)
		case <-done:
			fmt.Println("done")
			n = 9
		}
		n++
	}
}

// Output:
// a 0
// a 1
// b s true
// done
