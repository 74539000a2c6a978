package session

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
)

// source is what go/types checks: the cell, with its variables as package variables and
// its other statements in a function, and the earlier declarations to compile again.
func (k *checked) source(p packages, made map[string]bool) error {
	var decls []ast.Decl
	var rest []ast.Stmt
	for i, s := range k.cell.statements {
		if hoisted(s) != nil {
			continue
		}
		d, others := global(s, k.defines[s])
		if d != nil {
			decls = append(decls, d)
		}
		if others != nil {
			rest = append(rest, others)
		}
		if e, ok := s.(*ast.ExprStmt); ok && i == len(k.cell.statements)-1 {
			k.last = e.X
		}
	}
	at := k.cell.start
	decls = append(decls, &ast.FuncDecl{Name: &ast.Ident{Name: "_", NamePos: at}, Type: &ast.FuncType{Func: at, Params: &ast.FieldList{}}, Body: &ast.BlockStmt{Lbrace: at, List: rest, Rbrace: at}})
	for _, d := range k.decls {
		if d.cell == k.cell {
			decls = append(decls, d.node)
		}
	}
	k.imports = k.imported(p, decls, made)
	for _, d := range k.decls {
		if d.cell == k.cell {
			continue
		}
		decls = append(decls, d.node)
		for name, importPath := range d.imports {
			if known, ok := k.imports[name]; ok && known != importPath {
				return &Error{Name: "ImportError", Cell: k.cell.number, Text: fmt.Sprintf("%s is %s here and %s in cell %d, which is made again: give one of them another name", name, known, importPath, d.cell.number)}
			}
			k.imports[name] = importPath
		}
	}
	k.file = file(at, k.imports, decls)
	return nil
}

// file wraps declarations, with imports that stand nowhere in the text.
func file(at token.Pos, imports map[string]string, decls []ast.Decl) *ast.File {
	f := &ast.File{Package: at, Name: &ast.Ident{Name: "main", NamePos: at}, FileStart: at, FileEnd: at}
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		spec := &ast.ImportSpec{Name: &ast.Ident{Name: name, NamePos: at}, Path: &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(imports[name])}}
		f.Imports = append(f.Imports, spec)
		f.Decls = append(f.Decls, &ast.GenDecl{TokPos: at, Tok: token.IMPORT, Specs: []ast.Spec{spec}})
	}
	f.Decls = append(f.Decls, decls...)
	return f
}

// global makes a declaration outside of functions of a statement that defines
// the variables in ids. What else it does remains as a statement.
func global(s ast.Stmt, ids []*ast.Ident) (ast.Decl, ast.Stmt) {
	if d, ok := s.(*ast.DeclStmt); ok {
		return d.Decl, nil
	}
	a, ok := s.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return nil, s
	}
	spec := &ast.ValueSpec{Values: a.Rhs}
	sets := &ast.AssignStmt{TokPos: a.TokPos, Tok: token.ASSIGN, Rhs: a.Rhs}
	others := false
	for _, e := range a.Lhs {
		id := e.(*ast.Ident)
		blank := &ast.Ident{NamePos: id.NamePos, Name: "_"}
		if slices.Contains(ids, id) || id.Name == "_" {
			spec.Names, sets.Lhs = append(spec.Names, id), append(sets.Lhs, blank)
			continue
		}
		others = true
		spec.Names, sets.Lhs = append(spec.Names, blank), append(sets.Lhs, id)
	}
	d := &ast.GenDecl{TokPos: a.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}
	switch {
	case len(ids) == 0:
		return nil, sets
	case others:
		return d, sets
	}
	return d, nil
}

// imported finds which packages the declarations use. A name that several packages have
// refers to none of them until the cell imports one.
func (k *checked) imported(p packages, decls []ast.Decl, made map[string]bool) map[string]string {
	used := map[string]string{}
	for _, d := range decls {
		for n := range ast.Preorder(d) {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			id, ok := sel.X.(*ast.Ident)
			if !ok || made[id.Name] {
				continue
			}
			importPath, ok := k.names.imports[id.Name]
			if paths := p[id.Name]; !ok && len(paths) == 1 && k.names.objects[id.Name] == nil {
				importPath, ok = paths[0], true
			}
			if ok {
				used[id.Name] = importPath
			}
		}
	}
	return used
}
