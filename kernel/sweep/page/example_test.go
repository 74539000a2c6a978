package page_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/seed2310110f/godream/kernel/sweep/page"
)

// A page of two pictures that differ in their layer.
func ExamplePage_Write() {
	p := page.Page{
		Title:   "two layers",
		Axes:    []page.Axis{{Name: "layer", Values: []string{"relu3_1", "relu4_2"}}},
		Numbers: []string{"seconds"},
		Items: []page.Item{
			{ID: "a", Point: []string{"relu3_1"}, Picture: "pictures/a.png", Numbers: []float64{1.5}},
			{ID: "b", Point: []string{"relu4_2"}, Picture: "pictures/b.png", Numbers: []float64{2}, Before: "photo.jpg"},
		},
	}
	var html strings.Builder
	if err := p.Write(&html); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(html.String(), "<title>two layers</title>"))

	p.Items[1].Point[0] = "relu5_1"
	fmt.Println(p.Write(&html))
	// Output:
	// true
	// page: item "b": layer "relu5_1": is not on that axis
}
