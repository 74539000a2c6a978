package recipe

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// loopVariable: the rounds of a loop share its variables, as before Go 1.22.
func loopVariable(c *checker, n ast.Node, _ []ast.Node) {
	vars := map[types.Object]bool{}
	define := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && c.info.Defs[id] != nil {
			vars[c.info.Defs[id]] = true
		}
	}
	var body *ast.BlockStmt
	switch n := n.(type) {
	case *ast.RangeStmt:
		define(n.Key)
		define(n.Value)
		body = n.Body
	case *ast.ForStmt:
		if init, ok := n.Init.(*ast.AssignStmt); ok {
			for _, left := range init.Lhs {
				define(left)
			}
		}
		body = n.Body
	}
	if len(vars) == 0 {
		return
	}
	ast.PreorderStack(body, nil, func(n ast.Node, above []ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || !vars[c.info.Uses[id]] {
			return true
		}
		outlives := func(a ast.Node) bool {
			switch a := a.(type) {
			case *ast.FuncLit:
				return true
			case *ast.UnaryExpr:
				return a.Op == token.AND && c.root(a.X) == c.info.Uses[id]
			case *ast.SliceExpr:
				_, array := underlying(c.info.TypeOf(a.X)).(*types.Array)
				return array && c.root(a.X) == c.info.Uses[id]
			}
			return false
		}
		if slices.ContainsFunc(above, outlives) {
			c.report(id, "the rounds of the loop share "+id.Name+" when interpreted", fmt.Sprintf("copy it first, %s := %s, and use the copy", id.Name, id.Name))
		}
		return true
	})
}

// rangeOver: ranging over numbers and functions makes yaegi panic.
func rangeOver(c *checker, r *ast.RangeStmt, _ []ast.Node) {
	switch t := underlying(c.info.TypeOf(r.X)).(type) {
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			c.report(r, "the interpreter cannot range over a number", fmt.Sprintf("write for i := 0; i < %s; i++", types.ExprString(r.X)))
		}
	case *types.Signature:
		c.report(r, "the interpreter cannot range over a function", "call it, or range over a slice")
	}
}

// breakInSelect: a break that should end a select ends the loop around it, or
// the function.
func breakInSelect(c *checker, b *ast.BranchStmt, above []ast.Node) {
	if b.Tok != token.BREAK || b.Label != nil {
		return
	}
	for i := len(above) - 1; i >= 0; i-- {
		switch above[i].(type) {
		case *ast.SelectStmt:
			c.report(b, "the interpreter leaves more than the select at this break", "put what follows into an else")
			return
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.FuncLit:
			return
		}
	}
}

// labelAcrossSelect: a labelled break out of a select hangs.
func labelAcrossSelect(c *checker, b *ast.BranchStmt, above []ast.Node) {
	if b.Label == nil || b.Tok == token.GOTO {
		return
	}
	for i := len(above) - 1; i >= 0; i-- {
		switch a := above[i].(type) {
		case *ast.SelectStmt:
			c.report(b, fmt.Sprintf("the interpreter hangs at a %s out of a select", b.Tok), "put the loop into a function and return from it, or end it by a condition")
			return
		case *ast.LabeledStmt:
			if a.Label.Name == b.Label.Name {
				return
			}
		}
	}
}

// deferredValue: what a deferred call is given is looked at when it runs, not
// where it is deferred.
func deferredValue(c *checker, d *ast.DeferStmt, above []ast.Node) {
	loop := inLoop(above)
	late := func(e ast.Expr, what string) {
		if !c.stable(e, loop) {
			c.report(e, "the interpreter looks at this "+what+" when the deferred call runs, not here", "copy it to a variable that keeps its value, and defer func() { ... }()")
		}
	}
	for _, arg := range d.Call.Args {
		late(arg, "argument")
	}
	if sel := c.methodCall(d.Call); sel != nil {
		recv := c.info.Selections[sel].Obj().(*types.Func).Signature().Recv().Type()
		if pointer(recv) && !pointer(c.info.TypeOf(sel.X)) && !loop { // the address of a variable stays
			return
		}
		late(sel.X, "receiver")
	}
}

// stable reports whether an expression has the same value at any later time.
func (c *checker) stable(e ast.Expr, loop bool) bool {
	if c.info.Types[e].Value != nil || c.info.Types[e].IsNil() {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch o := c.info.Uses[e].(type) {
		case *types.Var:
			return !c.changed[o] && (!loop || o.Parent() == c.pkg.Scope())
		case *types.Func:
			return true
		}
	case *ast.SelectorExpr:
		if s := c.info.Selections[e]; s == nil { // a name of a package
			return true
		}
	case *ast.UnaryExpr:
		if id, ok := ast.Unparen(e.X).(*ast.Ident); ok && e.Op == token.AND && !loop {
			return c.info.Uses[id] != nil
		}
	}
	return false
}

// deferredClosure: a function variable called while deferred calls run waits for
// a lock that the function around it holds.
func deferredClosure(c *checker, d *ast.DeferStmt, _ []ast.Node) {
	for n := range ast.Preorder(d.Call) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		v, ok := c.callee(call).(*types.Var)
		if !ok {
			continue
		}
		if named, ok := v.Type().(*types.Named); ok && !c.own(named) { // as context.CancelFunc, which is compiled
			continue
		}
		c.report(call, fmt.Sprintf("the interpreter hangs when a deferred call calls the function variable %s", v.Name()), "declare it as a function, or call it before you return")
	}
}

// goMethod: a method of a value sees the value as it is when the goroutine runs.
func goMethod(c *checker, g *ast.GoStmt, above []ast.Node) {
	if sel := c.methodCall(g.Call); sel != nil && !c.stable(sel.X, inLoop(above)) {
		c.report(sel, "the interpreter looks at the receiver when the goroutine runs, not here", "write a function and give it the receiver as an argument")
	}
}

// methodCall is the method of a value that a call calls, or nil.
func (c *checker) methodCall(call *ast.CallExpr) *ast.SelectorExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if s := c.info.Selections[sel]; !ok || s == nil || s.Kind() != types.MethodVal {
		return nil
	}
	return sel
}

// namelessParams: a parameter without a name has no place of its own, and what comes
// next takes its values.
func namelessParams(c *checker, f *ast.FuncType, above []ast.Node) {
	switch above[len(above)-1].(type) {
	case *ast.FuncLit, *ast.FuncDecl:
		for _, p := range f.Params.List {
			if p.Names == nil {
				c.report(p, "the interpreter keeps no place for a parameter without a name", "call it _")
			}
		}
	}
}
