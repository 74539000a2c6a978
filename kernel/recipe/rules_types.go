package recipe

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
)

const concrete = "compare with concrete types, or give the types a method and call it through an interface"

// inference: type arguments are inferred wrongly from several parameters and
// constants: add(1, 2.5) is 3.
func inference(c *checker, id *ast.Ident, above []ast.Node) {
	if len(above) == 0 {
		return
	}
	f, ok := c.info.Uses[id].(*types.Func)
	instance, instantiated := c.info.Instances[id]
	if !ok || !instantiated || f.Pkg() != c.pkg {
		return
	}
	given := 0
	switch above := above[len(above)-1].(type) {
	case *ast.IndexExpr:
		given = 1
	case *ast.IndexListExpr:
		given = len(above.Indices)
	}
	if given < instance.TypeArgs.Len() {
		var list string
		for t := range instance.TypeArgs.Types() {
			list += ", " + types.TypeString(t, types.RelativeTo(c.pkg))
		}
		c.report(id, "the interpreter is bad at inferring type arguments", fmt.Sprintf("write %s[%s]", id.Name, list[2:]))
	}
}

// interfaceTarget: what x.(T) finds is wrong for interfaces, and for a recipe's
// own types in interfaces that it did not declare.
func interfaceTarget(c *checker, a *ast.TypeAssertExpr, _ []ast.Node) {
	if a.Type == nil { // the switch's own x.(type)
		return
	}
	c.target(a.Type, c.info.TypeOf(a.X))
}

// typeSwitchCase is interfaceTarget for the cases of a type switch.
func typeSwitchCase(c *checker, s *ast.TypeSwitchStmt, _ []ast.Node) {
	var x ast.Expr
	switch assign := s.Assign.(type) {
	case *ast.ExprStmt:
		x = assign.X.(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = assign.Rhs[0].(*ast.TypeAssertExpr).X
	}
	for _, clause := range s.Body.List {
		list := clause.(*ast.CaseClause).List
		for _, e := range list {
			if c.info.Types[e].IsNil() {
				if c.own(c.info.TypeOf(x)) {
					c.report(e, "the interpreter misses nil in this switch", "compare with nil before it")
				}
				continue
			}
			c.target(e, c.info.TypeOf(x))
			if len(list) > 1 && holdsInterface(c.info.TypeOf(e)) {
				c.report(e, "the interpreter misses "+types.ExprString(e)+" among several types of one case", "give it a case of its own")
			}
		}
	}
}

// target reports a type that an assertion from an interface of type from is
// wrong about.
func (c *checker) target(e ast.Expr, from types.Type) {
	t := c.info.TypeOf(e)
	switch {
	case types.IsInterface(t):
		c.report(e, "the interpreter does not see which interfaces a value satisfies", concrete)
	case c.own(t) && !c.own(from):
		c.report(e, "the interpreter does not find the recipe's own types behind "+types.TypeString(from, types.RelativeTo(c.pkg)), "declare an interface with a method that the type has, and keep it as that")
	case !c.own(from):
		for _, name := range c.pkg.Scope().Names() {
			if o, ok := c.pkg.Scope().Lookup(name).(*types.TypeName); ok && !o.IsAlias() && types.Identical(o.Type().Underlying(), t) {
				c.report(e, fmt.Sprintf("the interpreter takes a %s for %s here", name, types.ExprString(e)), "keep them apart in another way")
			}
		}
	}
}

// holdsInterface reports whether t is a list or map of interfaces.
func holdsInterface(t types.Type) bool {
	switch t := underlying(t).(type) {
	case *types.Slice:
		return types.IsInterface(t.Elem()) || holdsInterface(t.Elem())
	case *types.Map:
		return types.IsInterface(t.Elem()) || holdsInterface(t.Elem())
	}
	return false
}

// methodValue: a method that is not called at once keeps no copy of its value,
// and as a function of its receiver it cannot be called at all.
func methodValue(c *checker, sel *ast.SelectorExpr, above []ast.Node) {
	if c.info.Selections[sel] == nil {
		return
	}
	s := c.info.Selections[sel]
	switch {
	case s.Kind() == types.MethodExpr && c.own(s.Recv()):
		c.report(sel, "the interpreter cannot make a function of the method "+types.ExprString(sel), "write a function that calls it")
	case s.Kind() == types.MethodVal && c.own(s.Recv()):
		if call, ok := above[len(above)-1].(*ast.CallExpr); ok && call.Fun == sel {
			return
		}
		if o := c.root(sel.X); o == nil || c.changed[o] {
			c.report(sel, "the interpreter looks at the receiver when this method is called, not here", "write a function literal that calls it on a copy")
		}
	}
}

// nilPointer: a nil pointer in an interface is taken for a nil interface.
func nilPointer(c *checker, spec *ast.ValueSpec, _ []ast.Node) {
	if len(spec.Values) > 0 {
		return
	}
	for _, name := range spec.Names {
		v := c.info.Defs[name]
		if v == nil || !pointer(v.Type()) {
			continue
		}
		ast.PreorderStack(c.file, nil, func(n ast.Node, above []ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] == v && types.IsInterface(underlying(c.wanted(id, above))) {
				c.report(id, "the interpreter takes an interface that holds a nil pointer for nil", "use nil itself where there is no value")
			}
			return true
		})
	}
}

// wanted is the type that the place of e wants, or nil where it makes no
// difference.
func (c *checker) wanted(e ast.Expr, above []ast.Node) types.Type {
	if len(above) == 0 {
		return nil
	}
	switch n := above[len(above)-1].(type) {
	case *ast.ParenExpr:
		return c.wanted(n, above[:len(above)-1])
	case *ast.AssignStmt:
		if i := slices.Index(n.Rhs, e); i >= 0 && len(n.Lhs) == len(n.Rhs) {
			return c.info.TypeOf(n.Lhs[i])
		}
	case *ast.ValueSpec:
		if slices.Contains(n.Values, e) && n.Type != nil {
			return c.info.TypeOf(n.Type)
		}
	case *ast.SendStmt:
		if t, ok := underlying(c.info.TypeOf(n.Chan)).(*types.Chan); ok && n.Value == e {
			return t.Elem()
		}
	case *ast.ReturnStmt:
		if f := c.function(above); f != nil && f.Results().Len() == len(n.Results) {
			return f.Results().At(slices.Index(n.Results, e)).Type()
		}
	case *ast.CallExpr:
		return c.parameter(n, e)
	case *ast.KeyValueExpr:
		if lit, ok := above[max(len(above)-2, 0)].(*ast.CompositeLit); ok {
			return c.element(lit, n, e)
		}
	case *ast.CompositeLit:
		return c.element(n, nil, e)
	}
	return nil
}

// function is the signature of the innermost function.
func (c *checker) function(above []ast.Node) *types.Signature {
	for i := len(above) - 1; i >= 0; i-- {
		switch f := above[i].(type) {
		case *ast.FuncLit:
			return c.info.TypeOf(f).(*types.Signature)
		case *ast.FuncDecl:
			return c.info.Defs[f.Name].(*types.Func).Signature()
		}
	}
	return nil
}

// parameter is the type of the parameter that takes e, or what a conversion
// converts it to.
func (c *checker) parameter(call *ast.CallExpr, e ast.Expr) types.Type {
	i := slices.Index(call.Args, e)
	if i < 0 {
		return nil
	}
	if c.info.Types[call.Fun].IsType() {
		return c.info.TypeOf(call.Fun)
	}
	f, ok := underlying(c.info.TypeOf(call.Fun)).(*types.Signature)
	if !ok {
		return nil
	}
	if last := f.Params().Len() - 1; f.Variadic() && i >= last {
		if s, ok := f.Params().At(last).Type().(*types.Slice); ok && !call.Ellipsis.IsValid() {
			return s.Elem()
		}
		return nil
	}
	return f.Params().At(i).Type()
}

// element is the type of the element of lit that e, or the pair that it is part
// of, sets.
func (c *checker) element(lit *ast.CompositeLit, pair *ast.KeyValueExpr, e ast.Expr) types.Type {
	t := underlying(c.info.TypeOf(lit))
	if p, ok := t.(*types.Pointer); ok {
		t = underlying(p.Elem())
	}
	switch t := t.(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		if pair != nil && pair.Key == e {
			return t.Key()
		}
		return t.Elem()
	case *types.Struct:
		if pair == nil {
			return t.Field(slices.Index(lit.Elts, e)).Type()
		}
		if id, ok := pair.Key.(*ast.Ident); ok && pair.Value == e && c.info.Uses[id] != nil {
			return c.info.Uses[id].Type()
		}
	}
	return nil
}

// errorType: nothing compiled sees what kind of error an interpreted one is.
func errorType(c *checker, f *ast.FuncDecl, _ []ast.Node) {
	if f.Recv != nil && f.Name.Name == "Error" && f.Type.Params.NumFields() == 0 && f.Type.Results.NumFields() == 1 {
		c.report(f.Name, "errors.As, errors.Is and type assertions do not see an interpreted type of error", `use errors.New, and fmt.Errorf with %w`)
	}
}
