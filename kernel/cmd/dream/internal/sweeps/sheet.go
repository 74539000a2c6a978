package sweeps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
)

// sweepSheet is what "dream sweep sheet" was asked for.
type sweepSheet struct {
	folder string
	html   bool
	sheet  folder.SheetOptions
	page   folder.PageOptions
}

func newSheetCommand() *cobra.Command {
	var s sweepSheet
	cmd := &cobra.Command{
		Use:   "sheet DIR",
		Short: "Lay a sweep's dreams out: on contact sheets, or on a page to explore",
		Long: `Lay a sweep's dreams out on contact sheets, PNG files with the values of two axes
along their sides, or with --html on one page that browsers open from the disk: rows and
columns of choice, filters, pictures side by side at any zoom, and how to make each.

The page is DIR/index.html; the small copies that it shows lie in thumbs and inputs
beside it. --embed puts all pictures inside, as JPEGs, so that a small sweep is one file
to mail.`,
		Example: `  dream sweep sheet steps
  dream sweep sheet steps --rows layer --columns step --cell 128
  dream sweep sheet steps --html
  dream sweep sheet steps --html --embed`,
		Args: terminal.Exactly(1, "a sweep's folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.folder = args[0]
			if err := s.check(cmd); err != nil {
				return terminal.Usage(err)
			}
			return s.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.BoolVar(&s.html, "html", false, "write a page to explore instead of contact sheets")
	f.BoolVar(&s.page.Embed, "embed", false, "put the pictures inside the page")
	f.StringVar(&s.sheet.Rows, "rows", "", "axis whose values go down a contact sheet (default the last but one)")
	f.StringVar(&s.sheet.Columns, "columns", "", "axis whose values go across it (default the last)")
	s.sheet.Cell = 256
	terminal.Number(f, &s.sheet.Cell, "cell", "width and height of a dream on it at most, in pixels", 1, math.MaxInt, "1 or more")
	return cmd
}

// check finds flags of the other kind of sheet.
func (s *sweepSheet) check(cmd *cobra.Command) error {
	if s.page.Embed && !s.html {
		return errors.New("--embed is for a page: want --html with it")
	}
	for _, name := range []string{"rows", "columns", "cell"} {
		if s.html && cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is for contact sheets: a page lets its reader choose", name)
		}
	}
	return nil
}

func (s *sweepSheet) run(ctx context.Context, stdout, stderr io.Writer) error {
	f, err := folder.Open(s.folder)
	if err != nil {
		return err
	}
	for _, d := range f.Damaged() {
		fmt.Fprintln(stderr, "note:", terminal.OneLine(d))
	}
	if !s.html {
		paths, err := f.WriteSheets(s.sheet)
		for _, path := range paths {
			fmt.Fprintln(stdout, path)
		}
		return err
	}
	path, notes, err := folder.WritePage(ctx, f, s.page)
	for _, note := range notes {
		fmt.Fprintln(stderr, "note:", terminal.Plain(note))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %s of %s\n", path, terminal.Count(len(f.Records()), "result"), terminal.Count(len(f.Jobs), "job"))
	return err
}
