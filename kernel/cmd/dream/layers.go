package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// layerRow is a line of "dream layers".
type layerRow struct {
	Count          int      `json:"count"`
	Name           string   `json:"name"`
	Aliases        []string `json:"aliases"`
	Channels       int      `json:"channels"`
	Stride         int      `json:"stride"`
	ReceptiveField int      `json:"receptive_field"`
	MinSize        int      `json:"min_size"`
}

func newLayersCommand() *cobra.Command {
	var model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "layers",
		Short: "List a network's layers",
		Long: `List a network's layers: their names, channels, how far apart in pixels their units
lie (stride), how many pixels one unit sees (receptive field), and the smallest side
of a picture that reaches them. "dream models info" lists its classes.`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			net, err := hub.Open(model)
			if err != nil {
				return err
			}
			rows := layerRows(net)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rows)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "COUNT\tNAME\tALIASES\tCHANNELS\tSTRIDE\tRECEPTIVE FIELD\tSMALLEST SIDE")
			for _, r := range rows {
				fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%d\n", r.Count, r.Name, strings.Join(r.Aliases, " "),
					r.Channels, r.Stride, r.ReceptiveField, r.MinSize)
			}
			return w.Flush()
		},
	}
	modelFlag(cmd.Flags(), &model)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	completeModel(cmd)
	return cmd
}

func layerRows(net *models.Net) []layerRow {
	rows := make([]layerRow, len(net.Layers))
	for i, l := range net.Layers {
		rows[i] = layerRow{
			Count: i + 1, Name: l.Name, Aliases: net.Aliases(i), Channels: l.Channels,
			Stride: l.Stride, ReceptiveField: l.ReceptiveField, MinSize: net.MinSize(i),
		}
	}
	return rows
}

// completeObjective offers the layers of the network that --model names, and
// its classes where it has a classifier, for the term that is being typed.
func completeObjective(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	net, err := hub.Open(cmd.Flag("model").Value.String())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	terms := net.Names()
	if classes, err := dreamlib.Classes(net); err == nil {
		for _, class := range classes {
			terms = append(terms, class.String())
		}
	}
	before := typed[:1+strings.LastIndexAny(typed, "+-* ")]
	for i := range terms {
		terms[i] = before + terms[i]
	}
	return terms, cobra.ShellCompDirectiveNoFileComp
}
