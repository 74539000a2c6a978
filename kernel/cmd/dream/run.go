package main

import (
	"context"
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
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// job is one dream as the command line asks for it.
type job struct {
	picture string // path of the picture to dream on
	out     string // path of the picture to write
	model   string // what hub.Open takes
	engine  string
	options vgg.Options
	config  dreamlib.Config
	image   picture.Options
	memory  byteCount // that the dream may take, 0 for no limit
	json    bool
}

func newRunCommand() *cobra.Command {
	j := job{engine: "auto", memory: usualMemory()}
	var flags configFlags
	cmd := &cobra.Command{
		Use:   "run IMAGE [-o OUT]",
		Short: "Dream on a picture",
		Long: `Dream on a picture: climb the gradient of a network's activations, octave by octave.

IMAGE is a JPEG, PNG, WebP, GIF, BMP or TIFF file. OUT is a PNG or JPEG file; the
settings go inside it, and "dream redo OUT" repeats it. Settings that are not given
are the preset's. Ctrl-C saves the picture so far.`,
		Example: `  dream run photo.jpg -o dream.png
  dream run photo.jpg --layer relu3_3 --octaves 5 --step 2
  dream run photo.jpg --preset classic --model vgg19 --layer 20
  dream run photo.jpg --objective "0.5*relu3_1 + relu5_2"
  dream run photo.jpg --layer logit:owl`,
		Args: exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.set(cmd, &flags, args[0], "dream"); err != nil {
				return usage(err)
			}
			return j.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&j.out, "output", "o", "", "picture to write, .png or .jpg (default IMAGE-dream.png in this folder)")
	imageFlags(f, &j.image)
	f.BoolVar(&j.json, "json", false, "print events as JSON lines")
	j.addFlags(cmd, &flags)
	complete(cmd, "layer", completeObjective)
	complete(cmd, "objective", completeObjective)
	return cmd
}

// addFlags gives cmd the flags that say how to dream and with what.
func (j *job) addFlags(cmd *cobra.Command, flags *configFlags) {
	f := cmd.Flags()
	modelFlag(f, &j.model)
	engineFlag(f, &j.engine, "engine, auto for the first that is here")
	modelOptionFlags(f, &j.options)
	memoryFlag(f, &j.memory)
	flags.add(f)
	completeChoices(cmd)
	completeModel(cmd)
}

// set takes over cmd's flags and the picture, after which the output is called
// unless a flag names it.
func (j *job) set(cmd *cobra.Command, flags *configFlags, picture, what string) (err error) {
	if j.config, err = flags.config(cmd.Flags()); err != nil {
		return err
	}
	if j.picture = picture; picture == "" {
		return errors.New("want a picture, found an empty name")
	}
	if j.out == "" {
		j.out = nameAfter(picture, what)
	}
	return nil
}

// nameAfter is what a picture's dream is called: photo.jpg gives
// photo-dream.png, and .hidden gives .hidden-dream.png.
func nameAfter(picture, what string) string {
	base := filepath.Base(picture)
	if stem := strings.TrimSuffix(base, filepath.Ext(base)); stem != "" {
		base = stem
	}
	return base + "-" + what + ".png"
}

// run does the work: reads, dreams, writes.
func (j *job) run(ctx context.Context, stdout, stderr io.Writer) error {
	started := time.Now()
	report := newReporter(j, stdout, stderr)
	if err := j.check(j.picture); err != nil {
		return err
	}
	in, err := j.open(ctx, j.config.Objective.Check)
	if err != nil {
		return err
	}
	defer in.close()
	plan, err := in.model.Plan(in.source.Size, j.config)
	if err != nil {
		return usage(err)
	}
	if err := in.model.Prepare(ctx, in.source.Size, j.config); err != nil {
		return err
	}
	in.place(plan)
	if err := picture.CheckOutput(j.out, in.picture, j.image); err != nil {
		return err // its opacity was not known before
	}
	if err := in.ready(ctx); err != nil {
		return err
	}
	report.begin(in, time.Since(started))

	dreaming := time.Now()
	result, err := j.dream(ctx, in, report)
	if err != nil && (result == nil || len(result.Values) == 0) {
		return err
	}
	provenance := j.provenance(in, result, err)
	if failed := j.write(j.out, result, provenance); failed != nil {
		return failed
	}
	report.done(result, provenance, time.Since(dreaming))
	if err != nil {
		return fmt.Errorf("%w: the picture so far is %s; to go on, dream on it, or start over", err, j.out)
	}
	return report.failed
}

// dream dreams and reports. An error comes with the result so far, if any.
func (j *job) dream(ctx context.Context, in *inputs, report *reporter) (*dreamlib.Result, error) {
	result, err := dreamlib.Dream(ctx, in.model, in.picture, j.config, report.step)
	report.bar.stop()
	switch {
	case result == nil:
		return nil, usage(err) // nothing was computed: the settings do not fit
	case errors.Is(err, context.Canceled):
		return result, interrupted(len(result.Values))
	}
	return result, err
}

// interruptedError is context.Canceled in words.
type interruptedError string

func (e interruptedError) Error() string { return string(e) }
func (e interruptedError) Unwrap() error { return context.Canceled }

// interrupted says how far a dream came.
func interrupted(steps int) error {
	if steps == 0 {
		return interruptedError("interrupted before the first step: nothing was written")
	}
	return interruptedError("interrupted after " + counted(steps, "step"))
}

// inputs are what a dream needs.
type inputs struct {
	source        *picture.File  // nil from place on
	picture       *picture.Image // nil until place
	pictureSHA256 string         // of its file
	netSHA256     string         // known when the weights are there
	engine        *vgg.Engine
	model         *vgg.Model
	random        bool // the network was never trained

	reading errgroup.Group // of the weights
	net     *models.Net    // what it gave
}

// on says what computes, and in what if that is not float32.
func (in *inputs) on(o vgg.Options) string {
	if o.Precision == vgg.PrecisionFloat32 {
		return in.engine.Name
	}
	return in.engine.Name + ", " + string(o.Precision)
}

// place converts the picture to numbers, and keeps Go's memory within what the plans
// predict. Of several plans, each for one dream, the largest counts.
func (in *inputs) place(plans ...*dreamlib.Plan) {
	keepMemory(in.model.Memory, plans)
	in.picture, in.source = in.source.Image(), nil
}

// open reads the picture and what the network is like, opens the engine, and
// begins to read the network's weights, for which ready waits. check says
// whether the network has what is to be climbed.
func (j *job) open(ctx context.Context, check func(*models.Net) error) (*inputs, error) {
	in := &inputs{}
	checkAndRead := func(outline *models.Net) error {
		err := check(outline)
		if err == nil {
			in.read(j.model)
		}
		return err
	}
	return in, j.openWith(ctx, in, checkAndRead, func() (err error) {
		if in.source, err = picture.Open(j.picture); err == nil {
			in.pictureSHA256 = in.source.SHA256
		}
		return err
	})
}

// openWith is open without the weights and with another way to read the picture.
func (j *job) openWith(ctx context.Context, in *inputs, check func(*models.Net) error, read func() error) error {
	var outline *models.Net
	var work errgroup.Group
	work.Go(read)
	work.Go(func() (err error) {
		if outline, err = hub.Outline(j.model); err == nil {
			err = check(outline)
		}
		return err
	})
	work.Go(func() (err error) {
		in.engine, err = j.options.OpenEngine(j.engine)
		return err
	})
	err := work.Wait()
	if ctx.Err() != nil {
		err = interrupted(0)
	}
	if err == nil {
		in.random = outline.Name == "random"
		in.model, err = vgg.NewModel(in.engine, outline, j.options)
		err = usage(err) // the engine cannot do what the options ask
	}
	if err != nil {
		in.close()
		return err
	}
	in.model.Memory = int64(j.memory)
	return nil
}

// read begins to read the weights of the network of that name.
func (in *inputs) read(name string) {
	in.reading.Go(func() (err error) {
		in.net, err = hub.Open(name)
		return err
	})
}

// ready waits for the weights and gives them to the model.
func (in *inputs) ready(ctx context.Context) error {
	err := in.reading.Wait()
	if ctx.Err() != nil {
		return interrupted(0)
	}
	if err != nil {
		return err
	}
	in.netSHA256 = in.net.SHA256
	err = in.model.SetWeights(in.net)
	in.net = nil // so that its memory is free once the weights are on the engine
	return err
}

// close waits for what is under way and frees it all.
func (in *inputs) close() {
	_ = in.reading.Wait() // ready reports it
	if in.model != nil {
		in.model.Close()
	}
	if in.engine != nil {
		in.engine.Close()
	}
}

// check finds mistakes before any work, also what would keep the result from
// being written: among others, that it would replace one of the inputs.
func (j *job) check(inputs ...string) error {
	if err := j.config.Check(); err != nil {
		return usage(err)
	}
	if err := checkImage(j.image, j.out); err != nil {
		return usage(err)
	}
	if err := picture.CheckOutput(j.out, nil, j.image); err != nil {
		return err
	}
	out, err := os.Stat(j.out)
	if err != nil {
		return nil // there is nothing to lose yet
	}
	for _, path := range inputs {
		if in, err := os.Stat(path); err == nil && os.SameFile(in, out) {
			return usage(fmt.Errorf("output %s is the picture itself: want another name", j.out))
		}
	}
	return nil
}

// provenance records what was run.
func (j *job) provenance(in *inputs, result *dreamlib.Result, ended error) dreamlib.Provenance {
	p := dreamlib.Provenance{
		Version:   dreamlib.Version,
		Engine:    in.engine.Name,
		Lowering:  j.options.Lowering,
		Precision: j.options.Precision,
		Config:    result.Config,
		Steps:     len(result.Values),
	}
	p.Net.Source, p.Net.SHA256 = j.model, in.netSHA256
	p.Picture.Source, p.Picture.SHA256 = j.picture, in.pictureSHA256
	if strings.EqualFold(filepath.Ext(j.out), ".png") {
		p.Depth = j.image.Depth
	} else {
		p.Quality = j.image.Quality
	}
	if ended != nil {
		p.Ended = oneLine(ended)
	}
	return p
}

// write saves the result at path with its record inside.
func (j *job) write(path string, result *dreamlib.Result, p dreamlib.Provenance) error {
	text, err := p.Text()
	if err != nil {
		return err
	}
	options := j.image
	options.Text = text
	return picture.Write(path, result.Image, options)
}
