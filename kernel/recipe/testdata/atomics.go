//go:build ignore

// Once, and atomic counters.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var o sync.Once
	for i := 0; i < 3; i++ {
		o.Do(func() {
			fmt.Println("once")
		})
	}
	var n atomic.Int64
	n.Add(3)
	fmt.Println(n.Load())
	var k int32
	atomic.AddInt32(&k, 2)
	fmt.Println(k)
}

// Output:
// once
// 3
// 2
