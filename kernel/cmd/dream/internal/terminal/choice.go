package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choice is the value of a flag that takes one of a few words.
type choice[T ~string] struct {
	value *T
	valid []T
}

// Choose adds a flag to f that takes one of the valid words. The value is what
// it stands at until then.
func Choose[T ~string](f *pflag.FlagSet, value *T, name, help string, valid ...T) {
	c := choice[T]{value, valid}
	f.Var(c, name, help+": "+c.list())
}

func (c choice[T]) String() string { return string(*c.value) }
func (c choice[T]) Type() string   { return "word" }

func (c choice[T]) Set(word string) error {
	if !slices.Contains(c.valid, T(word)) {
		return fmt.Errorf("want %s", c.list())
	}
	*c.value = T(word)
	return nil
}

// list is "direct or winograd", "auto, xla:cuda, xla:cpu or go".
func (c choice[T]) list() string {
	words, last := c.Words(), len(c.valid)-1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (c choice[T]) Words() []string {
	words := make([]string, len(c.valid))
	for i, v := range c.valid {
		words[i] = string(v)
	}
	return words
}

// CompleteChoices lets a shell complete the words of cmd's choices.
func CompleteChoices(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if c, ok := f.Value.(interface{ Words() []string }); ok {
			Complete(cmd, f.Name, cobra.FixedCompletions(c.Words(), cobra.ShellCompDirectiveNoFileComp))
		}
	})
}

// Complete is how a shell completes a flag's value.
func Complete(cmd *cobra.Command, flag string, how cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, how); err != nil {
		panic(err) // there is no such flag, or it has a completion already
	}
}
