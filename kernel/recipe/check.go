package recipe

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/traefik/yaegi/interp"

	"github.com/seed2310110f/godream/kernel/recipe/symbols"
)

// A Finding is something in a recipe that keeps it from being interpreted.
type Finding struct {
	Pos     token.Position
	Problem string // what is wrong
	Rewrite string // what to write instead, or empty for an error of Go's
}

func (f Finding) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s", f.Pos.Filename, f.Pos.Line, f.Pos.Column, f.Problem)
	if f.Rewrite != "" {
		text += ": " + f.Rewrite
	}
	return text
}

// A CheckError lists all findings, one a line.
type CheckError []Finding

func (e CheckError) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Check parses a recipe and says, as a CheckError, what the Go compiler would
// complain about, and what compiles but is not there for recipes or would not do
// when interpreted what it does when compiled.
//
// It knows yaegi's faults that the project's tests have found, no others. It
// goes by a program's text, so it refuses some code that would have been right.
func Check(name string, source []byte) (*Recipe, error) {
	c := &checker{fset: token.NewFileSet()}
	file, err := parser.ParseFile(c.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, c.syntax(err)
	}
	c.file = file
	c.types()
	var r *Recipe
	if len(c.findings) == 0 { // what follows wants sound types
		r = c.recipe(name, source)
		c.apply(append(rules, on(namelessParams))) // which cells name
		c.initialOrder()
	}
	if len(c.findings) > 0 {
		slices.SortStableFunc(c.findings, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
		})
		return nil, CheckError(slices.Compact(c.findings))
	}
	return r, nil
}

// A checker is one Check under way.
type checker struct {
	fset     *token.FileSet
	file     *ast.File
	info     types.Info
	pkg      *types.Package
	changed  map[types.Object]bool // variables with more values than their first
	findings []Finding
}

func (c *checker) report(at ast.Node, problem, rewrite string) {
	c.findings = append(c.findings, Finding{c.fset.Position(at.Pos()), problem, rewrite})
}

// Vet lists what interpreted code would do otherwise than compiled code in a file
// that go/types has found sound, for hosts that check it themselves.
func Vet(fset *token.FileSet, file *ast.File, pkg *types.Package, info *types.Info) []Finding {
	c := &checker{fset: fset, file: file, pkg: pkg, info: *info}
	c.apply(rules)
	return c.findings
}

// syntax turns the parser's complaints into findings.
func (c *checker) syntax(err error) error {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return fmt.Errorf("recipe: %w", err)
	}
	for _, e := range list {
		c.findings = append(c.findings, Finding{Pos: e.Pos, Problem: e.Msg})
	}
	return CheckError(c.findings)
}

// types runs Go's type checker, with the types of the allowed packages alone.
func (c *checker) types() {
	for _, spec := range c.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		switch {
		case tables()[p] == nil:
			c.report(spec, fmt.Sprintf("package %q is not open to recipes", p), "see docs/recipes.md for those that are")
		case spec.Name != nil && (spec.Name.Name == "." || spec.Name.Name == "_") && p != enginesPath:
			c.report(spec, "import "+spec.Name.Name, "recipes import packages by their names")
		}
	}
	if len(c.findings) > 0 {
		return
	}
	c.info = types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
	}
	config := types.Config{
		Importer: importer(Import),
		Sizes:    types.SizesFor("gc", "amd64"),
		Error: func(err error) {
			e := err.(types.Error)
			c.findings = append(c.findings, Finding{Pos: c.fset.Position(e.Pos), Problem: e.Msg})
		},
	}
	c.pkg, _ = config.Check("main", c.fset, []*ast.File{c.file}, &c.info) // errors went to Error
	if c.file.Name.Name != "main" {
		c.report(c.file.Name, "package "+c.file.Name.Name, "a recipe is package main")
	} else if _, ok := c.pkg.Scope().Lookup("main").(*types.Func); !ok {
		c.report(c.file.Name, "there is no func main", "a recipe begins there")
	}
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

// Import finds an allowed package's types.
func Import(path string) (*types.Package, error) {
	if path == enginesPath {
		p := types.NewPackage(path, "engines")
		p.MarkComplete()
		return p, nil
	}
	if p := symbols.Types()[path]; p != nil && tables()[path] != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %q is not open to recipes and cells: docs/recipes.md has those that are", path)
}

// tables holds the names that interpreted code can use, by import path.
var tables = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, exports := range []interp.Exports{symbols.Symbols, Host{}.exports()} {
		for key, names := range exports {
			p := path.Dir(key)
			if all[p] == nil {
				all[p] = map[string]bool{}
			}
			for name := range names {
				all[p][name] = true
			}
		}
	}
	return all
})
