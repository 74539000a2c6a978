//go:build ignore

// Refused: the interpreter leaves more than the select at this break.
package main

import (
	"fmt"
)

func main() {
	c := make(chan int, 2)
	c <- 1
	c <- 2
	for i := 0; i < 2; i++ {
		select {
		case v := <-c:
			if v == 1 {
				break // refused
			}
			fmt.Println("v", v)
		}
		fmt.Println("after", i)
	}
	fmt.Println("end")
}

// Output:
// after 0
// v 2
// after 1
// end
