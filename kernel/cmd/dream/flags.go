package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models/hub"
)

// configFlags are the flags that make a dreamlib.Config. Only those that the
// user gave change what the preset says.
type configFlags struct {
	given     dreamlib.Config
	layer     string
	objective string
}

// defaultModel is what --model stands at.
const defaultModel = "embedded"

// modelFlag adds --model.
func modelFlag(f *pflag.FlagSet, model *string) {
	f.StringVar(model, "model", defaultModel, "network: a weight file, or a name that \"dream models\" lists")
}

// engineFlag adds --engine, which stands at what engine holds.
func engineFlag(f *pflag.FlagSet, engine *string, help string) {
	choose(f, engine, "engine", help, append([]string{"auto"}, vgg.EngineNames...)...)
}

// modelOptionFlags add --lowering and --precision.
func modelOptionFlags(f *pflag.FlagSet, o *vgg.Options) {
	choose(f, &o.Lowering, "lowering", "convolutions, the faster unless given", vgg.LoweringDirect, vgg.LoweringWinograd)
	o.Precision = vgg.PrecisionFloat32
	precisionFlag(f, &o.Precision, "number format of the convolutions")
}

// precisionFlag adds --precision, which stands at what precision holds.
func precisionFlag(f *pflag.FlagSet, precision *vgg.Precision, help string) {
	choose(f, precision, "precision", help, vgg.Precisions...)
}

// tileFlag adds --tile.
func tileFlag(f *pflag.FlagSet, tile *int) {
	f.IntVar(tile, "tile", 0, "side of the tiles that larger octaves are climbed in, in pixels; 0 for what --memory allows")
}

// imageFlags add how a picture is written.
func imageFlags(f *pflag.FlagSet, image *picture.Options) {
	f.IntVar(&image.Depth, "depth", 8, "bits a channel of a PNG: 8 or 16")
	qualityFlag(f, image)
}

func qualityFlag(f *pflag.FlagSet, image *picture.Options) {
	f.IntVar(&image.Quality, "quality", 95, "quality of a JPEG, 1 to 100")
}

func (c *configFlags) add(f *pflag.FlagSet) {
	g := &c.given
	g.Preset = "default"
	choose(f, &g.Preset, "preset", "settings to start from", dreamlib.Presets()...)
	f.StringVar(&c.layer, "layer", "", "layer to climb: a name, an alias, a count as in features[:30], or a class as in logit:owl")
	f.StringVar(&c.objective, "objective", "", `layers and classes to climb, as in "0.5*relu3_1 + relu5_2" or "logit:owl - logit:cat"`)
	choose(f, &g.Measure, "measure", "how a layer becomes a number", dreamlib.MeanSquare, dreamlib.L2)
	choose(f, &g.Pyramid, "pyramid", "how octaves hand on the dream", dreamlib.PyramidDetail, dreamlib.PyramidCarry, dreamlib.PyramidArticle)
	f.IntVar(&g.Octaves, "octaves", 0, "number of scales; in the classic preset, levels below the full picture")
	f.Float64Var(&g.OctaveScale, "octave-scale", 0, "ratio of sizes between octaves, above 1")
	f.IntVar(&g.Iterations, "iterations", 0, "steps in each octave")
	f.Float64Var(&g.Step, "step", 0, "step size, in --units")
	choose(f, &g.Units, "units", "steps in levels of 255 or in the net's own units", dreamlib.UnitsPixel, dreamlib.UnitsNet)
	choose(f, &g.Rule, "rule", "what the gradient is divided by, or that it adds up", dreamlib.RuleMeanAbs, dreamlib.RuleStd, dreamlib.RuleNone, dreamlib.RuleAccumulate)
	f.IntVar(&g.Jitter, "jitter", 0, "largest random shift, in pixels")
	f.Float64Var(&g.Smooth, "smooth", 0, "blur of the gradient, in pixels; 0 for none")
	f.BoolVar(&g.Clip, "clip", true, "keep values between black and white after every step")
	f.IntVar(&g.Width, "width", 0, "width to bring the picture to first, in pixels; 0 keeps it")
	tileFlag(f, &g.Tile)
	f.Uint64Var(&g.Seed, "seed", 0, "seed of the jitter")
}

// config is the preset with the given flags on top.
func (c *configFlags) config(f *pflag.FlagSet) (dreamlib.Config, error) {
	cfg, err := dreamlib.Preset(c.given.Preset)
	if err != nil {
		return cfg, err
	}
	text := c.objective
	if f.Changed("layer") {
		if f.Changed("objective") {
			return cfg, errors.New("--layer and --objective: want one of them, found both")
		}
		text = c.layer
	}
	if f.Changed("layer") || f.Changed("objective") {
		if cfg.Objective, err = dreamlib.ParseObjective(text); err != nil {
			return cfg, err
		}
	}
	g := c.given
	for name, set := range map[string]func(){
		"measure":      func() { cfg.Measure = g.Measure },
		"pyramid":      func() { cfg.Pyramid = g.Pyramid },
		"octaves":      func() { cfg.Octaves = g.Octaves },
		"octave-scale": func() { cfg.OctaveScale = g.OctaveScale },
		"iterations":   func() { cfg.Iterations = g.Iterations },
		"step":         func() { cfg.Step = g.Step },
		"units":        func() { cfg.Units = g.Units },
		"rule":         func() { cfg.Rule = g.Rule },
		"jitter":       func() { cfg.Jitter = g.Jitter },
		"smooth":       func() { cfg.Smooth = g.Smooth },
		"clip":         func() { cfg.Clip = g.Clip },
		"width":        func() { cfg.Width = g.Width },
		"seed":         func() { cfg.Seed = g.Seed },
		"tile":         func() { cfg.Tile = g.Tile },
	} {
		if f.Changed(name) {
			set()
		}
	}
	return cfg, cfg.Check()
}

// checkImage holds the flags to their ranges: in picture.Options, 0 is a default.
func checkImage(image picture.Options, out string) error {
	if image.Quality < 1 || image.Quality > 100 {
		return fmt.Errorf("--quality %d: want 1 to 100", image.Quality)
	}
	if image.Depth != 8 && image.Depth != 16 {
		return fmt.Errorf("--depth %d: want 8 or 16", image.Depth)
	}
	return image.Check(out)
}

// completeModel offers the networks' names; files complete as usual.
func completeModel(cmd *cobra.Command) {
	complete(cmd, "model", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return networks(), cobra.ShellCompDirectiveDefault
	})
}

// networks are the names that "dream models" lists.
func networks() []string { return append([]string{"embedded", "random"}, published()...) }

// published are the names that "dream models pull" takes.
func published() []string {
	var names []string
	for _, e := range hub.Entries() {
		names = append(names, e.Name)
	}
	return names
}
