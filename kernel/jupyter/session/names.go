package session

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A decl is one thing that a cell declared outside of functions: a function, a
// type, a constant (with its group, for iota), or a method.
type decl struct {
	cell    *cell
	node    ast.Decl
	names   []string          // what it declares; a method is called Point.String
	base    string            // the type that a method belongs to
	uses    map[string]bool   // the session's names that it refers to
	imports map[string]string // what its packages are, local name to path
}

func (d *decl) text() string { return d.cell.text(d.node) }

func (d *decl) isType() bool {
	g, ok := d.node.(*ast.GenDecl)
	return ok && g.Tok == token.TYPE
}

// declare finds the cell's declarations.
func (c *cell) declare() (list []*decl) {
	for _, f := range c.funcs {
		d := &decl{cell: c, node: f, names: []string{f.Name.Name}}
		if f.Recv != nil {
			d.base = receiver(f)
			d.names[0] = d.base + "." + d.names[0]
		}
		list = append(list, d)
	}
	for _, s := range c.statements {
		g := hoisted(s)
		if g == nil {
			continue
		}
		if g.Tok == token.CONST {
			d := &decl{cell: c, node: g}
			for _, s := range g.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					d.names = append(d.names, n.Name)
				}
			}
			list = append(list, d)
			continue
		}
		for _, s := range g.Specs {
			one := &ast.GenDecl{TokPos: s.Pos(), Tok: token.TYPE, Specs: []ast.Spec{s}}
			list = append(list, &decl{cell: c, node: one, names: []string{s.(*ast.TypeSpec).Name.Name}})
		}
	}
	return list
}

// hoisted is the declaration of types or constants that a statement is, or nil.
func hoisted(s ast.Stmt) *ast.GenDecl {
	if d, ok := s.(*ast.DeclStmt); ok {
		if g := d.Decl.(*ast.GenDecl); g.Tok == token.TYPE || g.Tok == token.CONST {
			return g
		}
	}
	return nil
}

// receiver is the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	return identifier.FindString(types.ExprString(f.Recv.List[0].Type)) // without * and type parameters
}

var identifier = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

// A variable keeps its value from cell to cell.
type variable struct {
	object *types.Var
	cell   int // that defined it
}

// names are the declarations and variables of the cells so far, by name; methods are
// called Type.Method.
type names struct {
	decls     map[string]*decl
	variables map[string]*variable
	objects   map[string]types.Object // by name, without methods
	aliases   map[types.Object]string // what they are called in the interpreter
	imports   map[string]string       // local name to path
}

func newNames() *names {
	return &names{map[string]*decl{}, map[string]*variable{}, map[string]types.Object{}, map[types.Object]string{}, map[string]string{}}
}

func (n *names) clone() *names {
	return &names{maps.Clone(n.decls), maps.Clone(n.variables), maps.Clone(n.objects), maps.Clone(n.aliases), maps.Clone(n.imports)}
}

// forget drops a name, with its methods if it is a type's.
func (n *names) forget(name string) {
	delete(n.objects, name)
	delete(n.variables, name)
	for key := range n.decls {
		if key == name || strings.HasPrefix(key, name+".") {
			delete(n.decls, key)
		}
	}
}

// markIn adds the names that a declaration makes or changes.
func (d *decl) markIn(changed map[string]bool) {
	for _, name := range d.names {
		changed[name] = true
	}
	if d.base != "" {
		changed[d.base] = true
	}
}

// depends reports whether a declaration has to be compiled again when names have changed.
func (d *decl) depends(key string, changed map[string]bool) bool {
	if changed[d.base] || d.isType() && changed[key] {
		return true
	}
	for name := range d.uses {
		if changed[name] {
			return true
		}
	}
	return false
}

// sessionType matches the types that cells declare, as types.TypeString writes them.
var sessionType = regexp.MustCompile(`\bmain\.([\pL_][\pL\pN_]*)`)

// mentions reports whether a type is written with one of the types called in changed.
func mentions(t types.Type, changed map[string]bool) bool {
	return slices.ContainsFunc(sessionType.FindAllStringSubmatch(types.TypeString(t, nil), -1), func(m []string) bool { return changed[m[1]] })
}
