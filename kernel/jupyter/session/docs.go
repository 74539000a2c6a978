//go:build ignore

// Command docs prints docs.json: the declarations and comments of the packages
// that are the project's own and that cells may use, by the import path, a dot and
// the name, as in Config.Octaves.
package main

import (
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const module, root = "github.com/seed2310110f/godream/", "../../.."

var packages = []string{"dreamlib", "dreamlib/picture", "dreamlib/sheet", "dreamlib/vgg", "models", "models/hub",
	"kernel/display", "kernel/sweep", "kernel/sweep/grid", "kernel/sweep/folder", "kernel/sweep/work"}

func main() {
	all := map[string]string{}
	fset := token.NewFileSet()
	for _, folder := range packages {
		paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			log.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
			if err != nil {
				log.Fatal(err)
			}
			ast.FileExports(f)
			d := documents{fset, module + folder, all}
			if f.Doc != nil {
				all[d.path] = strings.TrimSpace(f.Doc.Text())
			}
			for _, decl := range f.Decls {
				d.add(decl)
			}
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(all); err != nil {
		log.Fatal(err)
	}
}

// documents are those of one package, in all.
type documents struct {
	fset *token.FileSet
	path string
	all  map[string]string
}

func (d documents) put(name, prefix string, declaration ast.Node, comment string) {
	var text strings.Builder
	if err := format.Node(&text, d.fset, declaration); err != nil {
		log.Fatal(err)
	}
	d.all[d.path+"."+name] = strings.TrimSpace(prefix + text.String() + "\n\n" + comment)
}

func (d documents) add(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		name, comment := decl.Name.Name, decl.Doc.Text()
		if decl.Recv != nil {
			name = strings.TrimPrefix(types.ExprString(decl.Recv.List[0].Type), "*") + "." + name
		}
		decl.Body, decl.Doc = nil, nil
		d.put(name, "", decl, comment)
	case *ast.GenDecl:
		comment := decl.Doc.Text()
		decl.Doc = nil
		for _, s := range decl.Specs {
			switch s := s.(type) {
			case *ast.ValueSpec:
				for _, name := range s.Names {
					d.put(name.Name, "", decl, comment)
				}
			case *ast.TypeSpec:
				alone := &ast.GenDecl{TokPos: s.Pos(), Tok: token.TYPE, Specs: []ast.Spec{s}}
				own := s.Doc.Text()
				s.Doc = nil
				d.put(s.Name.Name, "", alone, comment+own)
				if t, ok := s.Type.(*ast.StructType); ok {
					d.fields(s.Name.Name, t)
				}
			}
		}
	}
}

func (d documents) fields(of string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		for _, name := range f.Names {
			d.put(of+"."+name.Name, "field "+name.Name+" ", f.Type, f.Doc.Text()+f.Comment.Text())
		}
	}
}
