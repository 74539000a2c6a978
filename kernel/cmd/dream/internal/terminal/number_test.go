package terminal

import (
	"testing"

	"github.com/spf13/pflag"
)

func TestNumber(t *testing.T) {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	whole, any := 7, 0.5
	Number(f, &whole, "whole", "", 0, 10, "0 to 10")
	Number(f, &any, "any", "", -1, 1, "-1 to 1")
	for _, c := range []struct {
		args []string
		want string // of the error
	}{
		{[]string{"--whole", "10", "--any=-1"}, ""},
		{[]string{"--whole=-1"}, "--whole -1: want 0 to 10"},
		{[]string{"--whole", "1.5"}, `--whole "1.5": want a whole number`},
		{[]string{"--whole", "99999999999999999999"}, `--whole "99999999999999999999": is too large`},
		{[]string{"--any", "nan"}, "--any nan: want -1 to 1"},
		{[]string{"--any", "-inf"}, "--any -inf: want -1 to 1"},
		{[]string{"--any", "much"}, `--any "much": want a number`},
	} {
		got := ""
		if err := f.Parse(c.args); err != nil {
			got = FlagError(nil, err).Error()
		}
		if got != c.want || whole != 10 || any != -1 {
			t.Errorf("%q: got %q, %d and %g, want %q", c.args, got, whole, any, c.want)
		}
	}
}
