package session

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// A cell is the text of one cell and its parsed parts.
type cell struct {
	number int    // as in In [3]
	name   string // of the text, for positions
	code   string
	fset   *token.FileSet
	start  token.Pos           // a position in it
	files  map[*token.File]int // the texts that were parsed, and what precedes the code in each

	imports    []*ast.ImportSpec
	funcs      []*ast.FuncDecl
	statements []ast.Stmt
}

// offset is where in the code a position is.
func (c *cell) offset(p token.Pos) int {
	f := c.fset.File(p)
	return min(f.Offset(p)-c.files[f], len(c.code)) // the parser may place a missing brace beyond the end
}

// text is the source of a node.
func (c *cell) text(n ast.Node) string { return c.code[c.offset(n.Pos()):c.offset(n.End())] }

// parseCell parses a cell, which may mix imports, functions and methods, which Go allows in
// a file only, with statements, which it allows in a function only. Each kind is parsed from
// the whole text with the other blanked out, so that positions are those of the cell.
func parseCell(fset *token.FileSet, number int, name, code string) (*cell, error) {
	c := &cell{number: number, name: name, code: code, fset: fset, files: map[*token.File]int{}}
	outside, inside := []byte(code), []byte(code)
	pieces, extra := chunks(code)
	if extra >= 0 {
		e := c.mistake("a closing bracket too many", extra)
		e.Incomplete = false
		return nil, e
	}
	for _, p := range pieces {
		hidden := outside
		if p.outside {
			hidden = inside
		}
		for i := p.from; i < p.to; i++ {
			if hidden[i] != '\n' {
				hidden[i] = ' '
			}
		}
	}
	decls, err := c.parse("package main;", string(outside), "")
	if err != nil {
		return nil, err
	}
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			c.funcs = append(c.funcs, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				c.imports = append(c.imports, s.(*ast.ImportSpec))
			}
		}
	}
	decls, err = c.parse("package main;func _(){", string(inside), "\n}")
	if err != nil {
		return nil, err
	}
	c.statements = decls[0].(*ast.FuncDecl).Body.List
	return c, nil
}

// parse reads the code between two pieces of text.
func (c *cell) parse(before, code, after string) ([]ast.Decl, error) {
	before += "/*line " + c.name + ":1:1*/"
	c.start = token.Pos(c.fset.Base())
	file, err := parser.ParseFile(c.fset, c.name, before+code+after, parser.SkipObjectResolution)
	c.files[c.fset.File(c.start)] = len(before)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		return nil, c.mistake(list[0].Msg, list[0].Pos.Offset-len(before))
	}
	if err != nil {
		return nil, err
	}
	return file.Decls, nil
}

// mistake is an error of syntax at an offset in the code.
func (c *cell) mistake(what string, offset int) *Error {
	offset = max(0, min(offset, len(c.code)))
	e := &Error{Name: "SyntaxError", Text: what, Cell: c.number, Incomplete: strings.TrimSpace(c.code[offset:]) == "" || open(what)}
	e.Line, e.Column = 1+strings.Count(c.code[:offset], "\n"), offset-strings.LastIndexByte(c.code[:offset], '\n')
	e.show(c.code)
	return e
}

// open reports whether a mistake is one of text that has merely not ended.
func open(what string) bool {
	return strings.HasSuffix(what, "not terminated") && (strings.HasPrefix(what, "raw string") || strings.HasPrefix(what, "comment"))
}

// A chunk is a piece of a cell, from one offset to another.
type chunk struct {
	from, to int
	outside  bool // of functions: an import, a function or a method
}

// chunks cuts a cell at the semicolons, written or implied, that are in no
// brackets. extra is where a bracket closes that none has opened, -1 for nowhere.
func chunks(code string) (list []chunk, extra int) {
	extra = -1
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	var tokens []token.Token
	depth, from := 0, 0
	for {
		pos, tok, text := s.Scan()
		ends := tok == token.EOF || tok == token.SEMICOLON && depth <= 0
		switch {
		case ends && len(tokens) > 0:
			to := file.Offset(pos)
			if text == ";" {
				to++
			}
			list = append(list, chunk{from, to, isOutside(tokens)})
			tokens = tokens[:0]
		case ends && text == ";" && len(list) > 0: // an empty part, as in for ;;
			list[len(list)-1].to = file.Offset(pos) + 1
		case !ends:
			if len(tokens) == 0 {
				from = file.Offset(pos)
			}
			tokens = append(tokens, tok)
		}
		switch tok {
		case token.EOF:
			return list, extra
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 && extra < 0 {
				extra = file.Offset(pos)
			}
		}
	}
}

// isOutside reports whether a chunk's tokens begin an import, a function or a
// method, and not the literal of a function, which begins like a method.
func isOutside(tokens []token.Token) bool {
	if tokens[0] != token.FUNC || len(tokens) < 2 {
		return tokens[0] == token.IMPORT
	}
	if tokens[1] == token.IDENT {
		return true
	}
	depth := 0
	for i, tok := range tokens {
		switch tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			if depth--; depth == 0 {
				return i+2 < len(tokens) && tokens[i+1] == token.IDENT && tokens[i+2] == token.LPAREN
			}
		}
	}
	return false
}
