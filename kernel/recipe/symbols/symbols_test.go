package symbols

import (
	"go/types"
	"go/version"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"
)

// TestTablesAreFresh compares the generated tables and types with the packages
// of modules as they are now: no exported name may have come, gone or changed its
// type since.
func TestTablesAreFresh(t *testing.T) {
	fresh(t, func(path string) bool { return strings.Contains(path, ".") })
}

// TestStandardTablesAreFresh compares those of the standard library, which is theirs
// under one version of Go.
func TestStandardTablesAreFresh(t *testing.T) {
	if now := version.Lang(runtime.Version()); now != Go {
		t.Skipf("the tables are those of %s's standard library, this is %s", Go, now)
	}
	fresh(t, func(path string) bool { return !strings.Contains(path, ".") })
}

// TestTablesAreOfTheOldestGo wants them to compile with every Go that go.mod allows.
func TestTablesAreOfTheOldestGo(t *testing.T) {
	file, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module, err := modfile.ParseLax("go.mod", file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if oldest := version.Lang("go" + module.Go.Version); oldest != Go {
		t.Errorf("go.mod allows %s, and the tables are those of %s: change Go and its go:generate line", oldest, Go)
	}
}

// fresh compares the tables of those packages that are wanted.
func fresh(t *testing.T, wanted func(path string) bool) {
	var paths []string
	for key := range Symbols {
		if p := path.Dir(key); wanted(p) {
			paths = append(paths, p)
		}
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile}, paths...)
	if err != nil {
		t.Skip("no go command to ask:", err)
	}
	for _, p := range loaded {
		stored := Types()[p.PkgPath]
		if stored == nil {
			t.Errorf("%s: no types: run go generate ./kernel/recipe/symbols", p.PkgPath)
			continue
		}
		if now, then := api(p.Types), api(stored); now != then {
			t.Errorf("%s: the types are stale: run go generate ./kernel/recipe/symbols", p.PkgPath)
		}
		own := strings.HasPrefix(p.PkgPath, "github.com/seed2310110f/godream/") && path.Base(p.PkgPath) != "hub" && path.Base(p.PkgPath) != "sweep"
		table := Symbols[p.PkgPath+"/"+p.Types.Name()]
		for _, name := range p.Types.Scope().Names() {
			if _, ok := table[name]; !ok && own && p.Types.Scope().Lookup(name).Exported() && !isGeneric(p.Types.Scope().Lookup(name)) {
				t.Errorf("%s.%s is not in the table: run go generate ./kernel/recipe/symbols", p.PkgPath, name)
			}
		}
	}
}

// api is what a package exports, as text: its names with their types, methods and
// fields.
func api(p *types.Package) string {
	var b strings.Builder
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		named, ok := o.Type().(*types.Named)
		if _, typeName := o.(*types.TypeName); !ok || !typeName {
			b.WriteString(types.ObjectString(o, nil) + "\n")
			continue
		}
		b.WriteString("type " + name + "\n")
		for m := range types.NewMethodSet(types.NewPointer(named)).Methods() {
			write(&b, m.Obj())
		}
		if s, ok := named.Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				write(&b, f)
			}
		}
	}
	return strings.ReplaceAll(b.String(), "interface{}", "any")
}

func write(b *strings.Builder, o types.Object) {
	if o.Exported() {
		b.WriteString("\t" + types.ObjectString(o, nil) + "\n")
	}
}

func isGeneric(o types.Object) bool {
	f, ok := o.(*types.Func)
	return ok && f.Signature().TypeParams().Len() > 0
}

// TestSweepsStayInTheirFolder lists the methods that interpreted code gets with package
// sweep's types. The fence is around functions: none of these may reach files beyond
// the folder that the value was made with, nor let go into another.
func TestSweepsStayInTheirFolder(t *testing.T) {
	known := strings.Fields("Append Close Damaged Finish Lock Locked Missing MissingOf Path Record Records Sheets Shown Tally WriteCSV WriteSheets " + // of Folder
		"At Code Command Error Unwrap File Identify Settings MarshalJSON UnmarshalJSON")
	const key = "github.com/seed2310110f/godream/kernel/sweep/sweep"
	scope := Types()[path.Dir(key)].Scope()
	for name := range Symbols[key] {
		o, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		for m := range types.NewMethodSet(types.NewPointer(o.Type())).Methods() {
			if m.Obj().Exported() && !slices.Contains(known, m.Obj().Name()) {
				t.Errorf("%s.%s: is it safe in a recipe? Then name it here", name, m.Obj().Name())
			}
		}
	}
	folder := scope.Lookup("Folder").Type().Underlying().(*types.Struct)
	for f := range folder.Fields() {
		if f.Exported() && !slices.Contains([]string{"Grid", "Dimensions", "Jobs"}, f.Name()) {
			t.Errorf("Folder.%s can be set: what of that?", f.Name())
		}
	}
}

// TestPathsAreFenced wants every function of ours that takes a path, or a grid with
// paths in it, to be one of those that package recipe replaces.
func TestPathsAreFenced(t *testing.T) {
	fenced := map[string]bool{
		"CheckOutput": true, "Read": true, "ReadProvenance": true, "ReadSize": true, "ReadText": true,
		"WriteFileAtomic": true, "Write": true, "LoadFile": true, "OutlineFile": true,
		"Count": true, "Dimensions": true, "Dream": true, "Open": true, "ReadGrid": true,
	}
	for key := range Symbols {
		if !strings.HasPrefix(key, "github.com/seed2310110f/godream/") {
			continue
		}
		scope := Types()[path.Dir(key)].Scope()
		for name := range Symbols[key] {
			f, ok := scope.Lookup(name).(*types.Func)
			if !ok {
				continue
			}
			for param := range f.Signature().Params().Variables() {
				leads := slices.Contains([]string{"path", "file", "folder", "dir"}, param.Name()) || strings.HasSuffix(param.Type().String(), "/kernel/sweep.Grid")
				if leads && !fenced[name] {
					t.Errorf("%s.%s takes a %s: package recipe must put it behind its fence", path.Dir(key), name, param.Name())
				}
			}
		}
	}
}
