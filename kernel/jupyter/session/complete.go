package session

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/types/typeutil"
)

// IsComplete reports whether code can run, as complete, incomplete or invalid do,
// and how its next line is to be indented.
func IsComplete(code string) (status, indent string) {
	if _, ok := Question(code); ok {
		return "complete", ""
	}
	_, err := parseCell(token.NewFileSet(), 1, "cell 1", withoutPackage(code))
	var e *Error
	switch {
	case err == nil:
		return "complete", ""
	case errors.As(err, &e) && e.Incomplete:
		last := code[strings.LastIndexByte(strings.TrimRight(code, " \t\n"), '\n')+1:]
		indent = last[:len(last)-len(strings.TrimLeft(last, " \t"))]
		if strings.HasSuffix(strings.TrimSpace(last), "{") || strings.HasSuffix(strings.TrimSpace(last), "(") {
			indent += "\t"
		}
		return "incomplete", indent
	}
	return "invalid", ""
}

// Question is what a cell asks about, as in dreamlib.Dream? or ?ctx.
func Question(code string) (name string, ok bool) {
	code = strings.TrimSpace(code)
	name = strings.TrimSpace(strings.Trim(code, "?"))
	_, err := parser.ParseExpr(name)
	return name, err == nil && name != code && !strings.Contains(name, "\n")
}

// Completion is what may stand at a place.
type Completion struct {
	Names, Kinds []string
	From, To     int // bytes that a name replaces
}

// Complete finds what a name may go on with at a byte of the code.
func (s *Session) Complete(code string, cursor int) Completion {
	cursor = max(0, min(cursor, len(code)))
	before := code[:cursor]
	prefix := before[len(strings.TrimRightFunc(before, inName)):]
	c := Completion{From: cursor - len(prefix), To: cursor}
	s.mu.Lock()
	defer s.mu.Unlock()
	scope := s.scopeAt(code, cursor)
	base := strings.TrimSuffix(before[:c.From], ".")
	var all map[string]string
	if base != before[:c.From] {
		all = s.members(scope, operand(base))
	} else {
		all = s.visible(scope)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, prefix) {
			c.Names, c.Kinds = append(c.Names, name), append(c.Kinds, all[name])
		}
	}
	return c
}

// inName reports whether a character may be part of a name.
func inName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// operand is the expression that a text ends in: names, dots and what is in
// brackets after them.
func operand(text string) string {
	end := len(text)
	for end > 0 {
		name := len(strings.TrimRightFunc(text[:end], inName))
		switch open := opening(text[:end], "([{", ")]}"); {
		case open >= 0:
			end = open
		case text[end-1] == '.':
			end--
		case name == end:
			return text[end:]
		default:
			if end = name; end == 0 || text[end-1] != '.' {
				return text[end:]
			}
		}
	}
	return text[end:]
}

// opening is where the bracket begins that a text ends with, or -1.
func opening(text, open, closed string) int {
	if text == "" || !strings.Contains(closed, text[len(text)-1:]) {
		return -1
	}
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		if c := text[i : i+1]; strings.Contains(closed, c) {
			depth++
		} else if strings.Contains(open, c) {
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// scopeAt is a package with all names that code may use at a place: those of the
// session, and those that the lines before it define, where these make sense.
func (s *Session) scopeAt(code string, cursor int) *types.Package {
	names := s.names
	lines := code[:strings.LastIndexByte(code[:cursor], '\n')+1]
	if c, err := parseCell(s.fset, 0, "completion", lines); err == nil && strings.TrimSpace(lines) != "" {
		if k, err := s.check(c); err == nil {
			names = k.names
		}
	}
	pkg := types.NewPackage("main", "main")
	for _, o := range names.objects {
		pkg.Scope().Insert(o)
	}
	imports := maps.Clone(names.imports)
	for name, paths := range s.packages {
		if len(paths) == 1 && imports[name] == "" {
			imports[name] = paths[0]
		}
	}
	for name, importPath := range imports {
		if imported, err := s.packages.Import(importPath); err == nil {
			pkg.Scope().Insert(types.NewPkgName(token.NoPos, pkg, name, imported)) // unless there is one of that name
		}
	}
	return pkg
}

// members are what may stand after an expression and a dot.
func (s *Session) members(scope *types.Package, expression string) map[string]string {
	all := map[string]string{}
	if p, ok := scope.Scope().Lookup(expression).(*types.PkgName); ok {
		for _, name := range p.Imported().Scope().Names() {
			all[name] = kind(p.Imported().Scope().Lookup(name))
		}
		return all
	}
	t := s.typeOf(scope, expression)
	if t == nil {
		return all
	}
	addMembers(all, t, 0)
	return all
}

// addMembers adds a type's fields and methods, and those of what it embeds.
func addMembers(all map[string]string, t types.Type, depth int) {
	for _, method := range typeutil.IntuitiveMethodSet(t, nil) {
		if o := method.Obj(); o.Exported() || o.Pkg().Path() == "main" {
			all[o.Name()] = "function"
		}
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if f.Exported() || f.Pkg() != nil && f.Pkg().Path() == "main" {
			all[f.Name()] = "instance"
		}
		if f.Embedded() {
			addMembers(all, f.Type(), depth+1)
		}
	}
}

// typeOf is an expression's type, or nil.
func (s *Session) typeOf(scope *types.Package, expression string) types.Type {
	e, err := parser.ParseExpr(expression)
	if err != nil {
		return nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if types.CheckExpr(token.NewFileSet(), scope, token.NoPos, e, info) != nil {
		return nil
	}
	return info.Types[e].Type
}

// visible are the names that may begin an expression or a statement.
func (s *Session) visible(scope *types.Package) map[string]string {
	all := map[string]string{}
	for t := token.BREAK; t <= token.VAR; t++ {
		all[t.String()] = "keyword"
	}
	for _, from := range []*types.Scope{types.Universe, scope.Scope()} {
		for _, name := range from.Names() {
			all[name] = kind(from.Lookup(name))
		}
	}
	return all
}

// kind is an object's kind in Jupyter's words.
func kind(o types.Object) string {
	switch o.(type) {
	case *types.Func, *types.Builtin:
		return "function"
	case *types.TypeName:
		return "class"
	case *types.PkgName:
		return "module"
	}
	return "instance"
}
