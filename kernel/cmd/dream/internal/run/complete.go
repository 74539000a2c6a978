package run

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/models/hub"
)

// CompleteObjective offers the layers of the network that --model names, and
// its classes where it has a classifier, for the term that is being typed.
func CompleteObjective(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
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

// CompleteObjectives is CompleteObjective for the last of several, and offers
// all layers or classes at once.
func CompleteObjectives(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	comma := 1 + strings.LastIndexByte(typed, ',')
	before, last := typed[:comma], typed[comma:]
	list, directive := CompleteObjective(cmd, args, last)
	if list != nil && !strings.ContainsAny(last, "+-* ") {
		list = append(list, "relu*")
		if slices.ContainsFunc(list, func(name string) bool { return strings.HasPrefix(name, "logit:") }) {
			list = append(list, "logit:*")
		}
	}
	for i := range list {
		list[i] = before + list[i]
	}
	return list, directive
}
