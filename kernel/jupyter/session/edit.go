package session

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// An editor rewrites the text of a node for the interpreter: names become their aliases,
// statements that can fail record their line first, and loops check for an interrupt.
type editor struct {
	*checked
	cell  *cell
	edits []edit
}

func (k *checked) editor(c *cell) *editor { return &editor{checked: k, cell: c} }

type edit struct {
	from, to int
	text     string
}

func (e *editor) replace(from, to token.Pos, text string) {
	e.edits = append(e.edits, edit{e.cell.offset(from), e.cell.offset(to), text})
}

// edited is the text of a node after all edits.
func (e *editor) edited(n ast.Node) string {
	ast.Inspect(n, e.visit)
	from, end := e.cell.offset(n.Pos()), e.cell.offset(n.End())
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.from - b.from })
	p := e.cell.fset.Position(n.Pos())
	var out strings.Builder
	fmt.Fprintf(&out, "/*line %s:%d:%d*/", e.cell.name, p.Line, p.Column)
	for _, d := range e.edits {
		if d.from < from || d.to > end {
			continue
		}
		out.WriteString(e.cell.code[from:d.from] + d.text)
		from = d.to
	}
	return out.String() + e.cell.code[from:end]
}

func (e *editor) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if name := e.rename(n); name != "" {
			e.replace(n.Pos(), n.End(), name)
		}
	case *ast.FuncLit:
		e.parameters(n.Type)
	case *ast.FuncDecl:
		e.parameters(n.Type)
	case *ast.BlockStmt:
		e.marks(n.List)
	case *ast.CaseClause:
		e.marks(n.Body)
	case *ast.CommClause:
		e.marks(n.Body)
	case *ast.ForStmt:
		e.poll(n.Body.Lbrace + 1)
	case *ast.RangeStmt:
		e.poll(n.Body.Lbrace + 1)
	case *ast.BranchStmt:
		if n.Tok == token.GOTO {
			e.poll(n.Pos())
		}
	}
	return true
}

// parameters gives unnamed parameters names, because yaegi reserves no variable for them.
func (e *editor) parameters(f *ast.FuncType) {
	for i, p := range f.Params.List {
		if len(p.Names) == 0 {
			e.replace(p.Type.Pos(), p.Type.Pos(), alias("unnamed", i)+" ")
		}
	}
}

func (e *editor) poll(at token.Pos) {
	e.replace(at, at, fmt.Sprintf(" if len(%s.Halt) > 0 { %s%s.Leave() }; ", hostName, e.mark(at), hostName))
}

// mark inserts a call that records which line runs.
func (e *editor) mark(at token.Pos) string {
	return fmt.Sprintf("%s.At(%d); ", hostName, e.cell.number*lineStep+e.cell.fset.Position(at).Line)
}

func (e *editor) marks(list []ast.Stmt) {
	for _, s := range list {
		switch s.(type) {
		case *ast.EmptyStmt, *ast.CaseClause, *ast.CommClause:
		default:
			if !harmless(s) {
				e.replace(s.Pos(), s.Pos(), e.mark(s.Pos()))
			}
		}
	}
}

// fallible are the operators that do not have a value for all operands; for == and !=
// it is what interfaces hold that may not be compared.
var fallible = []token.Token{token.QUO, token.REM, token.SHL, token.SHR, token.EQL, token.NEQ,
	token.QUO_ASSIGN, token.REM_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN}

// harmless reports whether a statement can neither fail nor wait, and so needs no mark: a
// mark costs three times as much as adding two numbers.
func harmless(s ast.Stmt) bool {
	fine := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.Ident, *ast.BasicLit, *ast.ParenExpr, *ast.IncDecStmt, *ast.BranchStmt, *ast.ReturnStmt:
		case *ast.AssignStmt:
			fine = fine && !slices.Contains(fallible, n.Tok)
		case *ast.BinaryExpr:
			fine = fine && !slices.Contains(fallible, n.Op)
		default:
			fine = false
		}
		return fine
	})
	return fine
}

// rename is what the interpreter calls a name, or "" for its own name.
func (e *editor) rename(id *ast.Ident) string {
	o := e.info.Uses[id]
	if o == nil {
		o = e.info.Defs[id]
	}
	if v, ok := o.(*types.Var); ok && v.Embedded() { // a field is called after its type
		t := v.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			o = named.Obj()
		}
	}
	if f, ok := o.(*types.Func); ok && f.Origin() != nil {
		o = f.Origin()
	}
	if o == nil || !ofSession(o) {
		return ""
	}
	return e.names.aliases[e.names.objects[o.Name()]]
}
