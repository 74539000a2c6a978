//go:build ignore

// Command generate writes tables.go, the names and values of the packages that
// interpreted code may import, and types.bin, their types, for the checker.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"go/types"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/traefik/yaegi/extract"
	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// A source is a package and what of it is allowed: all, or the names that only
// lists, without those that never lists, as the deprecated ones. What ends the process or logs past the
// interpreter's stderr is missing here: package recipe adds it. So is text/template,
// which calls any method of what it is given, unseen by the checker.
type source struct{ path, only, never string }

const module = "github.com/seed2310110f/godream/"

var sources = []source{
	{path: module + "dreamlib"},
	{path: module + "dreamlib/picture"},
	{path: module + "kernel/display"},
	{path: module + "dreamlib/vgg"},
	{path: module + "dreamlib/sheet"},
	{path: module + "kernel/sweep", only: "Axis CancelledError Count Damage Dead Dimension Dimensions Done Dream Folder Grid GridError Input Job LockedError " +
		"MaxJobs Open Options Over ParseGrid Progress ReadGrid Record SheetOptions State WorkerState Zip"}, // nothing that goes to a server
	{path: module + "models"},
	{path: module + "models/hub", only: "Entries Entry Open SpecError"},        // nothing that downloads
	{path: "github.com/gomlx/gomlx/core/tensors", only: "FromAnyValue Tensor"}, // what Activations gives
	{path: "github.com/gomlx/gomlx/core/graph", only: "Abs Add AddScalar Clip Concatenate Cos Div DivScalar Einsum Exp ExpandAxes L2Normalize Log Log1P " +
		"Max MaxScalar Min MinScalar Mul MulScalar Neg Node Pow PowScalar Reciprocal ReduceAllMax ReduceAllMean ReduceAllSum ReduceAndKeep ReduceMax " +
		"ReduceMean ReduceSum Reshape Sigmoid Sign Sin Softmax LogSoftmax Sqrt Square Squeeze StopGradient Sub Tanh Transpose TransposeAllAxes"}, // for objectives of one's own
	{path: "bufio"},
	{path: "bytes", never: "Title"},
	{path: "context"},
	{path: "crypto/sha256"},
	{path: "encoding/base64"},
	{path: "encoding/csv", never: "ErrTrailingComma"},
	{path: "encoding/hex"},
	{path: "encoding/json", never: "InvalidUTF8Error UnmarshalFieldError"},
	{path: "errors"},
	{path: "fmt"},
	{path: "image", never: "ZP ZR"},
	{path: "image/color"},
	{path: "image/color/palette"},
	{path: "image/draw"},
	{path: "image/gif"},
	{path: "image/jpeg", never: "Reader"},
	{path: "image/png"},
	{path: "io"},
	{path: "io/fs"},
	{path: "log", never: "Default Fatal Fatalf Fatalln Logger New Output Writer"},
	{path: "math"},
	{path: "math/big"},
	{path: "math/bits"},
	{path: "math/cmplx"},
	{path: "math/rand", never: "Read Seed"},
	{path: "math/rand/v2"},
	{path: "os", only: "Args Create DirEntry ErrExist ErrInvalid ErrNotExist ErrPermission File FileInfo FileMode Getenv " +
		"IsExist IsNotExist IsPermission LookupEnv Mkdir MkdirAll ModeDir ModePerm O_APPEND O_CREATE O_EXCL O_RDONLY O_RDWR " +
		"O_TRUNC O_WRONLY Open OpenFile PathError PathSeparator ReadDir ReadFile Remove Rename Stat Stderr Stdin Stdout WriteFile"},
	{path: "path"},
	{path: "path/filepath", never: "EvalSymlinks HasPrefix Localize Walk"},
	{path: "regexp"},
	{path: "sort"},
	{path: "strconv"},
	{path: "strings", never: "Title"},
	{path: "sync"},
	{path: "sync/atomic"},
	{path: "text/tabwriter"},
	{path: "time"},
	{path: "unicode"},
	{path: "unicode/utf16"},
	{path: "unicode/utf8"},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	if err := writeTables(); err != nil {
		log.Fatal(err)
	}
	var paths []string
	for _, s := range sources {
		paths = append(paths, s.path)
	}
	if err := writeTypes(paths); err != nil {
		log.Fatal(err)
	}
}

// writeTypes writes what go/types knows of the packages, without positions,
// which would tell the folders of this machine.
func writeTypes(paths []string) error {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedExportFile}, paths...)
	if err != nil {
		return err
	}
	if packages.PrintErrors(loaded) > 0 {
		return errors.New("the packages do not compile")
	}
	var list []*types.Package
	for _, p := range loaded {
		list = append(list, p.Types)
	}
	var bundle bytes.Buffer
	if err := gcexportdata.WriteBundle(&bundle, token.NewFileSet(), list); err != nil {
		return err
	}
	return os.WriteFile("types.bin", bundle.Bytes(), 0o666)
}

// writeTables joins what yaegi extracts of each package: a file whose imports it lists
// in a block, and below it the table.
func writeTables() error {
	imports, tables := map[string]string{}, new(bytes.Buffer) // imports: names by path
	for _, s := range sources {
		e := extract.Extractor{Dest: "symbols", Include: exactly(s.only), Exclude: exactly(s.never)}
		var file bytes.Buffer
		if _, err := e.Extract(s.path, "", &file); err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		_, text, _ := strings.Cut(file.String(), "import (")
		list, table, found := strings.Cut(text, "\n)\n")
		if !found {
			return fmt.Errorf("%s: yaegi's extract wrote no list of imports", s.path)
		}
		for quoted := range strings.FieldsSeq(list) {
			imports[quoted] = ""
		}
		if strings.Contains(list, `"math/rand/v2"`) { // which names itself rand, as math/rand does
			imports[`"math/rand/v2"`] = "randv2"
			table = regexp.MustCompile(`\brand\.`).ReplaceAllString(table, "randv2.")
		}
		tables.WriteString(table)
	}
	var file bytes.Buffer
	file.WriteString("// Code generated by generate.go with yaegi's extract. DO NOT EDIT.\n\npackage symbols\n\nimport (\n")
	for _, quoted := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintln(&file, imports[quoted], quoted)
	}
	file.WriteString(")\n")
	file.Write(tables.Bytes())
	source, err := format.Source(file.Bytes())
	if err != nil {
		return err
	}
	return os.WriteFile("tables.go", source, 0o666)
}

// exactly makes regular expressions of names.
func exactly(names string) (patterns []string) {
	for _, name := range strings.Fields(names) {
		patterns = append(patterns, "^"+name+"$")
	}
	return patterns
}
