package terminal

import (
	"context"
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

// Usage marks err as the user's to mend on the command line.
func Usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// IsUsage reports whether the command line is to blame: what Usage marked, names that
// no layer, class or network has, and grids that make no sense.
func IsUsage(err error) bool {
	var marked usageError
	var layer *models.UnknownLayerError
	var label *models.UnknownLabelError
	var net *hub.SpecError
	var mistake *grid.Error
	return errors.As(err, &marked) || errors.As(err, &layer) || errors.As(err, &label) ||
		errors.Is(err, models.ErrNoClassifier) || errors.As(err, &net) ||
		errors.As(err, &mistake) && !errors.Is(err, fs.ErrNotExist)
}

// Interrupted is context.Canceled in words.
type Interrupted string

func (e Interrupted) Error() string { return string(e) }
func (e Interrupted) Unwrap() error { return context.Canceled }

// packages are the prefixes of errors, where an error begins.
var packages = regexp.MustCompile(`(^|: |; )(?:sweep: )?(?:dreamlib|vgg|picture|models|hub|pjrt|plugins|recipe|recipes|queue|sweep): `)

// OneLine is an error's text on one line, without the packages' names that
// mean nothing to someone who types commands.
func OneLine(err error) string {
	text := strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
	text = strings.ReplaceAll(text, "context canceled", "interrupted")
	return Plain(packages.ReplaceAllString(text, "$1"))
}

// Plain is a text on one line that steers no terminal, whatever names of files are in it.
func Plain(text string) string {
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

// Exactly wants n arguments, named in what.
func Exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return otherArgs(cmd, what, args)
		}
		return nil
	}
}

// AtLeastOne wants arguments, named in what.
func AtLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return otherArgs(cmd, what, args)
		}
		return nil
	}
}

func otherArgs(cmd *cobra.Command, what string, args []string) error {
	return fmt.Errorf("want %s, found %s: see %q", what, Count(len(args), "argument"), cmd.CommandPath()+" --help")
}

// OnlyCommands takes no arguments but the commands below cmd.
func OnlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q: %ssee %q", args[0], Meant(args[0], names), cmd.CommandPath()+" --help")
}

// FlagError reports what is wrong with a flag in the words of the command line.
func FlagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid):
		if wrong := rangeError(""); errors.As(err, &wrong) {
			return fmt.Errorf("--%s %s: %w", invalid.GetFlag().Name, invalid.GetValue(), wrong)
		}
		return fmt.Errorf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), wanted(invalid))
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return fmt.Errorf("%w: %ssee %q", err, Meant("--"+unknown.GetSpecifiedName(), names), cmd.CommandPath()+" --help")
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

// Meant suggests the name that is at most two letters away from word.
func Meant(word string, names []string) string {
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
