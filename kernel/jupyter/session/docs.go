//go:build ignore

// Command docs writes docs.json: the declarations and comments of the packages
// that are the project's own and that cells may use. With -check it writes
// nothing, and fails when the file is not what it would write.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	module = "github.com/seed2310110f/godream/"
	root   = "../../.."
	file   = "docs.json"
)

var packages = []string{"dreamlib", "dreamlib/picture", "dreamlib/sheet", "dreamlib/vgg", "models", "models/hub", "kernel/display", "kernel/sweep", "kernel/sweep/grid", "kernel/sweep/folder", "kernel/sweep/work"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("docs: ")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	all := map[string]string{}
	for _, p := range packages {
		if err := add(all, p); err != nil {
			log.Fatal(err)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(all); err != nil {
		log.Fatal(err)
	}
	old, _ := os.ReadFile(file)
	switch {
	case bytes.Equal(old, text.Bytes()):
	case *check:
		log.Fatalf("%s is out of date: run go generate ./kernel/jupyter/...", file)
	default:
		if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// add adds the declarations of the package in a folder to all, by their full names.
func add(all map[string]string, folder string) error {
	fset := token.NewFileSet()
	p, err := parse(fset, folder)
	if err != nil {
		return err
	}
	at := module + folder
	all[at] = strings.TrimSpace(p.Doc)
	list := slices.Concat(values(p.Consts), values(p.Vars), functions("", p.Funcs))
	for _, t := range p.Types {
		list = slices.Concat(list, []declaration{{t.Name, t.Decl, t.Doc}}, values(t.Consts), values(t.Vars),
			functions("", t.Funcs), functions(t.Name+".", t.Methods))
		fields(all, at+"."+t.Name+".", t.Decl, fset)
	}
	for _, d := range list {
		var text bytes.Buffer
		if err := format.Node(&text, fset, d.node); err != nil {
			return err
		}
		all[at+"."+d.name] = strings.TrimSpace(text.String() + "\n\n" + d.comment)
	}
	return nil
}

// parse reads the package in a folder, without its tests.
func parse(fset *token.FileSet, folder string) (*doc.Package, error) {
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return doc.NewFromFiles(fset, files, module+folder)
}

// declaration is one name of a package, as docs.json has it.
type declaration struct {
	name    string
	node    ast.Node
	comment string
}

func values(of []*doc.Value) (list []declaration) {
	for _, v := range of {
		for _, name := range v.Names {
			list = append(list, declaration{name, v.Decl, v.Doc})
		}
	}
	return list
}

// functions leaves out their bodies.
func functions(prefix string, of []*doc.Func) (list []declaration) {
	for _, f := range of {
		f.Decl.Body = nil
		list = append(list, declaration{prefix + f.Name, f.Decl, f.Doc})
	}
	return list
}

// fields adds a struct's fields.
func fields(all map[string]string, prefix string, decl *ast.GenDecl, fset *token.FileSet) {
	for _, s := range decl.Specs {
		st, ok := s.(*ast.TypeSpec).Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			var text bytes.Buffer
			if format.Node(&text, fset, f.Type) != nil {
				continue
			}
			for _, name := range f.Names {
				if name.IsExported() {
					all[prefix+name.Name] = strings.TrimSpace("field " + name.Name + " " + text.String() + "\n\n" + f.Doc.Text() + f.Comment.Text())
				}
			}
		}
	}
}
