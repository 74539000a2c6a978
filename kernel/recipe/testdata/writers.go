//go:build ignore

// A buffered writer on stdout.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(w, "%s,%d\n", "a", 1)
	w.Flush()
	fmt.Fprintln(os.Stdout, "direct")
}

// Output:
// a,1
// direct
