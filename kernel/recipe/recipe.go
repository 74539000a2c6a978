package recipe

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"
)

// A Recipe is a checked Go file.
type Recipe struct {
	Name   string // its file's, without .go
	About  string // the first sentence of its comment
	Output string // what it prints, by its comment at the end
	Params []Param

	path   string
	source []byte
}

// recipe reads a file's description and parameters.
func (c *checker) recipe(path string, source []byte) *Recipe {
	r := &Recipe{Name: strings.TrimSuffix(filepath.Base(path), ".go"), path: path, source: source}
	if c.file.Doc != nil {
		r.About = firstSentence(c.file.Doc.Text())
	}
	if n := len(c.file.Comments); n > 0 {
		if _, output, ok := strings.Cut(c.file.Comments[n-1].Text(), "Output:\n"); ok {
			r.Output = output
		}
	}
	for _, decl := range c.file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			if p, ok := c.param(spec.(*ast.ValueSpec), source); ok {
				r.Params = append(r.Params, p)
			}
		}
	}
	return r
}

func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i]
	}
	return strings.TrimSuffix(text, ".")
}
