package recipe

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// Methods that compiled code looks for on values that it is given as any.
var shown = []string{"String", "Error", "Format", "GoString", "MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText"}

// method is one of shown that the recipe gives t, or "".
func (c *checker) method(t types.Type) string {
	if t == nil || !c.own(t) || types.IsInterface(t) {
		return ""
	}
	if !pointer(t) {
		t = types.NewPointer(t)
	}
	for m := range types.NewMethodSet(t).Methods() {
		if slices.Contains(shown, m.Obj().Name()) {
			return m.Obj().Name()
		}
	}
	return ""
}

// hiddenMethods: a value with a String method that is kept as any is printed
// without it.
func hiddenMethods(c *checker, e ast.Expr, above []ast.Node) {
	name := c.method(c.info.TypeOf(e))
	if name == "" || c.info.Types[e].IsType() {
		return
	}
	if call, ok := above[len(above)-1].(*ast.CallExpr); ok && c.pkgOf(call) != c.pkg && !c.info.Types[call.Fun].IsType() {
		return // compiled code is shown the method
	}
	if t, ok := underlying(c.wanted(e, above)).(*types.Interface); ok && t.NumMethods() == 0 {
		c.report(e, "nothing will see the "+name+" method of this once it is kept as any", "call the method here, or keep the value as its own type")
	}
}

// pkgOf is the package of what a call calls; the recipe's own where that is
// unknown.
func (c *checker) pkgOf(call *ast.CallExpr) *types.Package {
	if o := c.callee(call); o != nil && o.Pkg() != nil {
		return o.Pkg()
	}
	return c.pkg
}

// printed: what fmt and log print of the recipe's own types.
func printed(c *checker, call *ast.CallExpr, _ []ast.Node) {
	if c.info.Types[call.Fun].IsType() {
		return
	}
	if p := c.pkgOf(call).Path(); p != "fmt" && p != "log" {
		return
	}
	name := c.callee(call).Name()
	first := 0
	if strings.HasPrefix(name, "F") && !strings.HasPrefix(name, "Fatal") {
		first = 1 // the writer
	}
	verbs := func(int) string { return "v" }
	if strings.HasSuffix(name, "f") && len(call.Args) > first {
		verbs = formatVerbs(c.info.Types[call.Args[first]].Value)
		first++
	}
	for i, arg := range call.Args[min(first, len(call.Args)):] {
		c.print(arg, verbs(i))
	}
}

// print reports an argument whose text, by verb, would be another.
func (c *checker) print(arg ast.Expr, verb string) {
	t := c.info.TypeOf(arg)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() == 1 {
		t = tuple.At(0).Type()
	}
	name := c.method(t)
	letter := verb[len(verb)-1:]
	switch {
	case letter == "T" && c.holds(t, c.ownType):
		c.report(arg, "the interpreter's types have no names", "write the name")
	case strings.Contains(verb, "#") && letter == "v" && c.holds(t, c.ownType):
		c.report(arg, "the interpreter's types have no names", "use %v")
	case name != "" && !strings.Contains("vsqw", letter):
		c.report(arg, "the interpreter prints something else here, because of the "+name+" method", "convert it to the type underneath")
	case name == "" && c.holds(t, func(t types.Type) bool { return c.method(t) != "" }):
		c.report(arg, "the interpreter's fmt does not see the String and Error methods inside of this", "print the parts one by one")
	case strings.Contains(verb, "+") && letter == "v" && c.holds(t, c.hasHiddenField):
		c.report(arg, "the interpreter gives lower-case fields other names", "print the fields one by one")
	}
}

func (c *checker) ownType(t types.Type) bool { return c.own(t) && !types.IsInterface(t) }

// hasHiddenField reports whether t is a struct of the recipe with a lower-case
// field.
func (c *checker) hasHiddenField(t types.Type) bool {
	s, ok := underlying(t).(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if !f.Exported() && f.Pkg() == c.pkg {
			return true
		}
	}
	return false
}

// holds reports whether t, or the type of anything in it, satisfies is.
func (c *checker) holds(t types.Type, is func(types.Type) bool) bool {
	seen := map[types.Type]bool{}
	var walk func(types.Type) bool
	walk = func(t types.Type) bool {
		if t == nil || seen[t] {
			return false
		}
		seen[t] = true
		if is(t) {
			return true
		}
		switch t := t.Underlying().(type) {
		case *types.Pointer:
			return walk(t.Elem())
		case *types.Slice:
			return walk(t.Elem())
		case *types.Array:
			return walk(t.Elem())
		case *types.Map:
			return walk(t.Key()) || walk(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if walk(f.Type()) {
					return true
				}
			}
		}
		return false
	}
	return walk(t)
}

var verb = regexp.MustCompile(`%([-+# 0]*)(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(.)`)

// formatVerbs says which verb, with its flags, prints the i-th argument. Where
// the format is unknown, or counts its arguments itself, that may be any.
func formatVerbs(format constant.Value) func(i int) string {
	anyVerb := func(int) string { return "#T" }
	if format == nil || format.Kind() != constant.String {
		return anyVerb
	}
	text := constant.StringVal(format)
	if strings.ContainsAny(text, "[*") {
		return anyVerb
	}
	var verbs []string
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] != "%" {
			verbs = append(verbs, m[1]+m[2])
		}
	}
	return func(i int) string {
		if i >= len(verbs) {
			return "v"
		}
		return verbs[i]
	}
}

// encoded: encoding/json sees lower-case fields, and no methods within.
func encoded(c *checker, call *ast.CallExpr, _ []ast.Node) {
	if c.pkgOf(call).Path() != "encoding/json" {
		return
	}
	for _, arg := range call.Args {
		t := c.info.TypeOf(arg)
		if c.holds(t, c.hasHiddenField) {
			c.report(arg, "the interpreter's encoding/json sees lower-case fields, too", "use a type without them")
		}
		if c.holds(t, func(t types.Type) bool { return c.method(t) != "" }) {
			c.report(arg, "encoding/json does not see the methods of interpreted types", "convert to a plain type first")
		}
	}
}

// hostInterface: an interpreted value cannot become part of a compiled struct, or
// one of any number of arguments of a compiled function, as an interface.
func hostInterface(c *checker, e ast.Expr, above []ast.Node) {
	if !c.own(c.info.TypeOf(e)) || c.info.Types[e].IsType() || types.IsInterface(c.info.TypeOf(e)) {
		return
	}
	t, ok := underlying(c.wanted(e, above)).(*types.Interface)
	if !ok || t.NumMethods() == 0 {
		return
	}
	refuse := func() {
		c.report(e, "the interpreter cannot hand this to compiled code as an interface", "convert it to the interface in a variable first, or use a type of the library")
	}
	parent := above[len(above)-1]
	if pair, ok := parent.(*ast.KeyValueExpr); ok && pair.Value == e {
		parent = above[len(above)-2]
	}
	switch p := parent.(type) {
	case *ast.CallExpr:
		f, ok := c.callee(p).(*types.Func)
		if ok && f.Pkg() != c.pkg && f.Signature().Variadic() && slices.Index(p.Args, e) >= f.Signature().Params().Len()-1 {
			refuse()
		}
	case *ast.CompositeLit:
		if named, ok := types.Unalias(c.info.TypeOf(p)).(*types.Named); ok && named.Obj().Pkg() != c.pkg {
			if _, ok := named.Underlying().(*types.Struct); ok {
				refuse()
			}
		}
	}
}
