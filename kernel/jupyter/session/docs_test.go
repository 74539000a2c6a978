package session

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs.json")

// TestDocs makes docs.json, the declarations and comments of the packages that are the
// project's own and that cells may use, and compares it with the one there, or with
// -update replaces that.
func TestDocs(t *testing.T) {
	const module, root = "github.com/seed2310110f/godream/", "../../.."
	all := map[string]string{}
	fset := token.NewFileSet()
	for _, folder := range []string{"dreamlib", "dreamlib/picture", "dreamlib/sheet", "dreamlib/vgg", "models", "models/hub",
		"kernel/display", "kernel/sweep", "kernel/sweep/grid", "kernel/sweep/folder", "kernel/sweep/work"} {
		paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			ast.FileExports(f)
			d := source{fset, module + folder, all}
			if f.Doc != nil {
				all[d.path] = strings.TrimSpace(f.Doc.Text())
			}
			for _, decl := range f.Decls {
				d.add(decl)
			}
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(all); err != nil {
		t.Fatal(err)
	}
	switch {
	case bytes.Equal(text.Bytes(), documentation):
	case *update:
		if err := os.WriteFile("docs.json", text.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("docs.json is out of date: run go generate ./kernel/jupyter/session")
	}
	if doc := documents()[module+"dreamlib.Dream"]; !strings.HasPrefix(doc, "func Dream(ctx context.Context, m *vgg.Model") {
		t.Errorf("found %q", doc)
	}
}

// source is a package, whose documentation goes to all.
type source struct {
	fset *token.FileSet
	path string
	all  map[string]string
}

func (d source) put(name, prefix string, declaration ast.Node, comment string) {
	var text strings.Builder
	if err := format.Node(&text, d.fset, declaration); err != nil {
		panic(err) // parsed Go can be printed
	}
	d.all[d.path+"."+name] = strings.TrimSpace(prefix + text.String() + "\n\n" + comment)
}

func (d source) add(decl ast.Decl) {
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

func (d source) fields(of string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		for _, name := range f.Names {
			d.put(of+"."+name.Name, "field "+name.Name+" ", f.Type, f.Doc.Text()+f.Comment.Text())
		}
	}
}
