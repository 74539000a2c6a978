package session

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
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
	sort.SliceStable(e.edits, func(i, j int) bool { return e.edits[i].from < e.edits[j].from })
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
			if !e.harmless(s) {
				e.replace(s.Pos(), s.Pos(), e.mark(s.Pos()))
			}
		}
	}
}

// harmless says whether a statement can neither fail nor wait, and so needs no mark: a
// mark costs three times as much as adding two numbers.
func (e *editor) harmless(s ast.Stmt) bool {
	var n ast.Node = s
	switch s := s.(type) {
	case *ast.AssignStmt:
		switch s.Tok {
		case token.QUO_ASSIGN, token.REM_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN:
			return false
		}
	case *ast.IfStmt: // what is in its blocks has marks of its own
		if s.Init != nil || s.Else != nil {
			return false
		}
		n = s.Cond
	case *ast.IncDecStmt, *ast.BranchStmt, *ast.ReturnStmt:
	default:
		return false
	}
	fine := true
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.Ident, *ast.BasicLit, *ast.ParenExpr, *ast.AssignStmt, *ast.IncDecStmt, *ast.BranchStmt, *ast.ReturnStmt:
		case *ast.UnaryExpr:
			fine = fine && n.Op != token.ARROW
		case *ast.BinaryExpr:
			fine = fine && e.total(n)
		default:
			fine = false
		}
		return fine
	})
	return fine
}

// total says whether an operator has a value for all operands.
func (e *editor) total(n *ast.BinaryExpr) bool {
	switch n.Op {
	case token.QUO, token.REM, token.SHL, token.SHR:
		return false
	case token.EQL, token.NEQ: // of what an interface holds perhaps not
		t := e.info.Types[n.X].Type
		if t == nil {
			return false
		}
		_, basic := t.Underlying().(*types.Basic)
		return basic
	}
	return true
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
