package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
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
const defaultModel = "random"

func (j *job) engineFlags(f *pflag.FlagSet) {
	f.StringVar(&j.model, "model", defaultModel, "network: a weight file, or a name that \"dream models\" lists")
	f.StringVar(&j.engine, "engine", "auto", "engine: auto, "+strings.Join(dreamlib.EngineNames, ", "))
	f.StringVar((*string)(&j.lowering), "lowering", "", "convolutions: direct or winograd (default the faster on the engine)")
}

func (c *configFlags) add(f *pflag.FlagSet) {
	g := &c.given
	f.StringVar(&g.Preset, "preset", "default", "settings to start from: "+strings.Join(dreamlib.Presets(), ", "))
	f.StringVar(&c.layer, "layer", "", "layer to climb: a name, an alias, or a count as in features[:30]")
	f.StringVar(&c.objective, "objective", "", `layers to climb, as in "0.5*relu3_1 + relu5_2"`)
	f.StringVar((*string)(&g.Measure), "measure", "", "how a layer becomes a number: mean-square or l2")
	f.StringVar((*string)(&g.Pyramid), "pyramid", "", "how octaves hand on the dream: detail, carry or article")
	f.IntVar(&g.Octaves, "octaves", 0, "number of scales; in the classic preset, levels below the full picture")
	f.Float64Var(&g.OctaveScale, "octave-scale", 0, "ratio of sizes between octaves, above 1")
	f.IntVar(&g.Iterations, "iterations", 0, "steps in each octave")
	f.Float64Var(&g.Step, "step", 0, "step size, in --units")
	f.StringVar((*string)(&g.Units), "units", "", "what a step is measured in: pixel (levels of 255) or net")
	f.StringVar((*string)(&g.Rule), "rule", "", "what the gradient is divided by: mean-abs, std, none; or accumulate")
	f.IntVar(&g.Jitter, "jitter", 0, "largest random shift, in pixels")
	f.Float64Var(&g.Smooth, "smooth", 0, "blur of the gradient, in pixels; 0 for none")
	f.BoolVar(&g.Clip, "clip", true, "keep values between black and white after every step")
	f.IntVar(&g.Width, "width", 0, "width to bring the picture to first, in pixels; 0 keeps it")
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
	} {
		if f.Changed(name) {
			set()
		}
	}
	return cfg, cfg.Check()
}

// completeRun offers the values that a shell can complete.
func completeRun(cmd *cobra.Command) {
	offer := func(flag string, values ...string) {
		err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		if err != nil {
			panic(err) // the flag does not exist
		}
	}
	offer("preset", dreamlib.Presets()...)
	offer("engine", append([]string{"auto"}, dreamlib.EngineNames...)...)
	offer("lowering", string(dreamlib.LoweringDirect), string(dreamlib.LoweringWinograd))
	offer("measure", string(dreamlib.MeanSquare), string(dreamlib.L2))
	offer("pyramid", string(dreamlib.PyramidDetail), string(dreamlib.PyramidCarry), string(dreamlib.PyramidArticle))
	offer("units", string(dreamlib.UnitsPixel), string(dreamlib.UnitsNet))
	offer("rule", string(dreamlib.RuleMeanAbs), string(dreamlib.RuleStd), string(dreamlib.RuleNone), string(dreamlib.RuleAccumulate))
	completeModel(cmd)
	if err := cmd.RegisterFlagCompletionFunc("layer", completeLayer); err != nil {
		panic(err)
	}
}

// completeModel offers the networks' names; files complete as usual.
func completeModel(cmd *cobra.Command) {
	err := cmd.RegisterFlagCompletionFunc("model", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names := []string{"random"}
		for _, e := range hub.Entries() {
			names = append(names, e.Name)
		}
		return names, cobra.ShellCompDirectiveDefault
	})
	if err != nil {
		panic(err)
	}
}
