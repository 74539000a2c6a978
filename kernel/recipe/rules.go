package recipe

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A rule looks at one node of a recipe and reports what the interpreter would
// get wrong there. Above are the nodes around it, outermost first.
type rule func(c *checker, n ast.Node, above []ast.Node)

// on is a rule for one kind of node.
func on[N ast.Node](check func(c *checker, n N, above []ast.Node)) rule {
	return func(c *checker, n ast.Node, above []ast.Node) {
		if n, ok := n.(N); ok {
			check(c, n, above)
		}
	}
}

// All but the first few are faults of yaegi v0.16.1, each found by a program in
// testdata that prints one thing compiled and another interpreted, hangs, or fails
// without a word on where. What yaegi itself refuses with a place needs no rule.
var rules = []rule{
	on(deniedName), on(pathTaker), on(pathMethod),
	loopVariable, on(rangeOver), on(breakInSelect), on(labelAcrossSelect),
	on(deferredValue), on(deferredClosure), on(goMethod),
	on(newValue), on(quotient), on(parallelAssignment), on(returnOfResults),
	on(inference), on(interfaceTarget), on(typeSwitchCase), on(methodValue), on(nilPointer),
	on(errorType), on(hiddenMethods), on(printed), on(encoded), on(hostInterface),
}

func (c *checker) apply(rules []rule) {
	c.changed = c.changes()
	ast.PreorderStack(c.file, nil, func(n ast.Node, above []ast.Node) bool {
		for _, r := range rules {
			r(c, n, above)
		}
		return true
	})
}

// deniedName reports names of an allowed package that interpreted code has not.
func deniedName(c *checker, sel *ast.SelectorExpr, _ []ast.Node) {
	base, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	pkg, ok := c.info.Uses[base].(*types.PkgName)
	if !ok || tables()[pkg.Imported().Path()][sel.Sel.Name] {
		return
	}
	c.report(sel, types.ExprString(sel)+" is not open to recipes", "see docs/recipes.md")
}

// pathTaker reports methods that make files in any folder, or change what paths mean:
// the fence guards functions.
func pathTaker(c *checker, sel *ast.SelectorExpr, _ []ast.Node) {
	rewrite := map[string]string{"tensors.Save": "write its Value in a form of your own",
		"os.Chdir": "write the folder into the path"}
	if o := c.info.Uses[sel.Sel]; o != nil && o.Pkg() != nil && rewrite[o.Pkg().Name()+"."+o.Name()] != "" {
		c.report(sel, types.ExprString(sel)+" is not open to recipes", rewrite[o.Pkg().Name()+"."+o.Name()])
	}
}

// pathMethod reports interfaces that could hide one of those methods.
func pathMethod(c *checker, i *ast.InterfaceType, _ []ast.Node) {
	for _, m := range i.Methods.List {
		if len(m.Names) > 0 && (m.Names[0].Name == "Save" || m.Names[0].Name == "Chdir") {
			c.report(m, "an interface with the method "+m.Names[0].Name+" is not open to recipes", "give the method another name")
		}
	}
}

// changes finds the variables that are assigned to after they were declared,
// wholly or in part, or whose address is taken.
func (c *checker) changes() map[types.Object]bool {
	changed := map[types.Object]bool{}
	mark := func(e ast.Expr) {
		if o := c.root(e); o != nil {
			changed[o] = true
		}
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); !ok || c.info.Defs[id] == nil {
					mark(left)
				}
			}
		case *ast.IncDecStmt:
			mark(n.X)
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && c.info.Defs[id] != nil {
					changed[c.info.Defs[id]] = true // by every round
				} else if e != nil {
					mark(e)
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				mark(n.X)
			}
		case *ast.SelectorExpr:
			if s := c.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && !pointer(s.Recv()) && pointer(s.Obj().(*types.Func).Signature().Recv().Type()) {
				mark(n.X)
			}
		}
		return true
	})
	return changed
}

// root is the variable that holds what e names, or nil: x for x, x.field,
// x[3] of an array; nothing behind a pointer, slice or map.
func (c *checker) root(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.info.ObjectOf(e).(*types.Var); ok {
			return v
		}
	case *ast.SelectorExpr:
		if !pointer(c.info.TypeOf(e.X)) {
			return c.root(e.X)
		}
	case *ast.IndexExpr:
		if _, ok := underlying(c.info.TypeOf(e.X)).(*types.Array); ok {
			return c.root(e.X)
		}
	case *ast.SliceExpr:
		return c.root(e.X)
	}
	return nil
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}

func pointer(t types.Type) bool { _, ok := underlying(t).(*types.Pointer); return ok }

// own reports whether t, or what it points to, is a type that the recipe declares.
func (c *checker) own(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == c.pkg.Path() // cells make a package each
}

// callee is what a call calls: a function, method or variable, or nil.
func (c *checker) callee(call *ast.CallExpr) types.Object {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return c.info.Uses[f]
	case *ast.SelectorExpr:
		return c.info.Uses[f.Sel]
	}
	return nil
}

// inLoop reports whether the innermost function around a node has a loop around
// the node.
func inLoop(above []ast.Node) bool {
	for i := len(above) - 1; i >= 0; i-- {
		switch above[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}
