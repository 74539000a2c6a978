package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

func newModelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List, describe and download networks",
		Args:  onlyCommands,
		RunE:  func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout()) },
	}
	cmd.AddCommand(newModelsInfoCommand(), newModelsPullCommand())
	return cmd
}

// listModels prints every network that --model takes by name.
func listModels(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tHERE\tSIZE\tLICENSE\tWHAT")
	fmt.Fprintln(w, "random\tyes\t-\t-\tnarrow VGG19 with random weights, for trying things out")
	for _, e := range hub.Entries() {
		here := "no"
		if _, ok := hub.Path(e.Name); ok {
			here = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Name, here, e.Size(), e.License, e.Description)
	}
	return w.Flush()
}

// modelInfo is what "dream models info" prints.
type modelInfo struct {
	Name          string               `json:"name"`
	Variant       string               `json:"variant"`
	Layers        int                  `json:"layers"`
	Channels      []int                `json:"channels"` // of the convolutions
	Parameters    int                  `json:"parameters"`
	SHA256        string               `json:"sha256"`
	Preprocessing models.Preprocessing `json:"preprocessing"`
	Labels        int                  `json:"labels"`
}

func newModelsInfoCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info MODEL",
		Short: "Describe a network: a weight file, or a name that is here",
		Args:  exactly(1, "one network"),
		RunE: func(cmd *cobra.Command, args []string) error {
			net, err := hub.Open(args[0])
			if err != nil {
				return err
			}
			info := describe(net)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(info)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(w, "name\t%s\nvariant\t%s, %d layers\nchannels\t%v\nparameters\t%d\nsha256\t%s\n",
				info.Name, info.Variant, info.Layers, info.Channels, info.Parameters, info.SHA256)
			p := info.Preprocessing
			fmt.Fprintf(w, "input\t%s, 0..%g, less %v, over %v\n", map[bool]string{false: "RGB", true: "BGR"}[p.BGR], p.Scale, p.Mean, p.Std)
			fmt.Fprintf(w, "labels\t%d\n", info.Labels)
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func describe(net *models.Net) modelInfo {
	info := modelInfo{
		Name: net.Name, Variant: net.Variant(), Layers: len(net.Layers),
		SHA256: net.SHA256, Preprocessing: net.Preprocessing, Labels: len(net.Labels),
	}
	for _, l := range net.Layers {
		if l.Kind == models.Conv {
			info.Channels = append(info.Channels, l.Channels)
			info.Parameters += len(l.Kernel) + len(l.Bias)
		}
	}
	return info
}

func newModelsPullCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pull NAME",
		Short: "Download a network's published weights into the user's cache",
		Long: `Download a network's published weights into the user's cache. A download that was
cut goes on where it was; what arrives is checked by its SHA-256 before it is used.`,
		Args: exactly(1, "one name that \"dream models\" lists"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return networks(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			bar := newBar(cmd.ErrOrStderr())
			path, err := hub.Pull(cmd.Context(), args[0], hub.PullOptions{Progress: func(done, total int64) {
				if bar != nil && total > 0 {
					bar.update(fmt.Sprintf("%s, %d of %d MB", args[0], done/1e6, total/1e6), float64(done)/float64(total))
				}
			}})
			bar.stop()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), path)
			return nil
		},
	}
}
