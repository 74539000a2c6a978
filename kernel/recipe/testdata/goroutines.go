//go:build ignore

// Goroutines with copies of what they work on.
package main

import (
	"fmt"
	"time"
)

func main() {
	c := make(chan int, 10)
	for i := 0; i < 5; i++ {
		x := i * i
		go func() {
			time.Sleep(time.Millisecond)
			c <- x
		}()
	}
	s := 0
	for i := 0; i < 5; i++ {
		s += <-c
	}
	fmt.Println(s)
	for _, v := range []int{1, 2, 3} {
		go func(n int) {
			time.Sleep(time.Millisecond)
			c <- n
		}(v)
	}
	s = 0
	for i := 0; i < 3; i++ {
		s += <-c
	}
	fmt.Println(s)
}

// Output:
// 30
// 6
