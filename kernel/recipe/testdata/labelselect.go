//go:build ignore

// Refused: the interpreter hangs at a break out of a select.
package main

import (
	"fmt"
	"time"
)

func main() {
	done := make(chan bool)
	go func() {
		time.Sleep(time.Millisecond)
		close(done)
	}()
L:
	for {
		select {
		case <-done:
			break L // refused
		default:
			time.Sleep(time.Millisecond)
		}
	}
	fmt.Println("end")
}

// Output:
// end
