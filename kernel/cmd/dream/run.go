package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// job is one dream as the command line asks for it.
type job struct {
	picture  string // path of the picture to dream on
	out      string // path of the picture to write
	model    string // what hub.Open takes
	engine   string
	lowering dreamlib.Lowering
	config   dreamlib.Config
	image    dreamlib.ImageOptions
	json     bool
}

func newRunCommand() *cobra.Command {
	var j job
	var flags configFlags
	cmd := &cobra.Command{
		Use:   "run IMAGE [-o OUT]",
		Short: "Dream on a picture",
		Long: `Dream on a picture: climb the gradient of a network's activations, octave by octave.

IMAGE is a JPEG, PNG, WebP, GIF, BMP or TIFF file. OUT is a PNG or JPEG file; the
settings go inside it, and "dream redo OUT" repeats it. Ctrl-C saves the picture so far.`,
		Example: `  dream run photo.jpg -o dream.png
  dream run photo.jpg --layer relu3_3 --octaves 5 --step 2
  dream run photo.jpg --preset classic --model vgg19 --layer 20
  dream run photo.jpg --objective "0.5*relu3_1 + relu5_2"`,
		Args: exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if j.config, err = flags.config(cmd.Flags()); err != nil {
				return usage(err)
			}
			j.picture = args[0]
			if j.out == "" {
				base := filepath.Base(j.picture)
				j.out = strings.TrimSuffix(base, filepath.Ext(base)) + "-dream.png"
			}
			return j.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&j.out, "output", "o", "", "picture to write, .png or .jpg (default IMAGE-dream.png in this folder)")
	f.IntVar(&j.image.Depth, "depth", 8, "bits a channel of a PNG: 8 or 16")
	f.IntVar(&j.image.Quality, "quality", 95, "quality of a JPEG, 1 to 100")
	f.BoolVar(&j.json, "json", false, "print events as JSON lines")
	j.engineFlags(f)
	flags.add(f)
	completeRun(cmd)
	return cmd
}

// run does the work: reads, dreams, writes.
func (j *job) run(ctx context.Context, stdout, stderr io.Writer) error {
	started := time.Now()
	report := newReporter(j, stdout, stderr)
	if err := j.checkOutput(); err != nil {
		return err
	}
	in, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer in.close()
	report.begin(in, time.Since(started))

	dreaming := time.Now()
	result, err := dreamlib.Dream(ctx, in.model, in.picture, j.config, report.step)
	report.stop()
	if result == nil {
		return usage(err) // nothing was computed: the settings do not fit
	}
	if err != nil && len(result.Values) == 0 {
		if ctx.Err() != nil {
			return errors.New("interrupted before the first step: nothing was written")
		}
		return err
	}
	provenance := j.provenance(in, result, err)
	if failed := j.write(result, provenance); failed != nil {
		return failed
	}
	report.done(result, provenance, time.Since(dreaming))
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("interrupted after %d steps: the picture so far is %s; to go on, dream on it or run the command again", len(result.Values), j.out)
	case err != nil:
		return fmt.Errorf("%w; the picture so far is %s", err, j.out)
	}
	return nil
}

// inputs are what a dream needs.
type inputs struct {
	picture       *dreamlib.Image
	pictureSHA256 string
	netSHA256     string
	engine        *dreamlib.Engine
	model         *dreamlib.Model
	random        bool // the network was never trained
}

func (in *inputs) close() {
	in.model.Close()
	in.engine.Close()
}

// open reads the picture and the network and opens the engine, all at once.
func (j *job) open(ctx context.Context) (*inputs, error) {
	if err := j.config.Check(); err != nil {
		return nil, usage(err)
	}
	var in inputs
	var net *models.Net
	var work errgroup.Group
	work.Go(func() (err error) {
		if in.picture, err = dreamlib.ReadImage(j.picture); err == nil {
			in.pictureSHA256, err = fileSHA256(j.picture)
		}
		return err
	})
	work.Go(func() (err error) {
		net, err = hub.Open(j.model)
		return err
	})
	work.Go(func() (err error) {
		in.engine, err = dreamlib.OpenEngine(j.engine)
		return err
	})
	err := work.Wait()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		in.netSHA256, in.random = net.SHA256, net.Name == "random"
		in.model, err = dreamlib.NewModel(in.engine, net, j.lowering)
	}
	if err != nil && in.engine != nil {
		in.engine.Close()
	}
	return &in, err
}

// checkOutput makes sure, before any work, that the result can be written.
func (j *job) checkOutput() error {
	if err := dreamlib.CheckOutput(j.out, nil, j.image); err != nil {
		return err
	}
	from, err := os.Stat(j.picture)
	if err != nil {
		return nil // reading it says what is wrong
	}
	if to, err := os.Stat(j.out); err == nil && os.SameFile(from, to) {
		return usage(fmt.Errorf("%s is the picture itself: want another name for the dream", j.out))
	}
	return nil
}

// provenance records what was run.
func (j *job) provenance(in *inputs, result *dreamlib.Result, ended error) dreamlib.Provenance {
	p := dreamlib.Provenance{
		Version:  dreamlib.Version,
		Engine:   in.engine.Name,
		Lowering: j.lowering,
		Config:   result.Config,
		Steps:    len(result.Values),
	}
	p.Net.Source, p.Net.SHA256 = j.model, in.netSHA256
	p.Picture.Source, p.Picture.SHA256 = j.picture, in.pictureSHA256
	if ended != nil {
		p.Ended = oneLine(ended)
	}
	return p
}

// write saves the result with its record inside.
func (j *job) write(result *dreamlib.Result, p dreamlib.Provenance) error {
	text, err := p.Text()
	if err != nil {
		return err
	}
	options := j.image
	options.Text = text
	return dreamlib.WriteImage(j.out, result.Image, options)
}

func fileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
