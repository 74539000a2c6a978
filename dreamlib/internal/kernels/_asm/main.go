// Command _asm writes the assembly of package kernels: amd64's through avo, arm64's
// through a small assembler of its own.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	folder := os.Args[1]
	for _, set := range []struct {
		name string
		wide bool
	}{{"AVX512", true}, {"AVX2", false}} {
		code, stubs, err := amd64(set.name, set.wide)
		if err != nil {
			build.LogError(log.New(os.Stderr, "_asm: ", 0), err, 20)
			os.Exit(1)
		}
		name := filepath.Join(folder, "kernels_"+strings.ToLower(set.name)+"_amd64")
		os.WriteFile(name+".s", code, 0o666)
		os.WriteFile(name+".go", stubs, 0o666)
	}
}

// amd64 is one kind's assembly, and its declarations.
func amd64(name string, wide bool) (code, stubs []byte, err error) {
	m := &x86{Context: build.NewContext(), set: name, wide: wide, known: map[float64]operand.Mem{}}
	m.ConstraintExpr("!purego")
	m.product()
	kernel(m)
	patch(m)
	for _, f := range finishes {
		m.unpatch(f)
		m.finish(f)
	}
	m.pool()
	m.unpool()
	m.accumulate()
	if !wide {
		m.turn()
	}
	file, err := m.Result()
	if err != nil {
		return nil, nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, nil, err
	}
	cfg := printer.Config{Name: "_asm", Pkg: "kernels"}
	if code, err = printer.NewGoAsm(cfg).Print(file); err != nil {
		return nil, nil, err
	}
	stubs, err = printer.NewStubs(cfg).Print(file)
	return code, stubs, err
}

// signature is a function's, of arguments by name: numbers, bytes and counts.
func signature(args []string) string {
	types := map[string]string{"a": "float32", "won": "*byte", "bits": "*byte"}
	list := make([]string, len(args))
	for i, arg := range args {
		t := types[arg]
		switch {
		case arg == "a" && args[0] == "c": // a product's
			t = "*float32"
		case t != "":
		case strings.Contains(" out d w dst src m c b bias slopes u0 u1 u2 u3 ", " "+arg+" "):
			t = "*float32"
		case strings.Contains(" b0 b1 b2 b3 ", " "+arg+" "):
			t = "*byte"
		default:
			t = "int"
		}
		list[i] = arg + " " + t
	}
	return "func(" + strings.Join(list, ", ") + ")"
}
