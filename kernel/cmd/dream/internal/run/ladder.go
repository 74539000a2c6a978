package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/sheet"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/work"
	"github.com/seed2310110f/godream/models"
)

// ladder is a sweep of one axis, the objective, and the sheet that shows its dreams.
type ladder struct {
	job     job      // of every dream, but for its objective
	entries []string // objectives as they were asked for, nil for the usual ones
	across  int      // cells side by side, 0 for a sheet of about 4:3
	cell    int      // the most pixels that a cell is wide
	html    bool     // write a page as well

	objectives []dreamlib.Objective // those of entries, as they were asked for
	jobs       []grid.Job           // one for each, with the network's own names
	cells      []sheet.Cell         // the input, then the finished dreams
	notes      []string             // of the dreams, each once
	steps      int                  // of all finished dreams
}

// usualObjectives are the default: layers from the shallowest to the deepest, those
// that a network has.
var usualObjectives = []string{"relu1_2", "relu2_2", "relu3_2", "relu3_4", "relu4_2", "relu4_4", "relu5_2", "relu5_4"}

// NewLadderCommand makes "dream ladder".
func NewLadderCommand() *cobra.Command {
	l := ladder{job: job{image: picture.Options{Depth: 8}}}
	var flags ConfigFlags
	cmd := &cobra.Command{
		Use:   "ladder IMAGE [-o OUT]",
		Short: "Dream on a picture once for each of several layers or classes, on one sheet",
		Long: `Dream on a picture once for each of several layers or classes, and lay the dreams out
on one sheet with their names below, the picture itself first.

Each of --objectives is what "dream run --objective" takes. One that ends in * stands
for all layers, or all classes, whose names begin so: relu*, relu3_*, logit:*. All other
settings are those of "dream run" and the same for every dream. The dreams have the
picture's size, or --width, and are scaled down to --cell for the sheet.

OUT is a PNG or JPEG file. Ctrl-C saves the sheet of the dreams that are finished.

--html writes a page beside OUT as well, photo-ladder.html for photo-ladder.png, and
the dreams in their own size into the folder photo-ladder. Browsers open it from the
disk; see docs/sweeps.md.`,
		Example: `  dream ladder photo.jpg
  dream ladder photo.jpg --objectives relu3_1,relu3_4,relu3_1+relu3_4 --preset google
  dream ladder photo.jpg --objectives "relu*" --width 400 --cell 200 --across 4
  dream ladder photo.jpg -o classes.png --objectives "logit:*" --html`,
		Args: terminal.Exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"layer", "objective"} {
				if cmd.Flags().Changed(name) {
					return terminal.Usage(fmt.Errorf("--%s is for one dream, and a ladder has several: want --objectives, as in --objectives relu3_2,relu4_2", name))
				}
			}
			if err := l.job.set(cmd, &flags, args[0], "ladder"); err != nil {
				return terminal.Usage(err)
			}
			return l.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	l.addFlags(cmd, &flags)
	return cmd
}

func (l *ladder) addFlags(cmd *cobra.Command, flags *ConfigFlags) {
	f := cmd.Flags()
	f.StringVarP(&l.job.out, "output", "o", "", "sheet to write, .png or .jpg (default IMAGE-ladder.png in this folder)")
	qualityFlag(f, &l.job.image.Quality)
	f.StringSliceVar(&l.entries, "objectives", nil, "layers and classes to ascend, with commas between\n(default "+strings.Join(usualObjectives, ",")+", those that the network has)")
	l.cell = 288
	terminal.Number(f, &l.across, "across", "cells side by side; 0 for a sheet of about 4:3", 0, math.MaxInt, "1 or more, or 0 for a sheet of about 4:3")
	terminal.Number(f, &l.cell, "cell", "width that each dream is scaled down to, in pixels", 1, math.MaxInt, "1 or more")
	f.BoolVar(&l.html, "html", false, "write a page to explore, and the dreams themselves, as well")
	l.job.addFlags(cmd, flags)
	for _, name := range []string{"layer", "objective"} { // "dream run" has them
		cmd.Flag(name).Hidden = true
	}
	terminal.Complete(cmd, "objectives", CompleteObjectives)
}

// run does the work: reads, dreams, writes.
func (l *ladder) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := l.check(); err != nil {
		return err
	}
	in, err := l.job.open(ctx)
	if err != nil {
		return err
	}
	defer in.model.Close()
	if err := l.plan(in.model.Net); err != nil {
		return err
	}
	size, err := l.cellSize(in.picture.Size())
	if err != nil {
		return terminal.Usage(err)
	}
	plans, err := l.plans(in)
	if err != nil {
		return terminal.Usage(err)
	}
	if err := in.ready(ctx, plans...); err != nil {
		return err
	}
	var show *ladderPage
	if l.html {
		if show, err = newLadderPage(l.job.out, in.picture); err != nil {
			return err
		}
	}
	fmt.Fprintf(stderr, "%s on %s (%s)\n", terminal.Count(len(l.objectives), "objective"), l.job.model, on(in.model))
	warn(stderr, in.model)

	started := time.Now()
	err = l.dream(ctx, in, size, plans, show, stderr)
	dreams := len(l.cells) - 1
	if dreams == 0 {
		return err
	}
	drawn, failed := l.write(in, err)
	if failed == nil {
		failed = show.write()
	}
	if failed != nil {
		return failed
	}
	for _, note := range l.notes {
		fmt.Fprintln(stderr, "note:", note)
	}
	fmt.Fprintf(stdout, "%s: %dx%d, %s in %.1f s\n", l.job.out, drawn.X, drawn.Y, terminal.Count(dreams, "dream"), time.Since(started).Seconds())
	if err != nil {
		return fmt.Errorf("%w: the sheet so far is %s", err, l.job.out)
	}
	return nil
}

// check finds mistakes before any work.
func (l *ladder) check() error {
	for _, entry := range l.entries {
		if strings.HasSuffix(entry, "*") {
			continue // for the network to say
		}
		if _, err := dreamlib.ParseObjective(entry); err != nil {
			return terminal.Usage(err)
		}
	}
	if l.entries != nil && len(l.entries) == 0 {
		return terminal.Usage(errors.New("--objectives: want at least one, found none"))
	}
	return l.job.check(l.job.picture)
}

// plan makes the jobs, without hashes, from what was asked for.
func (l *ladder) plan(net *models.Net) error {
	l.objectives, l.jobs = nil, nil
	if l.entries == nil {
		for _, name := range usualObjectives {
			if _, err := net.Index(name); err == nil {
				l.objectives = append(l.objectives, dreamlib.Layer(name))
			}
		}
	}
	for _, entry := range l.entries {
		objectives, err := expand(net, entry)
		if err != nil {
			return err
		}
		l.objectives = append(l.objectives, objectives...)
	}
	for _, o := range l.objectives {
		j := grid.Job{Picture: grid.Input{Source: l.job.picture}, Net: grid.Input{Source: l.job.model}, Config: l.job.config, Options: l.job.options}
		var err error
		if j.Config.Objective, err = dreamlib.Canonical(o, net); err != nil {
			return err
		}
		if err := j.Config.Check(); err != nil {
			return terminal.Usage(err)
		}
		j.Point = []string{j.Config.Objective.String()}
		l.jobs = append(l.jobs, j)
	}
	return nil
}

// expand is the objective in entry, or where it ends in a star, those of all
// layers or classes whose names begin as it does.
func expand(net *models.Net, entry string) ([]dreamlib.Objective, error) {
	begin, many := strings.CutSuffix(strings.TrimSpace(entry), "*")
	if !many {
		o, err := dreamlib.ParseObjective(entry)
		return []dreamlib.Objective{o}, err
	}
	var all, found []dreamlib.Objective
	var err error
	class, logits := strings.CutPrefix(begin, "logit:")
	if logits {
		if all, err = dreamlib.Classes(net); err != nil {
			return nil, err
		}
	} else {
		for _, name := range net.Names() {
			all = append(all, dreamlib.Layer(name))
		}
	}
	for _, o := range all {
		if strings.HasPrefix(o.String(), begin) {
			found = append(found, o)
		}
	}
	switch {
	case len(found) > 0:
	case logits:
		_, err = net.Class(class + "*")
	default:
		_, err = net.Index(begin + "*")
	}
	return found, err
}

// cellSize is the size of the sheet's cells: the dreams', or --cell wide.
func (l *ladder) cellSize(img picture.Size) (image.Point, error) {
	full, err := l.job.config.Size(img)
	if err != nil {
		return image.Point{}, err
	}
	w := min(l.cell, full.Width)
	h := math.Round(float64(full.Height) * float64(w) / float64(full.Width))
	size := image.Pt(w, max(int(h), 1))
	_, err = sheet.Size(1+len(l.objectives), size, l.across)
	return size, err
}

// plans are the dreams'.
func (l *ladder) plans(in *inputs) ([]*dreamlib.Plan, error) {
	plans := make([]*dreamlib.Plan, len(l.jobs))
	for i, j := range l.jobs {
		var err error
		if plans[i], err = dreamlib.NewPlan(in.model, in.picture.Size(), j.Config); err != nil {
			return nil, fmt.Errorf("%s: %w", l.objectives[i], err)
		}
	}
	return plans, nil
}

// dream dreams once for each objective, and shows each dream where there is a page. With
// an error, l holds the dreams so far.
func (l *ladder) dream(ctx context.Context, in *inputs, size image.Point, plans []*dreamlib.Plan, show *ladderPage, stderr io.Writer) error {
	l.cells = []sheet.Cell{{Label: "input", Picture: scaled(in.picture, size)}}
	for i := range l.jobs {
		j := &l.jobs[i]
		j.Picture.SHA256, j.Net.SHA256 = in.sha256, in.model.Net.SHA256
		var err error
		if j.ID, err = j.Identify(); err != nil {
			return err
		}
	}
	progress := newLadderProgress(l.objectives, plans, stderr)
	defer progress.bar.Stop()
	err := work.Sequence(ctx, in.model, in.picture, l.jobs, progress.step, func(i int, result *dreamlib.Result, r folder.Record) error {
		progress.end(i, len(result.Values), r.Seconds)
		if err := show.add(result, r); err != nil {
			return err
		}
		l.cells = append(l.cells, sheet.Cell{Label: r.Point[0], Picture: scaled(result.Image, size)})
		l.steps += len(result.Values)
		for _, note := range result.Notes {
			if !slices.Contains(l.notes, note) {
				l.notes = append(l.notes, note)
			}
		}
		return nil
	})
	switch done := len(l.cells) - 1; {
	case errors.Is(err, context.Canceled) && done == 0:
		return terminal.Interrupted("interrupted before the first dream was finished: nothing was written")
	case errors.Is(err, context.Canceled):
		return terminal.Interrupted(fmt.Sprintf("interrupted after %d of %d dreams", done, len(l.jobs)))
	case err != nil:
		return fmt.Errorf("%s: %w", l.objectives[done], err)
	}
	return nil
}

// scaled is a picture at a cell's size.
func scaled(m *picture.Image, size image.Point) image.Image {
	small := picture.Resize(m, size.X, size.Y, picture.Lanczos)
	small.Clip()
	return small.NRGBA()
}

// LadderKey is the keyword of the metadata that holds a sheet's record.
const LadderKey = "godream-ladder"

// LadderRecord is what a sheet says about itself.
type LadderRecord struct {
	Objectives []string            `json:"objectives"` // as they were asked for
	Dreams     dreamlib.Provenance `json:"dreams"`     // of all of them: objective empty, steps added up
}

// write saves the sheet with its record inside and returns its size.
func (l *ladder) write(in *inputs, ended error) (image.Point, error) {
	page, err := sheet.Draw(l.cells, l.across)
	if err != nil {
		return image.Point{}, err
	}
	cfg := l.job.config
	cfg.Objective = nil
	record := LadderRecord{l.entries, l.job.provenance(in, &dreamlib.Result{Config: cfg}, ended)}
	if l.entries == nil {
		record.Objectives = usualObjectives
	}
	record.Dreams.Steps = l.steps
	text, err := json.Marshal(record)
	if err != nil {
		return image.Point{}, err
	}
	options := l.job.image
	options.Text = map[string]string{LadderKey: string(text)}
	return page.Rect.Size(), picture.Write(l.job.out, picture.FromImage(page), options)
}

// ladderProgress reports how a ladder goes: a bar over all dreams on a terminal, a line
// for each dream elsewhere.
type ladderProgress struct {
	stderr     io.Writer
	bar        *terminal.Bar // nil where stderr is no terminal
	objectives []dreamlib.Objective
	shares     []float64 // of each dream in the work, 1 in all
	done       float64   // the shares of the finished dreams
}

func newLadderProgress(objectives []dreamlib.Objective, plans []*dreamlib.Plan, stderr io.Writer) *ladderProgress {
	l := &ladderProgress{stderr: stderr, bar: terminal.NewBar(stderr), objectives: objectives, shares: make([]float64, len(plans))}
	var all float64
	for _, p := range plans {
		all += p.GFLOP
	}
	for i, p := range plans {
		l.shares[i] = p.GFLOP / all
	}
	return l
}

// step reports a step of dream i.
func (l *ladderProgress) step(i int, p dreamlib.Progress) {
	if l.bar == nil {
		return
	}
	const most = 16 // letters that leave room for a bar
	name := l.objectives[i].String()
	if len(name) > most {
		name = name[:most-3] + "..."
	}
	text := fmt.Sprintf("%s (%d/%d), step %d/%d", name, i+1, len(l.objectives), p.Step+1, p.Steps)
	l.bar.Update(text, l.done+l.shares[i]*p.Done)
}

// end reports that dream i is finished.
func (l *ladderProgress) end(i, steps int, seconds float64) {
	l.done += l.shares[i]
	if l.bar == nil {
		fmt.Fprintf(l.stderr, "%s (%d/%d): %s in %.1f s\n", l.objectives[i], i+1, len(l.objectives), terminal.Count(steps, "step"), seconds)
	}
}
