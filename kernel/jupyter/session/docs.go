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

func add(all map[string]string, folder string) error {
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return err
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, module+folder)
	if err != nil {
		return err
	}
	at := module + folder
	put := func(name string, node ast.Node, comment string) error {
		var text bytes.Buffer
		if f, ok := node.(*ast.FuncDecl); ok {
			f.Body = nil
		}
		if err := format.Node(&text, fset, node); err != nil {
			return err
		}
		all[at+"."+name] = strings.TrimSpace(text.String() + "\n\n" + comment)
		return nil
	}
	all[at] = strings.TrimSpace(p.Doc)
	values := func(list []*doc.Value) error {
		for _, v := range list {
			for _, name := range v.Names {
				if err := put(name, v.Decl, v.Doc); err != nil {
					return err
				}
			}
		}
		return nil
	}
	functions := func(prefix string, list []*doc.Func) error {
		for _, f := range list {
			if err := put(prefix+f.Name, f.Decl, f.Doc); err != nil {
				return err
			}
		}
		return nil
	}
	if err := values(append(p.Consts, p.Vars...)); err != nil {
		return err
	}
	if err := functions("", p.Funcs); err != nil {
		return err
	}
	for _, t := range p.Types {
		if err := put(t.Name, t.Decl, t.Doc); err != nil {
			return err
		}
		if err := values(append(t.Consts, t.Vars...)); err != nil {
			return err
		}
		if err := functions("", t.Funcs); err != nil {
			return err
		}
		if err := functions(t.Name+".", t.Methods); err != nil {
			return err
		}
		fields(all, at+"."+t.Name+".", t.Decl, fset)
	}
	return nil
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
