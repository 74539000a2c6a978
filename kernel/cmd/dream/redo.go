package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
)

// redoLeast is the likeness, in decibels, from which two pictures count as the
// same dream: engines round differently, and deep dreams amplify it.
const redoLeast = 40

func newRedoCommand() *cobra.Command {
	var picture, model, engine, out string
	cmd := &cobra.Command{
		Use:   "redo OUT",
		Short: "Repeat a dream from the settings inside its picture and compare",
		Long: `Repeat a dream from the settings inside its picture and compare the two.

Exits with 1 when they differ: below 40 dB, or in size. On the same engine they are
identical.`,
		Args: exactly(1, "one dreamt picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := dreamlib.ReadProvenance(args[0])
			if err != nil {
				return err
			}
			j := &job{picture: p.Picture.Source, model: p.Net.Source, engine: p.Engine, lowering: p.Lowering, config: p.Config, out: out}
			f := cmd.Flags()
			if f.Changed("picture") {
				j.picture = picture
			}
			if f.Changed("model") {
				j.model = model
			}
			if f.Changed("engine") {
				j.engine = engine
			}
			return j.redo(cmd.Context(), args[0], p, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&picture, "picture", "", "the picture dreamt on, when it has moved")
	cmd.Flags().StringVar(&model, "model", "", "the network, when it has moved")
	cmd.Flags().StringVar(&engine, "engine", "", "another engine than the one it was made on")
	cmd.Flags().StringVarP(&out, "output", "o", "", "keep the repeated picture here (default none)")
	return cmd
}

// redo repeats the dream that made the picture at path and compares.
func (j *job) redo(ctx context.Context, path string, p dreamlib.Provenance, stdout, stderr io.Writer) error {
	if p.Ended != "" {
		return fmt.Errorf("%s is not a whole dream: it %s", path, p.Ended)
	}
	made, err := dreamlib.ReadImage(path)
	if err != nil {
		return err
	}
	if j.out == "" { // dream into a folder that goes away
		folder, err := os.MkdirTemp("", "dream-redo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		j.out = filepath.Join(folder, "redo"+filepath.Ext(path))
	}
	if err := j.same(p); err != nil {
		return err
	}
	if err := j.run(ctx, io.Discard, stderr); err != nil {
		return err
	}
	again, err := dreamlib.ReadImage(j.out)
	if err != nil {
		return err
	}
	likeness, err := dreamlib.PSNR(made, again)
	switch {
	case err != nil:
		return fmt.Errorf("%s differs: %w", path, err)
	case math.IsInf(likeness, 1):
		fmt.Fprintf(stdout, "%s: identical\n", path)
	case likeness < redoLeast:
		return fmt.Errorf("%s differs: %.1f dB, want at least %d", path, likeness, redoLeast)
	default:
		fmt.Fprintf(stdout, "%s: %.1f dB\n", path, likeness)
	}
	return nil
}

// same refuses to compare dreams on different pictures.
func (j *job) same(p dreamlib.Provenance) error {
	sum, err := fileSHA256(j.picture)
	if err != nil {
		return fmt.Errorf("the picture dreamt on: %w: name it with --picture", err)
	}
	if sum != p.Picture.SHA256 {
		return fmt.Errorf("the picture dreamt on, %s, has changed: its SHA-256 was %s, found %s", j.picture, p.Picture.SHA256, sum)
	}
	return nil
}
