// Train draws the embedded net's pictures and trains it.
//
//	train              train, or go on from the last checkpoint
//	train judge        say how many fresh pictures the net gets right
//	train sheet        draw a contact sheet of all picture classes
//
// It is a module of its own, so that godream does not depend on what only training needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/gomlx/compute"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/pjrt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := trainCommand()
	root.AddCommand(sheetCommand(), judgeCommand())
	if root.ExecuteContext(ctx) != nil {
		os.Exit(1)
	}
}

// settings are the train command's.
type settings struct {
	out    string // the net's file
	folder string // of checkpoint and curve
	every  int    // steps between points of the curve, and checkpoints
}

func trainCommand() *cobra.Command {
	s := settings{}
	command := &cobra.Command{
		Use:   "train",
		Short: "Train the embedded net on pictures that the project draws",
		Long: `Train the embedded net on pictures that the project draws.

An interrupted run goes on from its last checkpoint when the same command is given again.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE:         func(c *cobra.Command, _ []string) error { return s.run(c.Context(), embedded) },
	}
	flags := command.Flags()
	flags.StringVarP(&s.out, "out", "o", "models/embedded.safetensors", "file to write the trained net to")
	flags.StringVar(&s.folder, "folder", "training", "folder of the checkpoint and the curve")
	flags.IntVar(&s.every, "every", 200, "steps between checkpoints")
	return command
}

// run trains from the last checkpoint, or from the start, to the end, and
// writes the net.
func (s settings) run(ctx context.Context, r run) error {
	if s.every < 1 {
		return fmt.Errorf("train: want --every of 1 or more, found %d", s.every)
	}
	plugin, err := pjrt.Find("cpu")
	if err != nil {
		return fmt.Errorf("train: needs XLA: %w", err)
	}
	backend, err := compute.NewWithConfig("xla:" + plugin)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	defer backend.Finalize()
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	t, err := newTrainer(backend, r)
	if err != nil {
		return err
	}
	path := filepath.Join(s.folder, "checkpoint")
	if err := t.resume(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = s.train(ctx, t, path)
	if errors.Is(err, context.Canceled) {
		if err := t.save(path); err != nil {
			return err
		}
		return fmt.Errorf("train: interrupted after step %d of %d; the same command goes on from there", t.step, t.steps())
	}
	if err != nil {
		return err
	}
	return s.finish(t)
}

// finish writes the trained net with what it does on fresh pictures.
func (s settings) finish(t *trainer) error {
	net, err := t.net()
	if err != nil {
		return err
	}
	kept, err := halved(net)
	if err != nil {
		return err
	}
	n := 20 * len(net.Labels)
	v, err := judgeOn("auto", kept, n, t.stage(t.steps()-1).Size)
	if err != nil {
		return err
	}
	v.print(os.Stdout, n)
	return export(s.out, net, provenance{
		Run: t.run, Steps: t.step, Accuracy: v.accuracy(), Pictures: n,
		Commit: commit(), Date: time.Now().UTC().Format(time.DateOnly),
	})
}

// commit is the one that the program was built from, "unknown" where Go did not
// write it down (go run does not), with a + where files had changed since.
func commit() string {
	name, changed := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				name = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = "+"
			}
		}
	}
	return name + changed
}

// train trains, and keeps checkpoint and curve up to date.
func (s settings) train(ctx context.Context, t *trainer, path string) error {
	bar := progressbar.NewOptions(t.steps(),
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetPredictTime(true), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(time.Second), progressbar.OptionSetTheme(progressbar.ThemeASCII))
	_ = bar.Set(t.step) // only drawing can fail
	var loss, right float64
	steps := 0
	return t.train(ctx, func(l, r float64) error {
		loss, right, steps = loss+l, right+r, steps+1
		_ = bar.Add(1)
		if t.step%s.every != 0 && t.step != t.steps() {
			return nil
		}
		accuracy, err := t.accuracy(512, t.stage(t.step-1).Size)
		if err != nil {
			return err
		}
		p := point{t.step, loss / float64(steps), right / float64(steps), accuracy}
		loss, right, steps = 0, 0, 0
		bar.Describe(fmt.Sprintf("loss %.3f, learned %.1f%%, fresh %.1f%%", p.Loss, 100*p.Learned, 100*p.Accuracy))
		t.history = append(t.history, p)
		if err := t.save(path); err != nil {
			return err
		}
		return drawCurve(filepath.Join(s.folder, "curve.png"), t.history)
	})
}
