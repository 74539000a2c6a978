//go:build ignore

// Refused: the interpreter's encoding/json sees lower-case fields, too.
package main

import (
	"encoding/json"
	"fmt"
)

type T struct {
	A int      `json:"a"`
	B []string `json:"b,omitempty"`
	C *T
	d int
}

func main() {
	b, err := json.Marshal(T{A: 1, C: &T{A: 2}}) // refused
	fmt.Println(string(b), err)
	var t T
	err = json.Unmarshal([]byte(`{"a":4,"b":["x"]}`), &t) // refused
	fmt.Println(t.A, t.B, err)
}

// Output:
// {"a":1,"C":{"a":2,"C":null}} <nil>
// 4 [x] <nil>
