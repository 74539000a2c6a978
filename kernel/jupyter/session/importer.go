package session

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math/big"
	"path"
	"reflect"
	"sort"
	"strings"

	"github.com/traefik/yaegi/interp"
)

// packages tells go/types what the interpreter's symbol tables hold: a cell is
// checked against exactly the names that it will find. Parameters have no names
// here, and generic functions are missing, as they are there.
type packages struct {
	exports interp.Exports
	paths   map[string]string // import path to key in exports
	made    map[string]*types.Package
	filled  map[string]bool
	types   map[reflect.Type]types.Type
}

func newPackages(exports interp.Exports) *packages {
	p := &packages{exports: exports, paths: map[string]string{}, made: map[string]*types.Package{}, filled: map[string]bool{}, types: map[reflect.Type]types.Type{}}
	for key := range exports {
		if key != "." {
			p.paths[path.Dir(key)] = key
		}
	}
	return p
}

// named lists the import paths of the packages that are called name.
func (p *packages) named(name string) (list []string) {
	for importPath, key := range p.paths {
		if path.Base(key) == name {
			list = append(list, importPath)
		}
	}
	sort.Strings(list)
	return list
}

// Import is what go/types calls for an import.
func (p *packages) Import(importPath string) (*types.Package, error) {
	key, ok := p.paths[importPath]
	if !ok {
		return nil, fmt.Errorf("a cell may not import %q: the allowed packages are %s", importPath, strings.Join(p.list(), ", "))
	}
	pkg := p.pkg(importPath, path.Base(key))
	if !p.filled[importPath] {
		p.filled[importPath] = true
		for name, v := range p.exports[key] {
			if token.IsExported(name) {
				if o := p.object(pkg, name, v); pkg.Scope().Lookup(name) == nil {
					pkg.Scope().Insert(o)
				}
			}
		}
	}
	return pkg, nil
}

func (p *packages) list() (paths []string) {
	for importPath := range p.paths {
		if importPath != hostPath {
			paths = append(paths, importPath)
		}
	}
	sort.Strings(paths)
	return paths
}

func (p *packages) pkg(importPath, name string) *types.Package {
	if p.made[importPath] == nil {
		p.made[importPath] = types.NewPackage(importPath, name)
		p.made[importPath].MarkComplete()
	}
	return p.made[importPath]
}

// object is one entry of a table.
func (p *packages) object(pkg *types.Package, name string, v reflect.Value) types.Object {
	if c, ok := v.Interface().(constant.Value); ok && !v.CanAddr() {
		return types.NewConst(token.NoPos, pkg, name, untyped(c), c)
	}
	switch t := v.Type(); {
	case v.CanAddr():
		return types.NewVar(token.NoPos, pkg, name, p.typeOf(t))
	case v.Kind() == reflect.Pointer && v.IsNil(): // a type
		if named, ok := p.typeOf(t.Elem()).(*types.Named); ok && t.Elem().Name() == name && named.Obj().Pkg() == pkg {
			return named.Obj()
		}
		alias := types.NewTypeName(token.NoPos, pkg, name, nil)
		types.NewAlias(alias, p.typeOf(t.Elem()))
		return alias
	case v.Kind() == reflect.Func:
		return types.NewFunc(token.NoPos, pkg, name, p.signature(nil, t, 0))
	default:
		return types.NewConst(token.NoPos, pkg, name, p.typeOf(t), constantOf(v))
	}
}

func untyped(c constant.Value) types.Type {
	return types.Typ[map[constant.Kind]types.BasicKind{constant.Bool: types.UntypedBool, constant.String: types.UntypedString,
		constant.Int: types.UntypedInt, constant.Float: types.UntypedFloat, constant.Complex: types.UntypedComplex}[c.Kind()]]
}

// constantOf is the value of a typed constant.
func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.Make(new(big.Float).SetFloat64(v.Float()))
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	}
	return constant.MakeUnknown()
}

var basics = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool, reflect.Int: types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32,
	reflect.Int64: types.Int64, reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32,
	reflect.Uint64: types.Uint64, reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.Complex64: types.Complex64, reflect.Complex128: types.Complex128, reflect.String: types.String, reflect.UnsafePointer: types.UnsafePointer,
}

func (p *packages) typeOf(t reflect.Type) types.Type {
	if known := p.types[t]; known != nil {
		return known
	}
	switch {
	case t == reflect.TypeFor[error]():
		return types.Universe.Lookup("error").Type()
	case t.PkgPath() != "":
		return p.namedType(t)
	}
	made := p.underlying(t)
	p.types[t] = made
	return made
}

// namedType is a type with a name and methods.
func (p *packages) namedType(t reflect.Type) types.Type {
	name := path.Base(t.PkgPath())
	if key, ok := p.paths[t.PkgPath()]; ok {
		name = path.Base(key)
	}
	pkg := p.pkg(t.PkgPath(), name)
	named := types.NewNamed(types.NewTypeName(token.NoPos, pkg, t.Name(), nil), nil, nil)
	p.types[t] = named // before its parts, which may name it
	named.SetUnderlying(p.underlying(t).Underlying())
	if t.Kind() == reflect.Interface {
		return named
	}
	for i, pointer := 0, reflect.PointerTo(t); i < pointer.NumMethod(); i++ {
		m := pointer.Method(i)
		var receiver types.Type = types.NewPointer(named)
		if _, ok := t.MethodByName(m.Name); ok {
			receiver = named
		}
		signature := p.signature(types.NewVar(token.NoPos, pkg, "", receiver), m.Type, 1)
		named.AddMethod(types.NewFunc(token.NoPos, pkg, m.Name, signature))
	}
	return named
}

// underlying is a type without its name.
func (p *packages) underlying(t reflect.Type) types.Type {
	if kind, ok := basics[t.Kind()]; ok {
		return types.Typ[kind]
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(p.typeOf(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(p.typeOf(t.Elem()))
	case reflect.Array:
		return types.NewArray(p.typeOf(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(p.typeOf(t.Key()), p.typeOf(t.Elem()))
	case reflect.Chan:
		return types.NewChan(map[reflect.ChanDir]types.ChanDir{reflect.BothDir: types.SendRecv, reflect.SendDir: types.SendOnly, reflect.RecvDir: types.RecvOnly}[t.ChanDir()], p.typeOf(t.Elem()))
	case reflect.Func:
		return p.signature(nil, t, 0)
	case reflect.Interface:
		var methods []*types.Func
		for i := range t.NumMethod() {
			m := t.Method(i)
			methods = append(methods, types.NewFunc(token.NoPos, p.home(m.PkgPath), m.Name, p.signature(nil, m.Type, 0)))
		}
		return types.NewInterfaceType(methods, nil).Complete()
	}
	var fields []*types.Var
	var tags []string
	for i := range t.NumField() {
		f := t.Field(i)
		fields = append(fields, types.NewField(token.NoPos, p.home(f.PkgPath), f.Name, p.typeOf(f.Type), f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(fields, tags)
}

// home is the package of a name that is not exported, nil for others.
func (p *packages) home(importPath string) *types.Package {
	if importPath == "" {
		return nil
	}
	return p.pkg(importPath, path.Base(importPath))
}

// signature is a function's type without its first parameters.
func (p *packages) signature(receiver *types.Var, t reflect.Type, from int) *types.Signature {
	var in, out []*types.Var
	for i := from; i < t.NumIn(); i++ {
		in = append(in, types.NewParam(token.NoPos, nil, "", p.typeOf(t.In(i))))
	}
	for i := range t.NumOut() {
		out = append(out, types.NewParam(token.NoPos, nil, "", p.typeOf(t.Out(i))))
	}
	return types.NewSignatureType(receiver, nil, nil, types.NewTuple(in...), types.NewTuple(out...), t.IsVariadic())
}
