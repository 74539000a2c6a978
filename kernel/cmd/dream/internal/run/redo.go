package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// redoLeast is the likeness, in decibels, from which two pictures count as the
// same dream: engines round differently, and deep dreams amplify it.
const redoLeast = 40

// NewRedoCommand makes "dream redo".
func NewRedoCommand() *cobra.Command {
	var j job
	cmd := &cobra.Command{
		Use:   "redo OUT",
		Short: "Repeat a dream from the settings inside its picture and compare",
		Long: `Repeat a dream from the settings inside its picture and compare the two.

Exits with 1 when they differ: below 40 dB, or in size. On the same engine they are
identical.`,
		Args: terminal.Exactly(1, "one dreamt picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			made, err := picture.Open(args[0])
			if err != nil {
				return err
			}
			p, err := dreamlib.ReadProvenance(args[0])
			if err != nil {
				return err
			}
			if p.Ended != "" {
				return fmt.Errorf("%s is not a whole dream: %s", args[0], p.Ended)
			}
			j.picture, j.model, j.engine = cmp.Or(j.picture, p.Picture.Source), cmp.Or(j.model, p.Net.Source), cmp.Or(j.engine, p.Engine)
			j.options.Lowering, j.options.Precision = p.Lowering, cmp.Or(j.options.Precision, p.Precision, vgg.PrecisionFloat32)
			j.config, j.image = p.Config, picture.Options{Depth: cmp.Or(p.Depth, 8), Quality: cmp.Or(p.Quality, 95)}
			if j.out != "" {
				if err := j.check(j.picture, args[0]); err != nil {
					return err
				}
			}
			return j.redo(cmd.Context(), p, args[0], made, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&j.picture, "picture", "", "the picture dreamt on, when it has moved")
	f.StringVar(&j.model, "model", "", "the network, when it has moved")
	terminal.Choose(f, &j.engine, "engine", "another engine than the one it was made on", terminal.Engines()...)
	terminal.Choose(f, &j.options.Precision, "precision", "another number format than it was made in", vgg.Precisions...)
	tileFlag(f, &j.options.Tile)
	terminal.MemoryFlag(f, &j.memory, terminal.PlannedMemory)
	f.StringVarP(&j.out, "output", "o", "", "keep the repeated picture here (default none)")
	terminal.CompleteChoices(cmd)
	terminal.CompleteModel(cmd)
	return cmd
}

// redo repeats the dream that p records and compares what its file would hold
// with the one at path.
func (j *job) redo(ctx context.Context, p dreamlib.Provenance, path string, made *picture.File, stdout, stderr io.Writer) error {
	started := time.Now()
	in, err := j.open(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: say where it is now with --picture or --model", err)
	}
	if err != nil {
		return err
	}
	defer in.model.Close()
	plan, err := dreamlib.NewPlan(in.model, in.picture.Size(), j.config)
	if err != nil {
		return terminal.Usage(err)
	}
	if err := in.ready(ctx, plan); err != nil {
		return err
	}
	if err := j.same(in, p); err != nil {
		return err
	}
	report := newReporter(j, io.Discard, stderr)
	report.begin(in, time.Since(started))
	result, err := j.dream(ctx, in, report)
	if err != nil {
		return err
	}
	if j.out != "" {
		if err := j.write(j.out, result, j.provenance(in, result, nil)); err != nil {
			return err
		}
	}
	stored, err := j.stored(result, p)
	if err != nil {
		return err
	}
	return compare(stdout, path, made.Image(), stored.Image())
}

// same refuses to compare dreams on different pictures or by different
// networks.
func (j *job) same(in *inputs, p dreamlib.Provenance) error {
	for _, file := range []struct{ what, name, was, is string }{
		{"picture dreamt on", j.picture, p.Picture.SHA256, in.sha256},
		{"network", j.model, p.Net.SHA256, in.model.Net.SHA256},
	} {
		if file.is != file.was {
			return fmt.Errorf("the %s, %s, has changed: its SHA-256 was %s, found %s", file.what, file.name, file.was, file.is)
		}
	}
	return nil
}

// stored is the result as a file of the record's format gives it back: a JPEG
// is not what was encoded.
func (j *job) stored(result *dreamlib.Result, p dreamlib.Provenance) (*picture.File, error) {
	folder, err := os.MkdirTemp("", "dream-redo-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "again.png")
	if p.Quality > 0 {
		path = filepath.Join(folder, "again.jpg")
	}
	if err := j.write(path, result, p); err != nil {
		return nil, err
	}
	return picture.Open(path)
}

// compare prints how alike two pictures are. Too little is an error.
func compare(stdout io.Writer, path string, made, again *picture.Image) error {
	likeness, err := picture.PSNR(made, again)
	switch {
	case err != nil:
		return fmt.Errorf("%s differs: %w", path, err)
	case made.Equal(again):
		_, err = fmt.Fprintf(stdout, "%s: identical\n", path)
	case likeness < redoLeast:
		return fmt.Errorf("%s differs: %.1f dB, want at least %d", path, likeness, redoLeast)
	case math.IsInf(likeness, 1):
		_, err = fmt.Fprintf(stdout, "%s: identical in 8 bits\n", path)
	default:
		_, err = fmt.Fprintf(stdout, "%s: %.1f dB\n", path, likeness)
	}
	return err
}
