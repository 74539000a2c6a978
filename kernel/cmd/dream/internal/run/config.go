package run

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// ConfigFlags are the flags that make a dreamlib.Config. Only those that the
// user gave change what the preset says.
type ConfigFlags struct {
	preset    string
	layer     string
	objective string
}

// qualityFlag adds --quality.
func qualityFlag(f *pflag.FlagSet, quality *int) {
	*quality = 95
	terminal.Number(f, quality, "quality", "quality of a JPEG, 1 to 100", 1, 100, "1 to 100")
}

// tileFlag adds --tile.
func tileFlag(f *pflag.FlagSet, tile *int) {
	terminal.Number(f, tile, "tile", "side of the tiles that larger octaves are taken in, in pixels; 0 for what --memory allows", 0, 1e6, "0 to 1000000 pixels")
}

// RateFlag adds --rate, which is 0 unless given.
func RateFlag(f *pflag.FlagSet, rate *float64) {
	terminal.Number(f, rate, "rate", "GFLOP that are done in a second, to estimate the time from", math.SmallestNonzeroFloat64, math.MaxFloat64, "GFLOP a second, more than 0")
}

// Add adds them to f.
func (c *ConfigFlags) Add(f *pflag.FlagSet) {
	c.preset = "default"
	terminal.Choose(f, &c.preset, "preset", "settings to start from", dreamlib.Presets()...)
	f.StringVar(&c.layer, "layer", "", "layer to ascend: a name, an alias, a count as in features[:30], a channel as in relu4_2:13, or a class as in logit:owl")
	f.StringVar(&c.objective, "objective", "", `what to ascend, as in "0.5*relu3_1 + relu5_2" or "logit:owl - logit:cat"`)
	terminal.Choose(f, new(string), "measure", "how a layer becomes a number", string(dreamlib.MeanSquare), string(dreamlib.L2))
	terminal.Choose(f, new(string), "param", "what is optimised", names(dreamlib.Params)...)
	f.String("transform", "", "what the network sees of the picture at each step after the jitter, as in jitter:4; none unless given")
	terminal.Choose(f, new(string), "pyramid", "how octaves hand on the dream", names(dreamlib.Pyramids)...)
	f.Int("octaves", 0, "number of scales; in the classic preset, levels below the full picture")
	terminal.Finite(f, "octave-scale", "ratio of sizes between octaves, above 1")
	f.Int("iterations", 0, "steps in each octave")
	terminal.Finite(f, "step", "step size, in --units")
	terminal.Choose(f, new(string), "units", "steps in levels of 255 or in the net's own units", string(dreamlib.UnitsPixel), string(dreamlib.UnitsNet))
	terminal.Choose(f, new(string), "rule", "how a step is made of the gradient", names(dreamlib.Optimizers)...)
	f.Int("jitter", 0, "largest random shift, in pixels")
	terminal.Finite(f, "smooth", "blur of the gradient, in pixels; 0 for none")
	f.Bool("clip", true, "keep values between black and white after every step")
	f.Int("width", 0, "width to bring the picture to first, in pixels; 0 keeps it")
	f.Uint64("seed", 0, "seed of random numbers, such as the jitter's")
}

// names are those of a registry, sorted.
func names[T any](kinds map[string]T) []string { return slices.Sorted(maps.Keys(kinds)) }

// config is the preset with the given flags on top, by way of their names in JSON.
func (c *ConfigFlags) config(f *pflag.FlagSet) (dreamlib.Config, error) {
	cfg, err := dreamlib.Preset(c.preset)
	if err != nil {
		return cfg, err
	}
	if f.Changed("layer") && f.Changed("objective") {
		return cfg, errors.New("--layer and --objective: want one of them, found both")
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(ConfigFlags).Add(own)
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
	if err == nil {
		err = json.Unmarshal(text, &cfg)
	}
	return cfg, errors.Join(err, cfg.Check())
}
