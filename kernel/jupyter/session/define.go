package session

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
)

// addImports adds the packages that the cell imports.
func (k *checked) addImports(p packages) error {
	for _, spec := range k.cell.imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return k.cell.mistake("import: "+err.Error(), k.cell.offset(spec.Pos()))
		}
		pkg, err := p.Import(importPath)
		if err != nil {
			return k.cell.fault("ImportError", err.Error(), spec.Pos())
		}
		name := pkg.Name()
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case "_":
		case ".":
			return k.cell.fault("ImportError", "a cell cannot import a package's names as its own: write import "+spec.Path.Value, spec.Pos())
		default:
			k.names.forget(name)
			k.names.imports[name] = importPath
		}
	}
	return nil
}

// addOwn finds what the cell declares, and skips declarations whose text has not changed.
func (k *checked) addOwn(before *names) (own map[string]bool, err error) {
	own = map[string]bool{}
	first := map[string]ast.Node{}
	define := func(name string, n ast.Node) error {
		if old := first[name]; old != nil && name != "_" && name != "init" {
			return k.cell.fault("TypeError", fmt.Sprintf("%s redeclared: it is in line %d already", name, k.cell.fset.Position(old.Pos()).Line), n.Pos())
		}
		first[name] = n
		own[name] = true
		return nil
	}
	decls := k.cell.declare()
	for _, d := range decls {
		for _, name := range d.names {
			if err := define(name, d.node); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range k.cell.statements {
		if err := k.addVariables(s, define, own); err != nil {
			return nil, err
		}
	}
	for _, d := range decls {
		if t := before.decls[d.base]; t != nil && !own[d.base] { // a type that gets a method is made again
			own[d.base] = true
			k.decls = append(k.decls, t)
		}
	}
	edited := map[string]bool{} // a type is edited with any of its methods
	for _, d := range decls {
		if old := before.decls[d.names[0]]; old == nil || old.text() != d.text() {
			edited[cmp.Or(d.base, d.names[0])] = true
		}
	}
	for _, d := range decls {
		if edited[cmp.Or(d.base, d.names[0])] {
			k.decls = append(k.decls, d)
			continue
		}
		for _, name := range d.names { // unchanged: what cells before made stays
			delete(own, name)
		}
	}
	for name := range own {
		delete(k.names.imports, name)
	}
	return own, nil
}

// addVariables finds the variables that a statement of the cell defines.
func (k *checked) addVariables(s ast.Stmt, define func(string, ast.Node) error, own map[string]bool) error {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return nil
		}
		fresh := 0
		for _, e := range s.Lhs {
			id, ok := e.(*ast.Ident)
			if !ok {
				return k.cell.fault("TypeError", "want a name on the left of :=", e.Pos())
			}
			if id.Name == "_" || own[id.Name] {
				continue
			}
			fresh++
			if k.names.variables[id.Name] != nil && mentioned(s.Rhs, id.Name) {
				continue // x := f(x) sets the x of cells before
			}
			k.defines[s] = append(k.defines[s], id)
			if err := define(id.Name, id); err != nil {
				return err
			}
		}
		if fresh == 0 {
			return k.cell.fault("TypeError", "no new variables on the left of :=", s.TokPos)
		}
	case *ast.DeclStmt:
		g := s.Decl.(*ast.GenDecl)
		if g.Tok != token.VAR {
			return nil
		}
		for _, spec := range g.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				k.defines[s] = append(k.defines[s], id)
				if err := define(id.Name, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mentioned reports whether a name occurs in expressions.
func mentioned(list []ast.Expr, name string) bool {
	for _, e := range list {
		for n := range ast.Preorder(e) {
			if id, ok := n.(*ast.Ident); ok && id.Name == name {
				return true
			}
		}
	}
	return false
}

// variables are the names that the cell's statements define.
func (k *checked) variables() map[string]bool {
	list := map[string]bool{}
	for _, ids := range k.defines {
		for _, id := range ids {
			if id.Name != "_" {
				list[id.Name] = true
			}
		}
	}
	return list
}
