package nets

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// Info is what "dream models info" prints.
type Info struct {
	Name          string               `json:"name"`
	Variant       string               `json:"variant"`
	Layers        int                  `json:"layers"`
	Channels      []int                `json:"channels"` // of the convolutions
	Parameters    int                  `json:"parameters"`
	SHA256        string               `json:"sha256"`
	Preprocessing models.Preprocessing `json:"preprocessing"`
	Classes       []string             `json:"classes"`              // by their numbers
	Classifier    string               `json:"classifier,omitempty"` // the layer that it reads; empty when there is none
	Trained       *Trained             `json:"trained,omitempty"`    // nil when the file does not say
}

// Trained is how a net that the project trained came about.
type Trained struct {
	Accuracy float64 `json:"accuracy"` // share of right answers on Pictures
	Pictures int     `json:"pictures"` // that it was not trained on; 0 when it was not measured
	Steps    int     `json:"steps"`
	Seed     uint64  `json:"seed"`
	Commit   string  `json:"commit"` // of the program that trained it
	Date     string  `json:"date"`
}

func newModelsInfoCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info MODEL",
		Short: "Describe a network: a weight file, or a name that is here",
		Args:  terminal.Exactly(1, "one network"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return terminal.Networks(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			net, err := hub.Open(args[0])
			if err != nil {
				return err
			}
			return terminal.Print(cmd.OutOrStdout(), describe(net), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func describe(net *models.Net) Info {
	info := Info{
		Name: net.Name, Variant: net.Variant(), Layers: len(net.Layers), SHA256: net.SHA256,
		Preprocessing: net.Preprocessing, Classes: append([]string{}, net.Labels...), // [] rather than null
		Trained: trainedRecord(net),
	}
	for _, l := range net.Layers {
		if l.Kind == models.Conv {
			info.Channels = append(info.Channels, l.Channels)
			info.Parameters += len(l.Kernel) + len(l.Bias)
		}
	}
	if c := net.Classifier; c != nil {
		info.Classifier = c.Layer
		info.Parameters += len(c.Weight) + len(c.Bias)
	}
	return info
}

// trainedRecord reads what command models/train writes into a net's file. Other
// files have no such record, or one of their own that is none of ours: nil.
func trainedRecord(net *models.Net) *Trained {
	var record struct {
		Trained
		Run struct{ Seed uint64 } `json:"run"`
	}
	if err := json.Unmarshal([]byte(net.Metadata[models.TrainedKey]), &record); err != nil {
		return nil
	}
	record.Trained.Seed = record.Run.Seed
	return &record.Trained
}

// Print writes a table of two columns.
func (info Info) Print(out io.Writer) error {
	w := terminal.Table(out)
	fmt.Fprintf(w, "name\t%s\nvariant\t%s, %d layers\nchannels\t%v\nparameters\t%d\nsha256\t%s\n",
		info.Name, info.Variant, info.Layers, info.Channels, info.Parameters, info.SHA256)
	p := info.Preprocessing
	fmt.Fprintf(w, "input\t%s, 0..%g, less %v, over %v\n", map[bool]string{false: "RGB", true: "BGR"}[p.BGR], p.Scale, p.Mean, p.Std)
	fmt.Fprintf(w, "classes\t%d\n", len(info.Classes))
	for _, line := range wrapped(info.Classes) {
		fmt.Fprintf(w, "\t%s\n", line)
	}
	if info.Classifier != "" {
		fmt.Fprintf(w, "classifier\treads the mean of %s\n", info.Classifier)
	}
	if info.Trained != nil {
		info.Trained.print(w)
	}
	return w.Flush()
}

// print leaves out what is not known.
func (t *Trained) print(w io.Writer) {
	if t.Pictures > 0 {
		fmt.Fprintf(w, "accuracy\t%.1f %% right on %s\n", 100*t.Accuracy, terminal.Count(t.Pictures, "fresh picture"))
	}
	fmt.Fprintf(w, "training\t%s, seed %d\n", terminal.Count(t.Steps, "step"), t.Seed)
	if t.Commit != "" {
		fmt.Fprintf(w, "commit\t%s\n", t.Commit)
	}
	if t.Date != "" {
		fmt.Fprintf(w, "date\t%s\n", t.Date)
	}
}

// wrapped is a list in lines that fit beside the table's first column, 78
// characters in all. A word that is not plain text, as any file may hold, is
// quoted.
func wrapped(words []string) []string {
	const width = 78 - len("parameters  ")
	var lines []string
	line := ""
	for i, word := range words {
		if strings.ContainsFunc(word, func(r rune) bool { return !strconv.IsPrint(r) }) {
			word = strconv.Quote(word)
		}
		if i < len(words)-1 {
			word += ","
		}
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
