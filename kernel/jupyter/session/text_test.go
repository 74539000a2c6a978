package session

import (
	"reflect"
	"testing"
)

func TestChunks(t *testing.T) {
	for code, want := range map[string][]bool{ // which are outside of functions
		"x := 1\nfunc f() {}\nfunc() {}()":                                  {false, true, false},
		"func (p P) M() int { return 1 }":                                   {true},
		"func(a int) int { return a }(1)":                                   {false},
		"func() (int, error) { return 1, nil }()":                           {false},
		"import \"fmt\"; type T struct {\n A int\n}":                        {true, false},
		"func f[T any](x T) {}":                                             {true},
		"func (l *List[T]) Len() int { return 0 }\nfunc() p.T { panic(1) }": {true, false},
	} {
		list, extra := chunks(code)
		var got []bool
		for _, c := range list {
			got = append(got, c.outside)
		}
		if !reflect.DeepEqual(got, want) || extra >= 0 {
			t.Errorf("%s: found %v, want %v", code, got, want)
		}
	}
	if _, extra := chunks("f(1))"); extra != 4 {
		t.Errorf("found %d, want 4", extra)
	}
}

func TestIsComplete(t *testing.T) {
	for code, want := range map[string][2]string{
		"":                           {"complete", ""},
		"x := 1":                     {"complete", ""},
		"func f() {":                 {"incomplete", "\t"},
		"if x {\n\tif y {":           {"incomplete", "\t\t"},
		"x := map[string]int{\n1:":   {"incomplete", ""},
		"x := )":                     {"invalid", ""},
		"}":                          {"invalid", ""},
		"?x":                         {"complete", ""},
		"package main\nfunc main(){": {"incomplete", "\t"},
	} {
		if status, indent := IsComplete(code); [2]string{status, indent} != want {
			t.Errorf("%q: found %s, %q, want %q", code, status, indent, want)
		}
	}
}

func TestOperand(t *testing.T) {
	for text, want := range map[string]string{
		"x": "x", "a.b": "a.b", "f(1, g(2)).c": "f(1, g(2)).c", "x := a[i].b": "a[i].b", "f(x": "x", "1 + ": "", "(a.b)": "(a.b)", ")": "", "é.a": "é.a",
	} {
		if got := operand(text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

// FuzzText gives any text to what reads cells before they run.
func FuzzText(f *testing.F) {
	for _, code := range []string{"x := 1\nfunc f() {\n}", "func(", "`", "/*", "a.b(c.", "}\n{", "import \"fmt\"\x00", "é :=", "for ;;{", "package main;"} {
		f.Add(code, 3)
	}
	s, err := New(Host{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		IsComplete(code)
		Question(code)
		if c := s.Complete(code, cursor); c.From > c.To || c.To > len(code) || len(c.Names) != len(c.Kinds) {
			t.Errorf("%+v", c)
		}
		s.Inspect(code, cursor, 1)
	})
}

func TestPlain(t *testing.T) {
	if got := plain(alias("P", 2) + "." + alias("x", 10)); got != "P.x" {
		t.Errorf("found %q", got)
	}
}
