// Package engines links in every engine that can be built here, for programs
// that import it by the blank name. Recipes do.
package engines

import _ "github.com/gomlx/compute/gobackend" // the pure-Go engine, always
