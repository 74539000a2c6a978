//go:build ignore

// Strings, bytes and runes.
package main

import (
	"fmt"
)

func main() {
	for i, r := range "héy" {
		fmt.Print(i, string(r), " ")
	}
	fmt.Println([]rune("hé")[1], []byte("hé"), string([]rune{104, 233}))
	s := "abc"
	fmt.Println(s[1], s[1:], len(s))
}

// Output:
// 0h 1é 3y 233 [104 195 169] hé
// 98 bc 3
