package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	preset    string
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
	f.IntVar(tile, "tile", 0, "side of the tiles that larger octaves are taken in, in pixels; 0 for what --memory allows")
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
	c.preset = "default"
	choose(f, &c.preset, "preset", "settings to start from", dreamlib.Presets()...)
	f.StringVar(&c.layer, "layer", "", "layer to ascend: a name, an alias, a count as in features[:30], a channel as in relu4_2:13, or a class as in logit:owl")
	f.StringVar(&c.objective, "objective", "", `what to ascend, as in "0.5*relu3_1 + relu5_2" or "logit:owl - logit:cat"`)
	choose(f, new(string), "measure", "how a layer becomes a number", string(dreamlib.MeanSquare), string(dreamlib.L2))
	choose(f, new(string), "param", "what is optimised", names(dreamlib.Params)...)
	f.String("transform", "", "what the network sees of the picture at each step after the jitter, as in jitter:4; none unless given")
	choose(f, new(string), "pyramid", "how octaves hand on the dream", names(dreamlib.Pyramids)...)
	f.Int("octaves", 0, "number of scales; in the classic preset, levels below the full picture")
	f.Float64("octave-scale", 0, "ratio of sizes between octaves, above 1")
	f.Int("iterations", 0, "steps in each octave")
	f.Float64("step", 0, "step size, in --units")
	choose(f, new(string), "units", "steps in levels of 255 or in the net's own units", string(dreamlib.UnitsPixel), string(dreamlib.UnitsNet))
	choose(f, new(string), "rule", "how a step is made of the gradient", names(dreamlib.Optimizers)...)
	f.Int("jitter", 0, "largest random shift, in pixels")
	f.Float64("smooth", 0, "blur of the gradient, in pixels; 0 for none")
	f.Bool("clip", true, "keep values between black and white after every step")
	f.Int("width", 0, "width to bring the picture to first, in pixels; 0 keeps it")
	f.Uint64("seed", 0, "seed of random numbers, such as the jitter's")
}

// names are those of a registry, sorted.
func names[T any](kinds map[string]T) []string { return slices.Sorted(maps.Keys(kinds)) }

// config is the preset with the given flags on top, by way of their names in JSON.
func (c *configFlags) config(f *pflag.FlagSet) (dreamlib.Config, error) {
	cfg, err := dreamlib.Preset(c.preset)
	if err != nil {
		return cfg, err
	}
	if f.Changed("layer") && f.Changed("objective") {
		return cfg, errors.New("--layer and --objective: want one of them, found both")
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(configFlags).add(own)
	given := map[string]any{}
	own.VisitAll(func(flag *pflag.Flag) {
		name := strings.ReplaceAll(flag.Name, "-", "_")
		switch flag = f.Lookup(flag.Name); {
		case !flag.Changed || name == "preset":
		case name == "layer" || name == "objective":
			var objective dreamlib.Objective
			if objective, err = dreamlib.ParseObjective(flag.Value.String()); err == nil {
				given["objective"] = objective.String()
			}
		case flag.Value.Type() == "word" || flag.Value.Type() == "string":
			given[name] = flag.Value.String()
		default:
			given[name] = json.RawMessage(flag.Value.String())
		}
	})
	if err != nil {
		return cfg, err
	}
	text, err := json.Marshal(given)
	if err != nil {
		return cfg, fmt.Errorf("settings: want finite numbers: %w", err)
	}
	if err := json.Unmarshal(text, &cfg); err != nil {
		return cfg, err
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
