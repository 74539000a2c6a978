package session

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// bench is a session whose output can be read.
type bench struct {
	*Session
	out, errs bytes.Buffer
	n         int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	s, err := New(Host{Stdout: &b.out, Stderr: &b.errs, Folders: []string{t.TempDir()}, Stdin: strings.NewReader("Ada 36\n"),
		Show: func(values []any) {
			for _, v := range values {
				fmt.Fprintf(&b.out, "=> %v\n", v)
			}
		},
		Exit: func(code int) { panic(fmt.Sprintf("exit %d", code)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Session = s
	return b
}

// run runs a cell and gives what it wrote.
func (b *bench) run(code string) (string, error) {
	b.out.Reset()
	b.errs.Reset()
	b.n++
	err := b.Run(b.n, code)
	return b.out.String(), err
}

// TestCells runs notebooks of several cells; each want is what its cell writes.
func TestCells(t *testing.T) {
	for name, cells := range map[string][][2]string{
		"value":         {{"1+2+3", "=> 6\n"}, {`"a" + "b"`, "=> ab\n"}, {"1.5 * 2", "=> 3\n"}, {"nil", ""}},
		"state":         {{"x := 3", ""}, {"x * 2", "=> 6\n"}, {"x = 5\nx", "=> 5\n"}, {"x += 2; x", "=> 7\n"}},
		"mixed":         {{"import \"strings\"\nx := strings.ToUpper(\"a\")\nfunc f() string { return x + y }\nvar y = \"b\"\ntype P struct{ A int }\nfmt.Println(f(), P{1})\nf()", "Ab {1}\n=> Ab\n"}},
		"imports twice": {{"import \"math\"\nmath.Sqrt(4)", "=> 2\n"}, {"import \"math\"\nmath.Sqrt(9)", "=> 3\n"}, {"import m \"math\"\nm.Sqrt(16) + math.Sqrt(1)", "=> 5\n"}},
		"type changes":  {{"x := 3", ""}, {"func f() string { return fmt.Sprint(x) }\nf()", "=> 3\n"}, {`x := "three"`, ""}, {"f()", "=> three\n"}},
		"function again": {{"func f() int { return 1 }\nfunc g() int { return f() * 10 }", ""}, {"g()", "=> 10\n"},
			{"func f() int { return 2 }", ""}, {"g()", "=> 20\n"}},
		"type again": {{"type P struct{ X int }\nfunc (p P) String() string { return fmt.Sprint(\"P\", p.X) }", ""}, {"p := P{4}\np", "=> P4\n"},
			{"type P struct{ X, Y int }", ""}, {"P{5, 6}", "=> P5\n"}, {"func (p P) Sum() int { return p.X + p.Y }", ""}, {"P{5, 6}.Sum()", "=> 11\n"}},
		"embedded again":  {{"type A struct{ N int }\ntype B struct{ A }", ""}, {"type A struct{ N, M int }", ""}, {"b := B{A: A{1, 2}}\nb.A.M + b.N", "=> 3\n"}},
		"constants":       {{"const (\n a = iota\n b\n c\n)", ""}, {"c", "=> 2\n"}, {"const c = 9", ""}, {"b + c", "=> 10\n"}},
		"reuse":           {{"a, err := strconv.Atoi(\"7\")\nb, err := strconv.Atoi(\"8\")\na + b", "=> 15\n"}, {"err == nil", "=> true\n"}, {"a := a + 1\na", "=> 8\n"}},
		"var again":       {{"var n int\nn++\nn", "=> 1\n"}, {"var n int\nn", "=> 0\n"}},
		"closures":        {{"k := 1\nadd := func(i int) int { return i + k }", ""}, {"k = 10\nadd(1)", "=> 11\n"}, {"k := 20", ""}, {"add(1)", "=> 21\n"}},
		"several values":  {{"func f() (int, string) { return 1, \"x\" }\nf()", "=> 1\n=> x\n"}, {"func g() {}\ng()", ""}},
		"nil error":       {{"strconv.Atoi(\"5\")", "=> 5\n"}, {"func e() error { return nil }\ne()", ""}},
		"program":         {{"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"main\") }", "main\n"}, {"1", "=> 1\n"}},
		"init":            {{"var s string\nfunc init() { s += \"a\" }\nfunc init() { s += \"b\" }", ""}, {"s", "=> ab\n"}},
		"loop":            {{"sum := 0\nfor i := 0; i < 10; i++ {\n if i == 3 { continue }\n sum += i\n}\nsum", "=> 42\n"}},
		"generic":         {{"func first[T any](list []T) T { return list[0] }\nfirst[string]([]string{\"a\"})", "=> a\n"}, {"first[int]([]int{4})", "=> 4\n"}},
		"switch":          {{"switch x := 3; {\ncase x > 2:\n fmt.Println(\"big\")\n fallthrough\ndefault:\n fmt.Println(\"more\")\n}", "big\nmore\n"}},
		"labels":          {{"outer:\nfor i := 0; i < 3; i++ {\n for j := 0; j < 3; j++ {\n  if j == 1 { continue outer }\n  fmt.Print(i, j, \" \")\n }\n}", "0 0 1 0 2 0 "}},
		"defer":           {{"defer fmt.Println(\"last\")\nfmt.Println(\"first\")", "first\nlast\n"}},
		"literal":         {{"func() { fmt.Println(\"now\") }()", "now\n"}, {"func(a int) (int, error) { return a, nil }(3)", "=> 3\n"}},
		"shadows package": {{"strings := []string{\"s\"}\nlen(strings)", "=> 1\n"}, {"strings[0]", "=> s\n"}, {"import \"strings\"\nstrings.ToUpper(\"b\")", "=> B\n"}},
		"empty":           {{"", ""}, {"// only a comment", ""}, {"\n\n", ""}},
		"stdin":           {{"var name string\nvar age int\nfmt.Scan(&name, &age)\nfmt.Println(name, age)", "Ada 36\n"}},
		"scanner":         {{"in := bufio.NewScanner(os.Stdin)\nin.Scan()\nin.Text()", "=> Ada 36\n"}},
		"dreamlib":        {{"m := picture.New(4, 3)\nm.Width", "=> 4\n"}, {"dreamlib.Layer(\"relu3_1\").String()", "=> relu3_1\n"}, {"cfg, err := dreamlib.Preset(\"google\")\ncfg.Octaves", "=> 4\n"}},
		"goroutines":      {{"var wg sync.WaitGroup\nvar n int64\nfor i := 0; i < 4; i++ {\n wg.Add(1)\n go func() { defer wg.Done(); atomic.AddInt64(&n, 2) }()\n}\nwg.Wait()\nn", "=> 8\n"}},
		"unnamed":         {{"f := func(int, string) bool { n := 2; return n == 2 }\nf(1, \"a\")", "=> true\n"}, {"func g(int) bool { n := 3; return n == 3 }\ng(4)", "=> true\n"}},
		"recover":         {{"func safe() (s string) {\n defer func() { s = fmt.Sprint(recover()) }()\n panic(\"boo\")\n}\nsafe()", "=> boo\n"}},
		"early return":    {{"for i := 0; ; i++ {\n if i == 2 { return }\n fmt.Println(i)\n}", "0\n1\n"}},
		"same cell twice": {{"type T struct{ A int }\nfunc (t T) Get() int { return t.A }\nv := T{1}", ""}, {"v.Get()", "=> 1\n"}, {"type T struct{ A int }\nfunc (t T) Get() int { return t.A }\nv := T{2}", ""}, {"v.Get()", "=> 2\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for i, c := range cells {
				got, err := b.run(c[0])
				if err != nil {
					t.Fatalf("cell %d: %v %v\n%s", i+1, err, err.(*Error).Trace, c[0])
				}
				if got != c[1] {
					t.Errorf("cell %d wrote %q, want %q\n%s", i+1, got, c[1], c[0])
				}
				if s := b.errs.String(); s != "" {
					t.Logf("cell %d: %s", i+1, s)
				}
			}
		})
	}
}

// TestMistakes names the place of mistakes; after each the session goes on.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ code, name, want string }{
		{"x := 1\ny := x + / 2", "SyntaxError", "cell 2, line 2, column 10: expected operand, found '/'"},
		{"x := 1\n\nvar s string = x", "TypeError", "cell 2, line 3, column 16: cannot use x (variable of type int) as string value in variable declaration"},
		{"undefined1", "TypeError", "cell 2, line 1, column 1: undefined: undefined1"},
		{"import \"os/exec\"", "ImportError", "package \"os/exec\" is not open"},
		{"import \"net/http\"\nhttp.Get(\"x\")", "ImportError", "package \"net/http\" is not open"},
		{"rand.Intn(3)", "TypeError", "it may be math/rand or math/rand/v2"},
		{"a := []int{1}\ni := 3\n\na[i]", "Panic", "cell 2, line 4: panic: reflect: slice index out of range"},
		{"func f(n int) int {\n if n == 0 {\n  panic(\"deep\")\n }\n return f(n-1)\n}\nf(3)", "Panic", "cell 2, line 3: panic: deep"},
		{"i := 3\nfor {\n i--\n kept = i + 1\n kept = 1 / i\n}", "Panic", "cell 2, line 5: panic: runtime error: integer divide by zero"},
		{"var n any = []int{}\nfor range []int{1} {\n kept = 1\n if n == n {\n }\n}", "Panic", "cell 2, line 4: panic: "},
		{"kept = 2\nstrconv.Atoi(\"x\")", "Error", "cell 2, line 2: strconv.Atoi: parsing \"x\": invalid syntax"},
		{"fmt.Println(z)\nz := 3", "TypeError", "cell 2, line 1, column 13: z is used before the line that defines it"},
		{"q := 1\nq := 2", "TypeError", "no new variables"},
		{"func f() {}\nfunc f() {}", "TypeError", "f redeclared: it is in line 1 already"},
		{"os.ReadFile(\"/etc/passwd\")", "Error", "permission denied"},
		{"}", "SyntaxError", "cell 2, line 1"},
		{"func g() int { }", "TypeError", "missing return"},
		{"log.Fatal(\"end\")", "Panic", "exit 1"},
	} {
		t.Run(c.name+" "+c.want, func(t *testing.T) {
			b := newBench(t)
			if _, err := b.run("kept := 1"); err != nil {
				t.Fatal(err)
			}
			_, err := b.run(c.code)
			var e *Error
			if !errors.As(err, &e) || e.Name != c.name || !strings.Contains(err.Error(), c.want) {
				t.Errorf("found %v, want %s: %s", err, c.name, c.want)
			}
			if out, err := b.run("kept > 0"); err != nil || out != "=> true\n" {
				t.Errorf("afterwards: %q, %v", out, err)
			}
		})
	}
}

// TestInterrupt stops what a cell may be doing, and keeps its variables.
func TestInterrupt(t *testing.T) {
	for _, code := range []string{
		"for { n++ }", "for { n++; func() { recover() }() }", "n++; time.Sleep(time.Hour)", "n++; <-ctx.Done()",
		"n++; c, cancel := context.WithTimeout(context.Background(), time.Hour); defer cancel(); <-c.Done()",
		"again:\nn++\ngoto again", "func spin() { for { n++ } }\nspin()",
		"done := make(chan int)\ngo func() { defer close(done); for { n++ } }()\n<-done",
	} {
		t.Run(code, func(t *testing.T) {
			b := newBench(t)
			if _, err := b.run("n := 0\nadd := func(i int) int { return i + 1 }"); err != nil {
				t.Fatal(err)
			}
			err := b.interrupted(code)
			var e *Error
			if !errors.As(err, &e) || e.Name != "Interrupted" || e.Cell != 2 {
				t.Errorf("found %v, want Interrupted in cell 2", err)
			}
			if out, err := b.run("n > 0 && add(1) == 2 && ctx.Err() == nil"); err != nil || out != "=> true\n" {
				t.Errorf("afterwards: %q, %v", out, err)
			}
		})
	}
}

// interrupted runs a cell and interrupts it until it ends.
func (b *bench) interrupted(code string) error {
	ended := make(chan error)
	go func() {
		_, err := b.run(code)
		ended <- err
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tick.C:
			if cell, _ := b.stands(); cell >= 2 {
				b.Interrupt()
			}
		}
	}
}

// TestGoroutineOutlivesItsCell has one run beside the next cells, which an interrupt
// ends like them. The race detector looks on. It touches no variable of the cells, whose
// places yaegi moves without a lock when a cell adds to them.
func TestGoroutineOutlivesItsCell(t *testing.T) {
	b := newBench(t)
	if _, err := b.run("ended := make(chan bool)"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.run("go func(ended chan bool) {\n defer close(ended)\n for {\n  time.Sleep(time.Microsecond)\n }\n}(ended)"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if out, err := b.run("a := []int{1, 2}\na[1]"); err != nil || out != "=> 2\n" {
			t.Fatalf("found %q, %v", out, err)
		}
	}
	var e *Error
	if err := b.interrupted("<-ended"); !errors.As(err, &e) || e.Name != "Interrupted" {
		t.Errorf("found %v, want Interrupted", err)
	}
	if out, err := b.run("ctx.Err() == nil"); err != nil || out != "=> true\n" {
		t.Errorf("afterwards: %q, %v", out, err)
	}
}

// TestUnseen leaves an error without a look, and looks at one.
func TestUnseen(t *testing.T) {
	b := newBench(t)
	for code, want := range map[string]string{
		"n, err := strconv.Atoi(\"x\")\nm, err := strconv.Atoi(\"2\")\nn + m": "line 1: err is set, and the cell does not look at it: strconv.Atoi",
		"n, err := strconv.Atoi(\"x\")\nn == 0 && err != nil":                 "",
		"n, err := strconv.Atoi(\"3\")\nn":                                    "",
	} {
		if _, err := b.run(code); err != nil || !strings.Contains(b.errs.String(), want) || want == "" && b.errs.Len() > 0 {
			t.Errorf("%s: found %q, %v, want %q", code, b.errs.String(), err, want)
		}
	}
}

// TestLost changes a type: what cannot be made again with it is named.
func TestLost(t *testing.T) {
	b := newBench(t)
	for _, code := range []string{"type P struct{ X int }", "p := P{1}", "func use() int { return p.X }", "func another() P { return P{2} }"} {
		if _, err := b.run(code); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.run("type P struct{ Y int }"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"p (cell 2) is gone", "use (cell 3, line 1) is gone"} {
		if !strings.Contains(b.errs.String(), want) {
			t.Errorf("want %q in %q", want, b.errs.String())
		}
	}
	if out, err := b.run("another().Y"); err != nil || out != "=> 2\n" {
		t.Errorf("another was to be made again: %q, %v", out, err)
	}
}
