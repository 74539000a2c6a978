package session

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/seed2310110f/godream/kernel/recipe"
)

// A checked cell has passed go/types and only has to be written for the interpreter.
type checked struct {
	cell    *cell
	decls   []*decl // to be made: the cell's own, and those that depend on them
	defines map[ast.Stmt][]*ast.Ident
	fresh   map[string]*types.Var // variables whose storage is new
	names   *names                // as they will be after the cell
	info    *types.Info
	pkg     *types.Package
	file    *ast.File // the cell as go/types sees it
	imports map[string]string
	last    ast.Expr // the expression to be shown, or nil
	lost    []string // what no longer fits, in words
}

// check finds the types of everything in a cell.
func (s *Session) check(c *cell) (*checked, error) {
	k := &checked{cell: c, names: s.names.clone(), defines: map[ast.Stmt][]*ast.Ident{}, fresh: map[string]*types.Var{}}
	if err := k.addImports(s.packages); err != nil {
		return nil, err
	}
	own, err := k.addOwn(s.names)
	if err != nil {
		return nil, err
	}
	// The first pass finds which variables change their type, the second checks all that
	// depends on them.
	if err := k.types(s, own); err != nil {
		return nil, k.fault(s, err)
	}
	changed := map[string]bool{}
	for _, d := range k.decls {
		d.markIn(changed)
	}
	for name := range k.variables() {
		old := s.names.variables[name]
		if old == nil || !types.Identical(old.object.Type(), k.pkg.Scope().Lookup(name).Type()) {
			changed[name] = true
		}
	}
	again := k.dependents(s.names, changed, own)
	k.decls = append(k.decls, again...)
	for len(again) > 0 {
		err := k.types(s, own)
		if err == nil {
			break
		}
		if !k.giveUp(s, err) {
			return nil, k.fault(s, err)
		}
	}
	if err := k.order(s.names); err != nil {
		return nil, err
	}
	if found := recipe.Vet(s.fset, k.file, k.pkg, k.info); len(found) > 0 {
		f := found[0]
		e := &Error{Name: "InterpreterError", Text: f.Problem + ": " + f.Rewrite, Cell: c.number, Line: f.Pos.Line, Column: f.Pos.Column}
		e.show(c.code)
		return nil, e
	}
	k.settle(s, own)
	return k, nil
}

// dependents finds the earlier declarations to compile again when names have changed:
// whatever refers to them, types that get a method, and the methods of types that change.
// It drops variables whose type changes, since their values have the former type.
func (k *checked) dependents(before *names, changed, own map[string]bool) (list []*decl) {
	seen := map[*decl]bool{}
	for again := true; again; {
		again = false
		for _, key := range slices.Sorted(maps.Keys(before.decls)) {
			d := before.decls[key]
			if seen[d] || slices.ContainsFunc(d.names, func(name string) bool { return own[name] }) || !d.depends(key, changed) {
				continue
			}
			seen[d], again = true, true
			list = append(list, d)
			d.markIn(changed)
		}
		for _, name := range slices.Sorted(maps.Keys(k.names.variables)) {
			v := k.names.variables[name]
			if !own[name] && mentions(v.object.Type(), changed) {
				k.names.forget(name)
				k.lost = append(k.lost, fmt.Sprintf("%s (cell %d) is gone: its type is a new one", name, v.cell))
				changed[name], again = true, true
			}
		}
	}
	return list
}

// giveUp drops the declaration that a type error lies in, if an earlier cell made it.
func (k *checked) giveUp(s *Session, err error) bool {
	var e types.Error
	if !errors.As(err, &e) {
		return false
	}
	for i, d := range k.decls {
		if d.cell != k.cell && e.Pos >= d.node.Pos() && e.Pos < d.node.End() {
			k.decls = slices.Delete(k.decls, i, i+1)
			for _, name := range d.names {
				k.names.forget(name)
			}
			k.lost = append(k.lost, fmt.Sprintf("%s (cell %d, line %d) is gone, it no longer fits: %s", d.names[0], d.cell.number, s.fset.Position(e.Pos).Line, e.Msg))
			return true
		}
	}
	return false
}

// fault converts an error of go/types, with its position in the cell.
func (k *checked) fault(s *Session, err error) error {
	var e types.Error
	if !errors.As(err, &e) {
		return err
	}
	in := k.cell
	for _, d := range k.decls {
		if e.Pos >= d.node.Pos() && e.Pos < d.node.End() {
			in = d.cell
		}
	}
	text := e.Msg
	if name, ok := strings.CutPrefix(text, "undefined: "); ok {
		if paths := s.packages[name]; len(paths) > 1 {
			text += ": it may be " + strings.Join(paths, " or ") + ": import the one that you mean"
		}
	}
	return in.fault("TypeError", text, e.Pos)
}

// order reports uses of a variable above the line that defines it, as Go does within
// functions. A variable of an earlier cell, of the same type, may be used anywhere.
func (k *checked) order(before *names) error {
	defined := map[types.Object]bool{}
	for _, s := range k.cell.statements {
		var early *ast.Ident
		ast.Inspect(s, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				return false // it runs later
			}
			id, ok := n.(*ast.Ident)
			if !ok || early != nil {
				return true
			}
			o, ok := k.info.Uses[id].(*types.Var)
			if !ok || o.Parent() != k.pkg.Scope() || o.Pkg() != k.pkg || defined[o] {
				return true
			}
			if old := before.variables[id.Name]; old == nil || !types.Identical(old.object.Type(), o.Type()) {
				early = id
			}
			return true
		})
		if early != nil {
			return k.cell.fault("TypeError", early.Name+" is used before the line that defines it", early.Pos())
		}
		for _, id := range k.defines[s] {
			defined[k.info.Defs[id]] = true
		}
	}
	return nil
}

// settle records what each name refers to after the cell.
func (k *checked) settle(s *Session, own map[string]bool) {
	for name := range own {
		k.names.forget(name)
	}
	for _, d := range k.decls {
		d.uses, d.imports = k.uses(d.node)
		for _, name := range d.names {
			if name == "init" || name == "_" {
				continue
			}
			k.names.decls[name] = d
			if d.base == "" {
				o := k.pkg.Scope().Lookup(name)
				k.names.objects[name], k.names.aliases[o] = o, s.alias(name)
			}
		}
	}
	for name := range k.variables() {
		o := k.pkg.Scope().Lookup(name).(*types.Var)
		if old := s.names.variables[name]; old != nil && types.Identical(old.object.Type(), o.Type()) {
			k.names.aliases[o] = s.names.aliases[old.object]
		} else {
			k.names.aliases[o] = s.alias(name)
			k.fresh[name] = o
		}
		k.names.objects[name] = o
		k.names.variables[name] = &variable{object: o, cell: k.cell.number}
	}
	maps.Copy(k.names.imports, k.imports)
}

// uses are the session's names and the packages that a declaration refers to.
func (k *checked) uses(n ast.Node) (own map[string]bool, imports map[string]string) {
	own, imports = map[string]bool{}, map[string]string{}
	for n := range ast.Preorder(n) {
		if id, ok := n.(*ast.Ident); ok {
			switch o := k.info.Uses[id].(type) {
			case nil:
			case *types.PkgName:
				imports[id.Name] = o.Imported().Path()
			default:
				if ofSession(o) {
					own[id.Name] = true
				}
			}
		}
	}
	return own, imports
}

// ofSession reports whether a name is one that cells declare outside of functions.
func ofSession(o types.Object) bool {
	return o.Pkg() != nil && o.Pkg().Path() == "main" && o.Parent() == o.Pkg().Scope()
}

// types runs go/types over the cell and the earlier declarations to compile again.
func (k *checked) types(s *Session, own map[string]bool) error {
	k.pkg = types.NewPackage("main", "main")
	made := maps.Clone(own)
	for _, d := range k.decls {
		for _, name := range d.names {
			made[name] = true
		}
	}
	for name, o := range k.names.objects {
		if !made[name] {
			k.pkg.Scope().Insert(o)
		}
	}
	k.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}}
	var faults []error
	conf := types.Config{Importer: s.packages, Error: func(err error) {
		if !k.harmless(err) {
			faults = append(faults, err)
		}
	}}
	if err := k.source(s.packages, made); err != nil {
		return err
	}
	_ = types.NewChecker(&conf, s.fset, k.pkg, k.info).Files([]*ast.File{k.file}) // faults has them all
	for name := range k.variables() {
		if len(faults) == 0 && k.pkg.Scope().Lookup(name).Type() == types.Typ[types.Invalid] {
			faults = append(faults, types.Error{Fset: s.fset, Pos: k.pkg.Scope().Lookup(name).Pos(), Msg: name + " depends on itself"})
		}
	}
	if len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// harmless are errors of go/types that do not matter in a cell.
func (k *checked) harmless(err error) bool {
	var e types.Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case strings.HasPrefix(e.Msg, "initialization cycle"), strings.HasPrefix(e.Msg, "\t"):
		return true // variables are set when their line runs
	case strings.HasSuffix(e.Msg, "imported and not used"), strings.Contains(e.Msg, "imported as"):
		return true
	case k.last != nil && strings.HasSuffix(e.Msg, "is not used"):
		return e.Pos >= k.last.Pos() && e.Pos < k.last.End()
	}
	return false
}

// fault is an error at a position of the cell.
func (c *cell) fault(name, text string, at token.Pos) error {
	p := c.fset.Position(at)
	e := &Error{Name: name, Text: text, Cell: c.number, Line: p.Line, Column: p.Column}
	e.show(c.code)
	return e
}
