//go:build ignore

// Refused: the interpreter's encoding/json sees lower-case fields, too.
package main

import (
	"encoding/json"
	"fmt"
)

type T struct{ n int }

func (t T) MarshalJSON() ([]byte, error) {
	return []byte("7"), nil
}

func main() {
	b, err := json.Marshal(T{1}) // refused
	fmt.Println(string(b), err)
	b, err = json.Marshal([]T{{1}}) // refused
	fmt.Println(string(b), err)
}

// Output:
// 7 <nil>
// [7] <nil>
