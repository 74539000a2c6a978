package session

import (
	"go/types"
	"maps"
	"path"
	"slices"

	"github.com/seed2310110f/godream/kernel/recipe"
	"github.com/seed2310110f/godream/kernel/recipe/symbols"
)

// packages are the import paths of the interpreter's packages, by their names.
type packages map[string][]string

func newPackages() packages {
	p := packages{}
	for _, key := range slices.Sorted(maps.Keys(symbols.Symbols)) {
		p[path.Base(key)] = append(p[path.Base(key)], path.Dir(key))
	}
	return p
}

// Import is what go/types calls for an import.
func (packages) Import(importPath string) (*types.Package, error) { return recipe.Import(importPath) }
