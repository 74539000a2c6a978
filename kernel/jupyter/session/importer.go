package session

import (
	"go/types"
	"maps"
	"path"
	"slices"

	"github.com/seed2310110f/godream/kernel/recipe"
	"github.com/seed2310110f/godream/kernel/recipe/symbols"
)

// packages tells go/types what the interpreter's packages are.
type packages struct {
	names map[string][]string // import paths by the package's name
}

func newPackages() *packages {
	p := &packages{map[string][]string{}}
	for _, key := range slices.Sorted(maps.Keys(symbols.Symbols)) {
		p.names[path.Base(key)] = append(p.names[path.Base(key)], path.Dir(key))
	}
	return p
}

// Import is what go/types calls for an import.
func (p *packages) Import(importPath string) (*types.Package, error) {
	return recipe.Import(importPath)
}
