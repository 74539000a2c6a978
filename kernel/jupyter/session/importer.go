package session

import (
	"fmt"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/seed2310110f/godream/kernel/recipe/symbols"
)

// packages tells go/types what the interpreter's packages are.
type packages struct {
	names map[string][]string // import paths by the package's name
	paths map[string]string   // names by import path
}

func newPackages() *packages {
	p := &packages{map[string][]string{}, map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(symbols.Symbols)) {
		importPath, name := path.Dir(key), path.Base(key)
		p.names[name] = append(p.names[name], importPath)
		p.paths[importPath] = name
	}
	return p
}

// Import is what go/types calls for an import.
func (p *packages) Import(importPath string) (*types.Package, error) {
	if pkg := symbols.Types()[importPath]; pkg != nil && p.paths[importPath] != "" {
		return pkg, nil
	}
	return nil, fmt.Errorf("a cell may not import %q: the packages are %s", importPath, strings.Join(slices.Sorted(maps.Keys(p.paths)), ", "))
}
