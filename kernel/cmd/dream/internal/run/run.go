// Package run is the commands that dream on one picture, and that plan, repeat and measure
// dreams.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
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
	memory  terminal.Memory // that the dream may take, 0 for no limit
	json    bool
}

// NewCommand makes "dream run".
func NewCommand() *cobra.Command {
	var j job
	var flags ConfigFlags
	cmd := &cobra.Command{
		Use:   "run IMAGE [-o OUT]",
		Short: "Dream on a picture",
		Long: `Dream on a picture: ascend the gradient of a network's activations, octave by octave.

IMAGE is a JPEG, PNG, WebP, GIF, BMP or TIFF file. OUT is a PNG or JPEG file; the
settings go inside it, and "dream redo OUT" repeats it. Settings that are not given
are the preset's. Ctrl-C saves the picture so far.`,
		Example: `  dream run photo.jpg -o dream.png
  dream run photo.jpg --layer relu3_3 --octaves 5 --step 2
  dream run photo.jpg --preset classic --model vgg19 --layer 20
  dream run photo.jpg --objective "0.5*relu3_1 + relu5_2"
  dream run photo.jpg --layer logit:owl`,
		Args: terminal.Exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.set(cmd, &flags, args[0], "dream"); err != nil {
				return terminal.Usage(err)
			}
			return j.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&j.out, "output", "o", "", "picture to write, .png or .jpg (default IMAGE-dream.png in this folder)")
	f.IntVar(&j.image.Depth, "depth", 8, "bits a channel of a PNG: 8 or 16")
	qualityFlag(f, &j.image.Quality)
	f.BoolVar(&j.json, "json", false, "print events as JSON lines")
	j.addFlags(cmd, &flags)
	return cmd
}

// addFlags gives cmd the flags that say how to dream and with what.
func (j *job) addFlags(cmd *cobra.Command, flags *ConfigFlags) {
	f := cmd.Flags()
	terminal.ModelFlag(cmd, &j.model)
	terminal.EngineFlag(f, &j.engine)
	terminal.OptionFlags(f, &j.options)
	tileFlag(f, &j.options.Tile)
	terminal.MemoryFlag(f, &j.memory, terminal.PlannedMemory)
	flags.Add(f)
	terminal.CompleteChoices(cmd)
	terminal.Complete(cmd, "layer", CompleteObjective)
	terminal.Complete(cmd, "objective", CompleteObjective)
}

// set takes over cmd's flags and the picture, after which the output is called
// unless a flag names it.
func (j *job) set(cmd *cobra.Command, flags *ConfigFlags, picture, what string) (err error) {
	if j.config, err = flags.config(cmd.Flags()); err != nil {
		return err
	}
	if j.picture = picture; picture == "" {
		return errors.New("want a picture, found an empty name")
	}
	if j.out == "" {
		j.out = NameAfter(picture, what)
	}
	return nil
}

// NameAfter is what a picture's dream is called: photo.jpg gives
// photo-dream.png, and .hidden gives .hidden-dream.png.
func NameAfter(picture, what string) string {
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
	in, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer in.model.Close()
	plan, err := dreamlib.NewPlan(in.model, in.picture.Size(), j.config)
	if err != nil {
		return terminal.Usage(err)
	}
	if err := picture.CheckOutput(j.out, in.picture, j.image); err != nil {
		return err // its opacity was not known before
	}
	if err := dreamlib.Prepare(ctx, in.model, in.picture.Size(), j.config); err != nil {
		return err
	}
	if err := in.ready(ctx, plan); err != nil {
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
	report.bar.Stop()
	switch {
	case result == nil:
		return nil, terminal.Usage(err) // nothing was computed: the settings do not fit
	case errors.Is(err, context.Canceled):
		return result, Interrupted(len(result.Values))
	}
	return result, err
}

// Interrupted says after how many steps a dream was interrupted.
func Interrupted(steps int) error {
	if steps == 0 {
		return terminal.Interrupted("interrupted before the first step: nothing was written")
	}
	return terminal.Interrupted("interrupted after " + terminal.Count(steps, "step"))
}

// inputs are what a dream needs.
type inputs struct {
	picture *picture.Image
	sha256  string // of its file
	model   *vgg.Model
}

// on says what computes, and in what if that is not float32.
func on(m *vgg.Model) string {
	if precision := m.Options().Precision; precision != vgg.PrecisionFloat32 {
		return m.Engine.Name + ", " + string(precision)
	}
	return m.Engine.Name
}

// open reads the picture and opens the network, and checks that it has what is asked for.
func (j *job) open(ctx context.Context) (*inputs, error) {
	in := &inputs{}
	var work errgroup.Group
	work.Go(func() error {
		file, err := picture.Open(j.picture)
		if err == nil {
			in.picture, in.sha256 = file.Image(), file.SHA256
		}
		return err
	})
	work.Go(func() (err error) {
		in.model, err = j.openModel(ctx, false)
		return err
	})
	if err := work.Wait(); err != nil {
		in.model.Close()
		return nil, err
	}
	return in, nil
}

// openModel opens the network. Its weights are read in the background, or later.
func (j *job) openModel(ctx context.Context, later bool) (*vgg.Model, error) {
	options := dreamlib.Options{Engine: j.engine, Later: later, Options: j.options}
	options.Memory = int64(j.memory)
	model, err := dreamlib.Open(ctx, j.model, options)
	if ctx.Err() != nil {
		model.Close()
		return nil, Interrupted(0)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		err = terminal.Usage(err) // as of an engine that does not compute in the precision
	}
	return model, err
}

// ready waits for the weights, and keeps Go's memory within what the plans predict. Of
// several plans, each for one dream, the largest counts.
func (in *inputs) ready(ctx context.Context, plans ...*dreamlib.Plan) error {
	keepMemory(in.model.Options().Memory, plans)
	err := in.model.Ready(ctx)
	if ctx.Err() != nil {
		return Interrupted(0)
	}
	return err
}

// leastHeap is what Go's heap takes with no picture in it, and room for garbage:
// with less, collecting would never end.
const leastHeap = 64 << 20

// keepMemory lets pictures that are no longer needed go in time for the peak to
// be the one predicted. The pure-Go engine's buffers are Go's too, and are taken
// again rather than collected, so there the limit alone counts.
func keepMemory(limit int64, plans []*dreamlib.Plan) {
	var own, all int64
	for _, p := range plans {
		own, all = max(own, p.Memory-p.Engine), max(all, p.Memory)
	}
	switch {
	case limit == 0:
	case own < all:
		debug.SetMemoryLimit(max(own, leastHeap))
	default:
		debug.SetMemoryLimit(max(limit, all))
	}
}

// check finds mistakes before any work, also what would keep the result from
// being written: among others, that it would replace one of the inputs.
func (j *job) check(inputs ...string) error {
	if err := j.config.Check(); err != nil {
		return terminal.Usage(err)
	}
	if j.image.Depth != 8 && j.image.Depth != 16 {
		return terminal.Usage(fmt.Errorf("--depth %d: want 8 or 16", j.image.Depth))
	}
	if err := j.image.Check(j.out); err != nil {
		return terminal.Usage(err)
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
			return terminal.Usage(fmt.Errorf("output %s is the picture itself: want another name", j.out))
		}
	}
	return nil
}

// provenance records what was run.
func (j *job) provenance(in *inputs, result *dreamlib.Result, ended error) dreamlib.Provenance {
	p := dreamlib.Provenance{
		Version:   dreamlib.Version,
		Engine:    in.model.Engine.Name,
		Lowering:  j.options.Lowering,
		Precision: j.options.Precision,
		Config:    result.Config,
		Steps:     len(result.Values),
	}
	p.Net.Source, p.Net.SHA256 = j.model, in.model.Net.SHA256
	p.Picture.Source, p.Picture.SHA256 = j.picture, in.sha256
	if strings.EqualFold(filepath.Ext(j.out), ".png") {
		p.Depth = j.image.Depth
	} else {
		p.Quality = j.image.Quality
	}
	if ended != nil {
		p.Ended = terminal.OneLine(ended)
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
