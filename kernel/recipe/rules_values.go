package recipe

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// newValue: new(42) points to 0.
func newValue(c *checker, n ast.Node, _ []ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || c.info.Uses[id] != types.Universe.Lookup("new") || c.info.Types[call.Args[0]].IsType() {
		return
	}
	c.report(call, "the interpreter's new knows types alone, and points to zero", "assign the value to a variable and take its address")
}

// quotient: a quotient of whole constants keeps its fraction where it becomes a
// float.
func quotient(c *checker, n ast.Node, _ []ast.Node) {
	e, ok := n.(*ast.BinaryExpr)
	if !ok || e.Op != token.QUO || c.info.Types[e].Value == nil {
		return
	}
	x, y := constant.ToInt(c.info.Types[e.X].Value), constant.ToInt(c.info.Types[e.Y].Value)
	if x.Kind() != constant.Int || y.Kind() != constant.Int {
		return
	}
	exact, cut := constant.BinaryOp(x, token.QUO, y), constant.BinaryOp(x, token.QUO_ASSIGN, y)
	basic, ok := underlying(c.info.TypeOf(e)).(*types.Basic)
	if ok && basic.Info()&types.IsInteger == 0 && constant.Compare(exact, token.NEQ, cut) && constant.Compare(c.info.Types[e].Value, token.EQL, cut) {
		c.report(e, "the interpreter does not cut off the fraction of "+types.ExprString(e)+", as Go does", "write the number that is meant")
	}
}

// parallelAssignment: with a constant, call or sign on its right side, some
// variables keep their old values.
func parallelAssignment(c *checker, n ast.Node, _ []ast.Node) {
	a, ok := n.(*ast.AssignStmt)
	if !ok || len(a.Rhs) < 2 {
		return
	}
	if a.Tok == token.DEFINE && !slices.ContainsFunc(a.Lhs, func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Name != "_" && c.info.Defs[id] == nil
	}) {
		return
	}
	constants := 0
	plain := true
	for _, e := range a.Rhs {
		if c.info.Types[e].Value != nil {
			constants++
		} else if !c.plain(e) {
			plain = false
		}
	}
	if !plain || constants > 0 && constants < len(a.Rhs) {
		c.report(a, "the interpreter mixes up assignments of several values at once", "write one assignment a line")
	}
}

// plain expressions are variables, parts of them, and sums of such.
func (c *checker) plain(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, variable := c.info.Uses[e].(*types.Var)
		return variable
	case *ast.SelectorExpr:
		return c.plain(e.X)
	case *ast.IndexExpr:
		return c.plain(e.X)
	case *ast.BinaryExpr:
		return c.info.Types[e].Value == nil
	}
	return false
}

// returnOfResults: named results are set one after the other, so what is
// returned may already have another's value.
func returnOfResults(c *checker, n ast.Node, above []ast.Node) {
	r, ok := n.(*ast.ReturnStmt)
	if !ok || len(r.Results) < 2 {
		return
	}
	results := c.results(above)
	for i, e := range r.Results {
		ast.Inspect(e, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && slices.Index(results, c.info.Uses[id]) >= 0 && slices.Index(results, c.info.Uses[id]) < i {
				c.report(id, "the interpreter has set "+id.Name+" to another result by then", "assign the results, one a line, and return without values")
			}
			return true
		})
	}
}

// results are the named results of the innermost function.
func (c *checker) results(above []ast.Node) (list []types.Object) {
	for i := len(above) - 1; i >= 0; i-- {
		var t *ast.FuncType
		switch f := above[i].(type) {
		case *ast.FuncLit:
			t = f.Type
		case *ast.FuncDecl:
			t = f.Type
		default:
			continue
		}
		if t.Results == nil {
			return nil
		}
		for _, field := range t.Results.List {
			for _, name := range field.Names {
				list = append(list, c.info.Defs[name])
			}
		}
		return list
	}
	return nil
}

// initialOrder reports variables of the package that Go would initialise in
// another order than they are written in, which is the interpreter's.
func (c *checker) initialOrder() {
	last := token.NoPos
	for _, init := range c.info.InitOrder {
		first := init.Lhs[0]
		if first.Pos() < last {
			c.findings = append(c.findings, Finding{c.fset.Position(first.Pos()), "the interpreter initialises " + first.Name() + " before what it needs", "declare it below, or set it in main"})
		}
		last = max(last, first.Pos())
		if len(init.Lhs) > 1 {
			c.findings = append(c.findings, Finding{c.fset.Position(first.Pos()), "the interpreter cannot initialise several variables from one call here", "do it in main"})
		}
	}
}
