package session

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The package by which the interpreted program calls the host.
const (
	hostPath = "godream/kernel/host"
	hostName = "hostꞏ"
	lineStep = 1 << 20

	outputType = "github.com/seed2310110f/godream/kernel/display.Output"
)

// program is a checked cell as text for the interpreter: a file whose init function runs
// the statements. Its line directives give each line its number in the cell.
func (k *checked) program() (string, error) {
	var vars, body strings.Builder
	imports := maps.Clone(k.imports)
	for _, name := range slices.Sorted(maps.Keys(k.fresh)) {
		text, err := k.typeText(k.fresh[name], imports)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&vars, "var %s %s\n", k.names.aliases[k.fresh[name]], text)
	}
	var inits []string
	for _, d := range k.decls {
		e := k.editor(d.cell)
		if f, ok := d.node.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			inits = append(inits, alias("init", len(inits)))
			e.replace(f.Name.Pos(), f.Name.End(), inits[len(inits)-1])
		}
		if g, ok := d.node.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			vars.WriteString("type ")
		}
		vars.WriteString(e.edited(d.node) + "\n")
	}
	for i, s := range k.cell.statements {
		body.WriteString(k.statement(s, i == len(k.cell.statements)-1))
	}
	for _, name := range inits {
		body.WriteString(name + "()\n")
	}
	if o := k.names.objects["main"]; o != nil && o.Pkg() == k.pkg {
		body.WriteString(k.names.aliases[o] + "()\n")
	}
	var text strings.Builder
	text.WriteString("package main\nimport " + hostName + " \"" + hostPath + "\"\n")
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&text, "import %s %q\n", name, imports[name])
	}
	return text.String() + vars.String() + "func init() {\n" + body.String() + "\n}\n", nil
}

// hiddenType matches a package's type that other packages cannot name.
var hiddenType = regexp.MustCompile(`[\pL\pN_]\.[\p{Ll}_]`)

// typeText is a variable's type as the interpreter is to read it. Packages that
// it names are added to imports.
func (k *checked) typeText(v *types.Var, imports map[string]string) (string, error) {
	text := types.TypeString(v.Type(), func(p *types.Package) string {
		if p.Path() == "main" {
			return "main"
		}
		for name, importPath := range imports {
			if importPath == p.Path() {
				return name
			}
		}
		name := p.Name()
		for n := 1; imports[name] != ""; n++ {
			name = alias(p.Name(), n)
		}
		imports[name] = p.Path()
		return name
	})
	wrong := ""
	text = sessionType.ReplaceAllStringFunc(text, func(name string) string {
		o := k.names.objects[strings.TrimPrefix(name, "main.")]
		if o == nil {
			wrong = "which a function declares for itself"
		}
		return k.names.aliases[o]
	})
	if hiddenType.MatchString(text) {
		wrong = "which its package keeps to itself"
	}
	if wrong != "" {
		return "", k.cell.fault("TypeError", fmt.Sprintf("%s would be of type %s, %s: a variable that lasts needs a type that can be written", v.Name(), v.Type(), wrong), v.Pos())
	}
	return text, nil
}

// statement is one of the cell's statements as the interpreter is to run it.
func (k *checked) statement(s ast.Stmt, last bool) string {
	if hoisted(s) != nil {
		return ""
	}
	e := k.editor(k.cell)
	mark := e.mark(s.Pos())
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			e.replace(s.TokPos, s.TokPos+2, "=")
		}
		return mark + e.edited(s) + "\n" + k.unseen(s)
	case *ast.DeclStmt:
		var sets strings.Builder
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			sets.WriteString(mark + k.variable(spec.(*ast.ValueSpec)))
		}
		return sets.String()
	case *ast.ExprStmt:
		if last {
			return mark + k.shown(e, s.X) + "\n"
		}
	}
	return mark + e.edited(s) + "\n"
}

// unseen adds a call that shows the host an error which a statement sets and no other code
// of the cell reads: it would be lost, since Go has no exceptions.
func (k *checked) unseen(s *ast.AssignStmt) string {
	id, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident)
	if !ok || id.Name == "_" {
		return ""
	}
	o := k.names.objects[id.Name]
	if o == nil || !isError(o.Type()) || k.reads(o) {
		return ""
	}
	return fmt.Sprintf("%s.Unseen(%q, %s)\n", hostName, id.Name, k.names.aliases[o])
}

// reads reports whether a variable is used other than to be set.
func (k *checked) reads(o types.Object) bool {
	set := map[*ast.Ident]bool{}
	for n := range ast.Preorder(k.file) {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, e := range a.Lhs {
				if id, ok := e.(*ast.Ident); ok {
					set[id] = true
				}
			}
		}
	}
	for id, used := range k.info.Uses {
		if used == o && !set[id] {
			return true
		}
	}
	return false
}

// variable assigns what a var statement declares; the variable may hold an earlier cell's
// value.
func (k *checked) variable(spec *ast.ValueSpec) string {
	var names []string
	for _, id := range spec.Names {
		name := "_"
		if id.Name != "_" {
			name = k.names.aliases[k.names.objects[id.Name]]
		}
		names = append(names, name)
	}
	if len(spec.Values) == 0 {
		var sets strings.Builder
		for _, name := range names {
			if name != "_" {
				fmt.Fprintf(&sets, "{ var zeroꞏ %s; %s = zeroꞏ }\n", k.editor(k.cell).edited(spec.Type), name)
			}
		}
		return sets.String()
	}
	var values []string
	for _, v := range spec.Values {
		values = append(values, k.editor(k.cell).edited(v))
	}
	return strings.Join(names, ", ") + " = " + strings.Join(values, ", ") + "\n"
}

// shown passes the last expression's values to the host, unless the expression is a call
// that prints.
func (k *checked) shown(e *editor, x ast.Expr) string {
	text := e.edited(x)
	tv := k.info.Types[x]
	if tv.IsVoid() || tv.IsNil() || tv.Type == nil || k.prints(x) {
		return text
	}
	parts := []types.Type{tv.Type}
	var names []string
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		parts = nil
		for i := range tuple.Len() {
			parts = append(parts, tuple.At(i).Type())
		}
	}
	if len(parts) == 1 && !isError(parts[0]) {
		return fmt.Sprintf("%s.Show(nil, %s)", hostName, text)
	}
	for i := range parts {
		names = append(names, alias("value", i))
	}
	args := []string{"nil"}
	for i, t := range parts {
		switch {
		case isError(t) && i == len(parts)-1:
			args[0] = names[i]
		case t.String() == outputType: // it has been shown
			names[i] = "_"
		default:
			args = append(args, names[i])
		}
	}
	return strings.Join(names, ", ") + " := " + text + "; " + hostName + ".Show(" + strings.Join(args, ", ") + ")"
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// prints reports whether an expression is a call of fmt.Print or a like function, whose
// results are not shown.
func (k *checked) prints(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := k.info.Uses[sel.Sel].(*types.Func)
	return ok && f.Pkg() != nil && f.Pkg().Path() == "fmt" && (strings.HasPrefix(f.Name(), "Print") || strings.HasPrefix(f.Name(), "Fprint") || strings.HasPrefix(f.Name(), "Scan"))
}
