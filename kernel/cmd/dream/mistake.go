package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// usageError is a mistake in the command line rather than in the work.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks err as the user's to mend on the command line.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// isUsage says whether the command line is to blame: what usage marked, names that
// no layer, class or network has, and grids that make no sense.
func isUsage(err error) bool {
	var marked usageError
	var layer *models.UnknownLayerError
	var label *models.UnknownLabelError
	var net *hub.SpecError
	var mistake *grid.Error
	return errors.As(err, &marked) || errors.As(err, &layer) || errors.As(err, &label) ||
		errors.Is(err, models.ErrNoClassifier) || errors.As(err, &net) ||
		errors.As(err, &mistake) && !errors.Is(err, fs.ErrNotExist)
}

// packages are the prefixes of errors, where an error begins.
var packages = regexp.MustCompile(`(^|: |; )(?:sweep: )?(?:dreamlib|picture|models|hub|pjrt|plugins|recipe|recipes|queue|sweep): `)

// oneLine is an error's text on one line, without the packages' names that
// mean nothing to someone who types commands.
func oneLine(err error) string {
	text := strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
	text = strings.ReplaceAll(text, "context canceled", "interrupted")
	return plain(packages.ReplaceAllString(text, "$1"))
}

// plain is a text on one line that steers no terminal, whatever names of files are in it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// exactly wants n arguments, named in what.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return otherArgs(cmd, what, args)
		}
		return nil
	}
}

// atLeastOne wants arguments, named in what.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return otherArgs(cmd, what, args)
		}
		return nil
	}
}

func otherArgs(cmd *cobra.Command, what string, args []string) error {
	return fmt.Errorf("want %s, found %s: see %q", what, counted(len(args), "argument"), cmd.CommandPath()+" --help")
}

func counted(n int, what string) string {
	switch {
	case n == 1:
	case what == "try":
		what = "tries"
	default:
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// onlyCommands takes no arguments but the commands below cmd.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q: %ssee %q", args[0], meant(args[0], names), cmd.CommandPath()+" --help")
}

// flagError says what is wrong with a flag in the words of the command line.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), wanted(invalid))
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return fmt.Errorf("%w: %ssee %q", err, meant("--"+unknown.GetSpecifiedName(), names), cmd.CommandPath()+" --help")
	}
	return err
}

// wanted is what a flag's value should have been.
func wanted(invalid *pflag.InvalidValueError) string {
	if errors.Is(invalid, strconv.ErrRange) {
		return "is too large"
	}
	switch invalid.GetFlag().Value.Type() {
	case "int":
		return "want a whole number"
	case "uint64":
		return "want a whole number, 0 or more"
	case "float64":
		return "want a number"
	case "bool":
		return "want true or false"
	}
	return errors.Unwrap(invalid).Error()
}

// meant suggests the name that is at most two letters away from word.
func meant(word string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := levenshtein.ComputeDistance(word, name); d < least {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "? "
}
