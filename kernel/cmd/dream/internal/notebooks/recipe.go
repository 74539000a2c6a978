package notebooks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/recipe"
	"github.com/seed2310110f/godream/kernel/recipes"
)

// NewRecipeCommand makes "dream recipe".
func NewRecipeCommand() *cobra.Command {
	return terminal.Group(&cobra.Command{
		Use:   "recipe",
		Short: "Run experiments written as one Go file each",
		Long: `Run experiments written as one Go file each. A recipe is a whole Go program that uses
the packages dreamlib, models and sheet; it is interpreted, so it starts at once and needs
no Go here. What the interpreter would get wrong is refused beforehand, with the line and
what to write instead; --compiled runs the same file by the Go toolchain.

RECIPE is a name that "dream recipe list" shows, or a file.`,
	}, newRecipeRunCommand(), newRecipeCheckCommand(), newRecipeListCommand(), newRecipeNewCommand())
}

func newRecipeRunCommand() *cobra.Command {
	var j recipe.Job
	var memory terminal.Memory
	cmd := &cobra.Command{
		Use:   "run RECIPE [--set NAME=VALUE]...",
		Short: "Run a recipe",
		Long: `Run a recipe, in a process and folder of its own. It can read and write files in the
recipe's folder and in --out, and read those that --set names; it cannot start programs or
use the network. "dream recipe check" lists what --set takes. A recipe runs on this
program's engines, and on half of the memory here unless --memory says otherwise.`,
		Example: `  dream recipe run first_dream
  dream recipe run first_dream --set photo=me.jpg --set width=512
  dream recipe run step_octave_sweep --set steps=1,2,4 --out sweep
  dream recipe run mine.go --timeout 10m --compiled`,
		Args:              terminal.Exactly(1, "one recipe"),
		ValidArgsFunction: completeRecipes,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withRecipe(cmd, args[0], func(r *recipe.Recipe) error {
				j.Recipe, j.Memory = r, int64(memory)
				j.Stdout, j.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
				err := j.Run(cmd.Context())
				if setting := recipe.ParamError(""); errors.As(err, &setting) {
					return terminal.Usage(err)
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&j.Set, "set", nil, "set a parameter of the recipe, NAME=VALUE; lists are 1,2,3")
	f.StringVar(&j.Out, "out", ".", "folder that it runs in and writes to")
	f.DurationVar(&j.Timeout, "timeout", time.Hour, "end it after this long; 0 for never")
	terminal.MemoryFlag(f, &memory, "end it when it takes more memory, as in 4GB")
	f.BoolVar(&j.Compiled, "compiled", false, "compile it with Go instead: any Go, at full speed, and without the fence around its files")
	return cmd
}

func newRecipeCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check RECIPE",
		Short: "Say whether a recipe can be interpreted, and what --set takes",
		Long: `Say whether a recipe can be interpreted: what Go would complain about, packages that are
not open to recipes, and what the interpreter is known to do wrong, each with its line and
what to write instead. A recipe that is fine is described, with the parameters for --set.`,
		Args:              terminal.Exactly(1, "one recipe"),
		ValidArgsFunction: completeRecipes,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withRecipe(cmd, args[0], func(r *recipe.Recipe) error { return describeRecipe(cmd.OutOrStdout(), r) })
		},
	}
}

func describeRecipe(out io.Writer, r *recipe.Recipe) error {
	fmt.Fprintf(out, "%s: %s\n", r.Name, r.About)
	if len(r.Params) == 0 {
		return nil
	}
	w := terminal.Table(out)
	fmt.Fprintln(w, "SET\tTYPE\tDEFAULT\tWHAT")
	for _, p := range r.Params {
		kind, about := p.Type, p.About
		if p.File {
			kind = "file"
		}
		if p.Range != nil {
			about += fmt.Sprintf(", %g to %g", p.Range[0], p.Range[1])
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, kind, p.Default, about)
	}
	return w.Flush()
}

func newRecipeListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the recipes that come with the program",
		Args:  terminal.OnlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := terminal.Table(cmd.OutOrStdout())
			for _, name := range recipes.Names() {
				source, err := recipes.Source(name)
				if err != nil {
					return err
				}
				r, err := recipe.Check(name+".go", source)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "%s\t%s\n", name, r.About)
			}
			return w.Flush()
		},
	}
}

func newRecipeNewCommand() *cobra.Command {
	from := "first_dream"
	cmd := &cobra.Command{
		Use:   "new FILE.go [--from RECIPE]",
		Short: "Begin a recipe of your own with a copy of one that comes with the program",
		Args:  terminal.Exactly(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if filepath.Ext(args[0]) != ".go" {
				return terminal.Usage(fmt.Errorf("%s: want a name that ends in .go", args[0]))
			}
			if !slices.Contains(recipes.Names(), from) {
				return terminal.Usage(unknownRecipe(from))
			}
			return recipes.Copy(from, args[0])
		},
	}
	cmd.Flags().StringVar(&from, "from", from, "the recipe to copy")
	terminal.Complete(cmd, "from", completeRecipes)
	return cmd
}

// withRecipe hands do the recipe that arg names, checked.
func withRecipe(cmd *cobra.Command, arg string, do func(*recipe.Recipe) error) error {
	path := arg
	if info, err := os.Stat(arg); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() { // as --out first_dream makes one
		if !slices.Contains(recipes.Names(), arg) {
			if filepath.Ext(arg) == ".go" {
				return fmt.Errorf("recipe %s: there is no such file", arg)
			}
			return terminal.Usage(unknownRecipe(arg))
		}
		folder, forget, err := unpacked()
		if err != nil {
			return err
		}
		defer forget()
		path = filepath.Join(folder, arg+".go")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r, err := recipe.Check(path, source)
	if findings := recipe.CheckError(nil); errors.As(err, &findings) {
		fmt.Fprintln(cmd.ErrOrStderr(), findings)
		return fmt.Errorf("%s is not run: %s", arg, terminal.Count(len(findings), "finding"))
	}
	if err != nil {
		return err
	}
	return do(r)
}

// unpacked is a folder with the recipes that come with the program. It is in the
// user's cache, so that a sweep of theirs still finds its picture when it goes on; where
// nothing can be kept there it is one that forget removes.
func unpacked() (folder string, forget func(), err error) {
	if cache, err := os.UserCacheDir(); err == nil {
		folder := filepath.Join(cache, "godream", "recipes")
		if os.MkdirAll(folder, 0o777) == nil && recipes.Unpack(folder) == nil {
			return folder, func() {}, nil
		}
	}
	if folder, err = os.MkdirTemp("", "recipes-*"); err != nil {
		return "", nil, err
	}
	if err := recipes.Unpack(folder); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	return folder, func() { _ = os.RemoveAll(folder) }, nil
}

func unknownRecipe(name string) error {
	return fmt.Errorf("recipe %s: no such file or recipe: %swant a file, or one of %s", name, terminal.Meant(name, recipes.Names()), strings.Join(recipes.Names(), ", "))
}

func completeRecipes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return recipes.Names(), cobra.ShellCompDirectiveDefault // files, too
}
