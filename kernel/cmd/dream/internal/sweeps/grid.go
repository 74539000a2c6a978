package sweeps

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// gridFlags are the flags that make axes of a grid.Grid: those of "dream run" that
// are settings, with lists and ranges as values.
type gridFlags struct {
	axes  []grid.Axis // in the order in which they were given
	nets  []string
	zip   []string // names with commas between
	where []string // NAME:FIELD=VALUE,VALUE
}

// axisFlag is the value of a flag that makes an axis.
type axisFlag struct {
	name  string
	flags *gridFlags
	words []string // that it may have, nil where they are not counted
}

func (a axisFlag) String() string { return "" }
func (a axisFlag) Type() string   { return "list" }

// Set adds values to the flag's axis.
func (a axisFlag) Set(text string) error {
	axes := &a.flags.axes
	at := slices.IndexFunc(*axes, func(x grid.Axis) bool { return x.Name == a.name })
	if at < 0 {
		at, *axes = len(*axes), append(*axes, grid.Axis{Name: a.name})
	}
	(*axes)[at].Values = append((*axes)[at].Values, text)
	return nil
}

// netsFlag is the value of --model.
type netsFlag struct{ flags *gridFlags }

func (n netsFlag) String() string {
	if n.flags == nil || len(n.flags.nets) == 0 {
		return terminal.DefaultModel
	}
	return n.flags.nets[0]
}
func (n netsFlag) Type() string { return "list" }

// Set adds networks. A comma within the settings of a random one ends none.
func (n netsFlag) Set(text string) error {
	nets := &n.flags.nets
	for i, part := range strings.Split(text, ",") {
		if _, _, setting := strings.Cut(part, "="); i > 0 && setting && !strings.Contains(part, ":") {
			(*nets)[len(*nets)-1] += "," + part
		} else {
			*nets = append(*nets, part)
		}
	}
	return nil
}

// add gives cmd the flags. Their names and help are those of "dream run".
func (g *gridFlags) add(cmd *cobra.Command) {
	single := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(run.ConfigFlags).Add(single)
	terminal.OptionFlags(single, new(vgg.Options))
	f := cmd.Flags()
	single.VisitAll(func(one *pflag.Flag) {
		a := axisFlag{name: one.Name, flags: g}
		if c, ok := one.Value.(interface{ Words() []string }); ok {
			a.words = c.Words()
		}
		f.Var(a, one.Name, one.Usage)
		switch {
		case one.Name == "layer" || one.Name == "objective":
			terminal.Complete(cmd, one.Name, run.CompleteObjectives)
		case a.words != nil:
			terminal.Complete(cmd, one.Name, cobra.FixedCompletions(a.words, cobra.ShellCompDirectiveNoFileComp))
		}
	})
	f.Var(netsFlag{g}, "model", "networks: weight files, or names that \"dream models\" lists")
	terminal.CompleteModel(cmd)
	f.StringArrayVar(&g.zip, "zip", nil, "`settings` that move together, as in octaves,octave-scale, instead of every combination")
	f.StringArrayVar(&g.where, "where", nil, "`condition` under which a setting is swept, as in octave-scale:preset=google")
}

// apply adds the flags' axes and networks to a grid.
func (g *gridFlags) apply(to *grid.Grid) error {
	for _, text := range g.zip {
		if err := g.zipAxes(text); err != nil {
			return fmt.Errorf("--zip %s: %w", text, err)
		}
	}
	for _, text := range g.where {
		if err := g.condition(text); err != nil {
			return fmt.Errorf("--where %s: %w", text, err)
		}
	}
	to.Axes = append(to.Axes, g.axes...)
	if len(g.nets) > 0 && len(to.Nets) > 0 {
		return errors.New("--model: the grid names networks already, want one of the two")
	}
	if len(g.nets) > 0 {
		to.Nets = g.nets
	}
	return nil
}

// axis finds the axis of a flag, or one that it was zipped to.
func (g *gridFlags) axis(name string) (int, error) {
	isIt := func(a grid.Axis) bool { return a.Name == strings.TrimSpace(name) }
	at := slices.IndexFunc(g.axes, func(a grid.Axis) bool { return isIt(a) || slices.ContainsFunc(a.Zipped, isIt) })
	if at < 0 {
		return at, fmt.Errorf("flag --%s is not given", name)
	}
	return at, nil
}

// zipAxes makes one axis of several.
func (g *gridFlags) zipAxes(names string) error {
	first := -1
	for name := range strings.SplitSeq(names, ",") {
		at, err := g.axis(name)
		switch {
		case err != nil:
			return err
		case first < 0:
			first = at
		case at == first || len(g.axes[at].Zipped) > 0:
			return fmt.Errorf("%s is zipped already", name)
		default:
			g.axes[first] = grid.Zip(g.axes[first], g.axes[at])
			g.axes = slices.Delete(g.axes, at, at+1)
			if at < first {
				first--
			}
		}
	}
	return nil
}

// condition reads NAME:FIELD=VALUE,VALUE.
func (g *gridFlags) condition(text string) error {
	name, condition, named := strings.Cut(text, ":")
	field, values, equals := strings.Cut(condition, "=")
	if !named || !equals {
		return errors.New("want SETTING:OTHER=VALUE, as in octave-scale:preset=google")
	}
	at, err := g.axis(name)
	if err != nil {
		return err
	}
	if g.axes[at].Where == nil {
		g.axes[at].Where = map[string][]string{}
	}
	field = strings.TrimSpace(field)
	g.axes[at].Where[field] = append(g.axes[at].Where[field], strings.Split(values, ",")...)
	return nil
}
