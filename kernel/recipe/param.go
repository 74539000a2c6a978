package recipe

import (
	"fmt"
	"go/ast"
	"go/token"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// A Param is a variable of a recipe that can be set from outside:
//
//	var step = 1.5                   // set: levels that a step may change, 0..10
//	var layers = []string{"relu3_3"} // set: layers to ascend
//	var photo = "hills.jpg"          // set file: what to dream on
//
// It is one variable of the package, with a plain value: a number, text in
// quotes, true or false, or a slice of numbers or texts. A file's name is taken
// from the recipe's folder, and where it is set, from the current one.
type Param struct {
	Name    string
	Type    string      // float64, int, uint64, string, bool, or a slice of the first four
	Default string      // as --set takes it
	About   string      // what it is for
	Range   *[2]float64 // least and largest value, or nil
	File    bool        // it names a file, which the recipe may read

	from, to int // where in the source its value stands
}

var (
	declared = regexp.MustCompile(`^//\s*set( file)?:\s*(.*)$`)
	ranged   = regexp.MustCompile(`^(.*?),?\s*(\S+)\.\.(\S+)$`)
	kinds    = []string{"float64", "int", "uint64", "string", "bool", "[]float64", "[]int", "[]uint64", "[]string"}
)

// param is the parameter that a declaration makes, if it makes one.
func (c *checker) param(spec *ast.ValueSpec, source []byte) (p Param, ok bool) {
	if spec.Comment == nil {
		return p, false
	}
	m := declared.FindStringSubmatch(spec.Comment.List[0].Text)
	if m == nil {
		return p, false
	}
	if len(spec.Names) != 1 || len(spec.Values) != 1 {
		c.report(spec, "a parameter is one variable and its value", "declare it by itself")
		return p, false
	}
	value := spec.Values[0]
	v := c.info.Defs[spec.Names[0]]
	text, ok := plain(value)
	if v == nil || !slices.Contains(kinds, v.Type().String()) || !ok {
		c.report(value, "a parameter has a plain value", "write a number, a text, true, false, or a slice of numbers or texts")
		return p, false
	}
	p = Param{Name: v.Name(), Type: v.Type().String(), Default: text, About: m[2], File: m[1] != ""}
	if p.File && p.Type != "string" {
		c.report(value, "a file is named by a text", "write its name in quotes")
		return p, false
	}
	if r := ranged.FindStringSubmatch(p.About); r != nil {
		low, err1 := strconv.ParseFloat(r[2], 64)
		high, err2 := strconv.ParseFloat(r[3], 64)
		if err1 == nil && err2 == nil {
			p.About, p.Range = r[1], &[2]float64{low, high}
		}
	}
	p.from, p.to = c.fset.Position(value.Pos()).Offset, c.fset.Position(value.End()).Offset
	return p, true
}

// plain is a literal as --set takes it; ok is false for other expressions.
func plain(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text, true
		}
		return e.Value, true
	case *ast.Ident:
		return e.Name, e.Name == "true" || e.Name == "false"
	case *ast.UnaryExpr:
		text, ok = plain(e.X)
		return "-" + text, ok && e.Op == token.SUB
	case *ast.CompositeLit:
		list := make([]string, len(e.Elts))
		for i, elt := range e.Elts {
			if list[i], ok = plain(elt); !ok {
				return "", false
			}
		}
		return strings.Join(list, ","), true
	}
	return "", false
}

// A ParamError says that a parameter cannot be set so.
type ParamError string

func (e ParamError) Error() string { return "recipe: " + string(e) }

// Set returns the recipe's source with its parameters set by settings, each
// "name=value", and the files that they name, in absolute paths. A slice is
// written "1,2,3".
func (r *Recipe) Set(settings []string) (source []byte, files []string, err error) {
	values := map[string]string{}
	for _, s := range settings {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, nil, ParamError(fmt.Sprintf("set %q: want name=value", s))
		}
		if !slices.ContainsFunc(r.Params, func(p Param) bool { return p.Name == name }) {
			return nil, nil, r.unknown(name)
		}
		values[name] = value
	}
	at := 0
	for _, p := range r.Params {
		value, set := values[p.Name]
		if !set && !p.File {
			continue
		}
		if p.File {
			if !set && filepath.IsAbs(p.Default) {
				value = p.Default
			} else if !set {
				value = filepath.Join(filepath.Dir(r.path), p.Default)
			}
			if value, err = filepath.Abs(value); err != nil {
				return nil, nil, fmt.Errorf("recipe: set %s: %w", p.Name, err)
			}
			files = append(files, value)
		}
		text, err := p.format(value)
		if err != nil {
			return nil, nil, err
		}
		source = append(append(source, r.source[at:p.from]...), text...)
		at = p.to
	}
	return append(source, r.source[at:]...), files, nil
}

func (r *Recipe) unknown(name string) error {
	var names []string
	best, least := "", 3
	for _, p := range r.Params {
		names = append(names, p.Name)
		if d := levenshtein.ComputeDistance(name, p.Name); d < least {
			best, least = p.Name, d
		}
	}
	if len(names) == 0 {
		return ParamError(fmt.Sprintf("set %s: %s has nothing to set", name, r.Name))
	}
	if best != "" {
		best = " did you mean " + best + "?"
	}
	return ParamError(fmt.Sprintf("set %s: no such parameter:%s %s has %s", name, best, r.Name, strings.Join(names, ", ")))
}

// format is value in Go.
func (p Param) format(value string) (string, error) {
	kind, list := strings.CutPrefix(p.Type, "[]")
	if !list {
		return p.one(kind, value)
	}
	var elements []string
	for v := range strings.SplitSeq(value, ",") {
		element, err := p.one(kind, strings.TrimSpace(v))
		if err != nil {
			return "", err
		}
		elements = append(elements, element)
	}
	return p.Type + "{" + strings.Join(elements, ", ") + "}", nil
}

// one is a single value in Go.
func (p Param) one(kind, value string) (string, error) {
	var number float64
	var text, want string
	var err error
	switch kind {
	case "string":
		return strconv.Quote(value), nil
	case "bool":
		var b bool
		b, err = strconv.ParseBool(value)
		text, want = strconv.FormatBool(b), "true or false"
	case "int":
		var n int64
		n, err = strconv.ParseInt(value, 10, 64)
		number, text, want = float64(n), strconv.FormatInt(n, 10), "a whole number"
	case "uint64":
		var n uint64
		n, err = strconv.ParseUint(value, 10, 64)
		number, text, want = float64(n), strconv.FormatUint(n, 10), "a whole number, 0 or more"
	case "float64":
		number, err = strconv.ParseFloat(value, 64)
		if err == nil && (math.IsNaN(number) || math.IsInf(number, 0)) {
			err = strconv.ErrRange
		}
		text, want = strconv.FormatFloat(number, 'e', -1, 64), "a number"
	}
	if err != nil {
		return "", ParamError(fmt.Sprintf("set %s=%s: want %s", p.Name, value, want))
	}
	if p.Range != nil && kind != "bool" && (number < p.Range[0] || number > p.Range[1]) {
		return "", ParamError(fmt.Sprintf("set %s=%s: want %g to %g", p.Name, value, p.Range[0], p.Range[1]))
	}
	return text, nil
}
