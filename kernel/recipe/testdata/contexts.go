//go:build ignore

// Contexts that time out.
package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Println(ctx.Err())
	case <-time.After(time.Second):
		fmt.Println("late")
	}
	type key struct{}
	c2 := context.WithValue(context.Background(), key{}, 5)
	fmt.Println(c2.Value(key{}))
}

// Output:
// context deadline exceeded
// 5
