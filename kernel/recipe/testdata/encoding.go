//go:build ignore

// JSON of plain structs, out and in.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

type T struct {
	Name string          `json:"name"`
	Vals []float64       `json:"vals"`
	Sub  struct{ X int } `json:"sub"`
}

func main() {
	b, err := json.Marshal([]T{{Name: "a", Vals: []float64{1, 2}}})
	fmt.Println(string(b), err)
	var ts []T
	fmt.Println(json.Unmarshal(b, &ts), ts[0].Name, ts[0].Vals)
	d := json.NewDecoder(strings.NewReader(`{"name":"q"} {"name":"r"}`))
	var t T
	for d.Decode(&t) == nil {
		fmt.Print(t.Name, " ")
	}
	fmt.Println()
}

// Output:
// [{"name":"a","vals":[1,2],"sub":{"X":0}}] <nil>
// <nil> a [1 2]
// q r
