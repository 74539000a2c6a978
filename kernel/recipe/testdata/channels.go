//go:build ignore

// Workers between two channels.
package main

import (
	"fmt"
	"sync"
)

func main() {
	in, out := make(chan int), make(chan int)
	var wg sync.WaitGroup
	for w := 0; w < 3; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range in {
				out <- v * v
			}
		}()
	}
	go func() {
		for i := 0; i < 5; i++ {
			in <- i
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	s := 0
	for v := range out {
		s += v
	}
	fmt.Println(s)
}

// Output:
// 30
