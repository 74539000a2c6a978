package terminal

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models/hub"
)

// DefaultModel is what --model stands at.
const DefaultModel = "embedded"

// ModelFlag adds --model to cmd.
func ModelFlag(cmd *cobra.Command, model *string) {
	cmd.Flags().StringVar(model, "model", DefaultModel, "network: a weight file, or a name that \"dream models\" lists")
	CompleteModel(cmd)
}

// EngineFlag adds --engine.
func EngineFlag(f *pflag.FlagSet, engine *string) {
	*engine = "auto"
	Choose(f, engine, "engine", "engine, auto for the first that is here", Engines()...)
}

// Engines are the words that --engine takes.
func Engines() []string { return append([]string{"auto"}, vgg.EngineNames...) }

// OptionFlags add --lowering and --precision.
func OptionFlags(f *pflag.FlagSet, o *vgg.Options) {
	Choose(f, &o.Lowering, "lowering", "convolutions, the faster unless given", vgg.LoweringDirect, vgg.LoweringWinograd)
	o.Precision = vgg.PrecisionFloat32
	Choose(f, &o.Precision, "precision", "number format of the convolutions", vgg.Precisions...)
}

// CompleteModel offers the networks' names for --model; files complete as usual.
func CompleteModel(cmd *cobra.Command) {
	Complete(cmd, "model", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return Networks(), cobra.ShellCompDirectiveDefault
	})
}

// Networks are the names that "dream models" lists.
func Networks() []string { return append([]string{"embedded", "random"}, Published()...) }

// Published are the names that "dream models pull" takes.
func Published() []string {
	var names []string
	for _, e := range hub.Entries() {
		names = append(names, e.Name)
	}
	return names
}
