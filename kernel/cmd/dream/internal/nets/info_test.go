package nets

import (
	"slices"
	"strings"
	"testing"
)

func TestWrapped(t *testing.T) {
	word := strings.Repeat("a", 31)
	for _, c := range []struct{ words, want []string }{
		{nil, nil},
		{[]string{"one"}, []string{"one"}},
		{[]string{word, word, "b"}, []string{word + ", " + word + ",", "b"}},     // 31+2+32 of 66
		{[]string{word, word + "aa", "b"}, []string{word + ",", word + "aa, b"}}, // one too many with its comma
		{[]string{strings.Repeat("a", 99), "b"}, []string{strings.Repeat("a", 99) + ",", "b"}},
		{[]string{"two words", "new\nline", "é"}, []string{`two words, "new\nline", é`}},
	} {
		if got := wrapped(c.words); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.words, got, c.want)
		}
	}
}
