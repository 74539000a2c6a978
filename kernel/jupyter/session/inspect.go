package session

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/types"
	"strings"
	"sync"

	"github.com/seed2310110f/godream/kernel/display"
)

//go:generate go test -run TestDocs -update

// documentation holds the declarations and comments of the project's own packages, by
// import path, a dot and the name, because users have no source at hand.
//
//go:embed docs.json
var documentation []byte

var documents = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	if err := json.Unmarshal(documentation, &all); err != nil {
		panic(err) // a test reads it
	}
	return all
})

// Inspect tells about the name at a byte of the code, or about the function in
// whose parentheses it is; nil when nothing is known. With detail above 0 it
// shows the source of what cells declared.
func (s *Session) Inspect(code string, cursor, detail int) display.Bundle {
	cursor = max(0, min(cursor, len(code)))
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		end := len(code) - len(strings.TrimLeftFunc(code[cursor:], inName))
		if text := s.about(code, cursor, operand(code[:end]), detail); text != "" {
			return display.Bundle{"text/plain": text}
		}
		if cursor = opening(code[:cursor]+")", "(", ")"); cursor < 0 {
			return nil
		}
	}
}

// about is what is known of an expression.
func (s *Session) about(code string, cursor int, expression string, detail int) string {
	scope := s.scopeAt(code, cursor)
	dot := strings.LastIndexByte(expression, '.')
	if dot < 0 {
		return s.aboutName(scope, expression, detail)
	}
	base, name := expression[:dot], expression[dot+1:]
	if p, ok := scope.Scope().Lookup(base).(*types.PkgName); ok {
		o := p.Imported().Scope().Lookup(name)
		if t, ok := o.(*types.TypeName); ok && t.IsAlias() {
			return document(o, typePath(t.Type()))
		}
		return document(o, p.Imported().Path()+"."+name)
	}
	t := s.typeOf(scope, base)
	if t == nil {
		return ""
	}
	o, _, _ := types.LookupFieldOrMethod(t, true, scope, name)
	return document(o, typePath(t)+"."+name)
}

// typePath is where the documentation of a type is.
func typePath(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		return named.Obj().Pkg().Path() + "." + named.Obj().Name()
	}
	return ""
}

// aboutName is what is known of a name without a dot.
func (s *Session) aboutName(scope *types.Package, name string, detail int) string {
	o := scope.Scope().Lookup(name)
	if p, ok := o.(*types.PkgName); ok {
		return packageText(p.Imported().Path())
	}
	if o == nil {
		return document(types.Universe.Lookup(name), "")
	}
	text := types.ObjectString(o, shortName)
	if d := s.names.decls[name]; d != nil {
		text += fmt.Sprintf("\n\nfrom cell %d", d.cell.number)
		if detail > 0 {
			text += ":\n\n" + d.text()
		}
	}
	if v := s.names.variables[name]; v != nil && v.cell > 0 {
		text += fmt.Sprintf("\n\nfrom cell %d", v.cell)
	}
	if doc := documents()[typePath(o.Type())]; doc != "" {
		text += "\n\n" + doc
	}
	return text
}

func shortName(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

func packageText(importPath string) string {
	text := fmt.Sprintf("package %q", importPath)
	if doc := documents()[importPath]; doc != "" {
		return text + "\n\n" + doc
	}
	return text + "\n\nhttps://pkg.go.dev/" + importPath
}

// document is the documentation at a place, or the bare declaration; empty for nothing.
func document(o types.Object, place string) string {
	if o == nil {
		return ""
	}
	if doc := documents()[place]; doc != "" {
		return doc
	}
	text := types.ObjectString(o, shortName)
	if o.Pkg() != nil && !strings.Contains(o.Pkg().Path(), ".") && o.Pkg().Path() != "main" {
		text += "\n\nhttps://pkg.go.dev/" + o.Pkg().Path() + "#" + o.Name()
	}
	return text
}
