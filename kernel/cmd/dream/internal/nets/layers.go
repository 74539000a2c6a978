package nets

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// LayerRow is a line of "dream layers".
type LayerRow struct {
	Count          int      `json:"count"`
	Name           string   `json:"name"`
	Aliases        []string `json:"aliases"`
	Channels       int      `json:"channels"`
	Stride         int      `json:"stride"`
	ReceptiveField int      `json:"receptive_field"`
	MinSize        int      `json:"min_size"`
}

// NewLayersCommand makes "dream layers".
func NewLayersCommand() *cobra.Command {
	var model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "layers",
		Short: "List a network's layers",
		Long: `List a network's layers: their names, channels, how far apart in pixels their units
lie (stride), how many pixels one unit sees (receptive field), and the smallest side
of a picture that reaches them. "dream models info" lists its classes.`,
		Args: terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			net, err := hub.Open(model)
			if err != nil {
				return err
			}
			return terminal.Print(cmd.OutOrStdout(), layerRows(net), asJSON)
		},
	}
	terminal.ModelFlag(cmd, &model)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// layers are the lines of "dream layers".
type layers []LayerRow

func layerRows(net *models.Net) layers {
	rows := make(layers, len(net.Layers))
	for i, l := range net.Layers {
		rows[i] = LayerRow{
			Count: i + 1, Name: l.Name, Aliases: net.Aliases(i), Channels: l.Channels,
			Stride: l.Stride, ReceptiveField: l.ReceptiveField, MinSize: net.MinSize(i),
		}
	}
	return rows
}

// Print writes a table.
func (rows layers) Print(out io.Writer) error {
	w := terminal.Table(out)
	fmt.Fprintln(w, "COUNT\tNAME\tALIASES\tCHANNELS\tSTRIDE\tRECEPTIVE FIELD\tSMALLEST SIDE")
	for _, r := range rows {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%d\n", r.Count, r.Name, strings.Join(r.Aliases, " "),
			r.Channels, r.Stride, r.ReceptiveField, r.MinSize)
	}
	return w.Flush()
}
