package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models/hub"
)

// loaded is when the program began, but for the some 20 ms in which the system
// loads it and its packages set themselves up.
var loaded = time.Now()

// Measurement is what "dream bench" prints.
type Measurement struct {
	Engine    string        `json:"engine"`
	Detail    string        `json:"detail"`
	Lowering  vgg.Lowering  `json:"lowering"`
	Precision vgg.Precision `json:"precision"`
	Model     string        `json:"model"`
	Layer     string        `json:"layer"`
	Size      int           `json:"size"`        // of the square picture
	Steps     int           `json:"steps"`       // that are measured
	Warmup    int           `json:"warmup"`      // steps after the first that are not
	Start     float64       `json:"start_s"`     // from the program's start until net and engine are open
	Net       float64       `json:"net_s"`       // of that, reading the net
	Open      float64       `json:"engine_s"`    // of that, opening the engine
	First     float64       `json:"first_s"`     // the first step, with what only it has to do
	Compile   float64       `json:"compile_s"`   // of that, waiting for the compiler with nothing else to do
	Best      float64       `json:"best_s"`      // the fastest of the measured steps
	Median    float64       `json:"median_s"`    // and the middle one
	Peak      *float64      `json:"peak_rss_mb"` // of the whole process, in 10^6 bytes; nil where the system does not say
}

// NewBenchCommand makes "dream bench".
func NewBenchCommand() *cobra.Command {
	m := Measurement{Size: 224, Steps: 5, Warmup: 1}
	var options vgg.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how long a step takes, and how much memory",
		Long: `Measure steps on a square picture of noise: forward to the layer, its L2 norm, the
picture's gradient, and the update, as in the classic preset.

START is from the program's start until the net is read and the engine open. FIRST is
the first step, which also brings the weights to the engine and compiles. Then come
--warmup steps that do not count; BEST and MEDIAN are of the --steps after those. PEAK
is the most memory that the process has held, so one process measures one size.`,
		Example: `  dream bench --size 512
  dream bench --engine go --model vgg19 --layer relu5_4 --steps 3 --json`,
		Args: terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := m.run(cmd.Context(), options); err != nil {
				return err
			}
			return terminal.Print(cmd.OutOrStdout(), &m, asJSON)
		},
	}
	f := cmd.Flags()
	terminal.ModelFlag(cmd, &m.Model)
	terminal.EngineFlag(f, &m.Engine)
	terminal.OptionFlags(f, &options)
	f.StringVar(&m.Layer, "layer", "relu4_2", "layer, or another objective, to ascend")
	want := fmt.Sprintf("1 or more, and at most %d pixels in the square", picture.MaxPixels)
	terminal.Number(f, &m.Size, "size", "side of the picture, in pixels; one size a process", 1, int(math.Sqrt(picture.MaxPixels)), want)
	terminal.Number(f, &m.Steps, "steps", "steps to measure", 1, 1e9, "1 to 1000000000")
	terminal.Number(f, &m.Warmup, "warmup", "steps after the first that do not count", 0, 1e9, "0 to 1000000000")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	terminal.CompleteChoices(cmd)
	terminal.Complete(cmd, "layer", CompleteObjective)
	return cmd
}

// config is the steps' settings.
func (m *Measurement) config() (dreamlib.Config, error) {
	cfg, err := dreamlib.Preset("classic")
	if err != nil {
		return cfg, err
	}
	if cfg.Objective, err = dreamlib.ParseObjective(m.Layer); err != nil {
		return cfg, err
	}
	return cfg, cfg.Check()
}

// run opens what it takes, one after another so that each has its time, and
// measures.
func (m *Measurement) run(ctx context.Context, options vgg.Options) error {
	cfg, err := m.config()
	if err != nil {
		return terminal.Usage(err)
	}
	began := time.Now()
	net, err := hub.Open(m.Model)
	if err != nil {
		return err
	}
	if _, err := dreamlib.Canonical(cfg.Objective, net); err != nil {
		return err
	}
	read := time.Now()
	engine, err := options.OpenEngine(m.Engine)
	if err != nil {
		return err
	}
	defer engine.Close()
	open := time.Now()
	model, err := vgg.NewModel(engine, net, options)
	if err != nil {
		return terminal.Usage(err)
	}
	defer model.Close()
	ascent, err := dreamlib.Ascend(model, cfg, 0, noise(m.Size))
	if err != nil {
		return terminal.Usage(err) // the picture is too small for the layer
	}
	m.Engine, m.Detail, m.Lowering, m.Precision = engine.Name, engine.Detail, options.Lowering, options.Precision
	m.Start, m.Net, m.Open = open.Sub(loaded).Seconds(), read.Sub(began).Seconds(), open.Sub(read).Seconds()
	return m.ascend(ctx, model, ascent)
}

// ascend takes all steps and fills in what they took.
func (m *Measurement) ascend(ctx context.Context, model *vgg.Model, ascent *dreamlib.Ascent) error {
	var took []float64
	for i := range 1 + m.Warmup + m.Steps {
		if ctx.Err() != nil {
			return terminal.Interrupted("interrupted after " + terminal.Count(i, "step") + ": nothing was measured")
		}
		began := time.Now()
		if _, err := ascent.Step(ctx); err != nil {
			return err
		}
		took = append(took, time.Since(began).Seconds())
		if i == 0 {
			m.Compile = model.Compiled().Waited.Seconds()
		}
	}
	m.First, took = took[0], took[1+m.Warmup:]
	slices.Sort(took)
	m.Best, m.Median = took[0], (took[(len(took)-1)/2]+took[len(took)/2])/2
	if peak, err := peakMemory(); err == nil {
		m.Peak = &peak
	}
	return nil
}

// noise is a square picture of uniform noise, always the same.
func noise(size int) *picture.Image {
	img, draw := picture.New(size, size), rand.New(rand.NewPCG(1, 0))
	for i := range img.Pix {
		img.Pix[i] = draw.Float32()
	}
	return img
}

// peakMemory is the most memory that this process has held, in 10^6 bytes. It
// is Linux's own count: getrusage's includes who started the process.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		var kib float64
		if n, _ := fmt.Sscanf(string(line), "VmHWM: %f kB", &kib); n == 1 {
			return kib * 1024 / 1e6, nil
		}
	}
	return 0, errors.New("/proc/self/status has no VmHWM")
}

// Print writes a head and a row.
func (m *Measurement) Print(out io.Writer) error {
	peak := "-"
	if m.Peak != nil {
		peak = fmt.Sprintf("%.0f MB", *m.Peak)
	}
	w := terminal.Table(out)
	fmt.Fprintln(w, "ENGINE\tPRECISION\tMODEL\tLAYER\tSIZE\tSTEPS\tSTART\tFIRST\tBEST\tMEDIAN\tPEAK")
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%.3f s\t%.3f s\t%.4f s\t%.4f s\t%s\n", m.Engine, m.Precision, m.Model, m.Layer, m.Size, m.Steps,
		m.Start, m.First, m.Best, m.Median, peak)
	return w.Flush()
}
