package recipe

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// newValue: new(42) points to 0.
func newValue(c *checker, call *ast.CallExpr, _ []ast.Node) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || c.info.Uses[id] != types.Universe.Lookup("new") || c.info.Types[call.Args[0]].IsType() {
		return
	}
	c.report(call, "the interpreter's new knows types alone, and points to zero", "assign the value to a variable and take its address")
}

// quotient: a quotient of whole constants keeps its fraction where it becomes a
// float.
func quotient(c *checker, e *ast.BinaryExpr, _ []ast.Node) {
	if e.Op != token.QUO || c.info.Types[e].Value == nil {
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
func parallelAssignment(c *checker, a *ast.AssignStmt, _ []ast.Node) {
	if len(a.Rhs) < 2 {
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
func returnOfResults(c *checker, r *ast.ReturnStmt, above []ast.Node) {
	if len(r.Results) < 2 {
		return
	}
	results := slices.Collect(c.function(above).Results().Variables())
	for i, e := range r.Results {
		for n := range ast.Preorder(e) {
			if id, ok := n.(*ast.Ident); ok {
				if v, ok := c.info.Uses[id].(*types.Var); ok && slices.Contains(results[:i], v) {
					c.report(id, "the interpreter has set "+id.Name+" to another result by then", "assign the results, one a line, and return without values")
				}
			}
		}
	}
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
