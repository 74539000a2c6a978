package recipe

import (
	"go/ast"
	"go/doc"
	"go/token"
	"path/filepath"
	"strings"
)

// A Recipe is a checked Go file.
type Recipe struct {
	Name   string // its file's, without .go
	About  string // the first sentence of its comment
	Params []Param

	path   string
	source []byte
}

// recipe reads a file's description and parameters.
func (c *checker) recipe(path string, source []byte) *Recipe {
	r := &Recipe{Name: strings.TrimSuffix(filepath.Base(path), ".go"), path: path, source: source}
	if c.file.Doc != nil {
		r.About = strings.TrimSuffix(new(doc.Package).Synopsis(c.file.Doc.Text()), ".")
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
