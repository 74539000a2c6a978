package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
	"github.com/seed2310110f/godream/models/train/pictures"
)

// verdict is how a net classified fresh pictures.
type verdict struct {
	labels  []string
	answers [][]int // how many pictures of a class were taken for each class
}

// judge classifies n fresh pictures, as many of each class.
func judge(m *vgg.Model, n, size int) (verdict, error) {
	v := verdict{labels: m.Net.Labels, answers: make([][]int, len(m.Net.Labels))}
	classes, err := indices(v.labels)
	if err != nil {
		return v, err
	}
	for i := range v.answers {
		v.answers[i] = make([]int, len(v.labels))
	}
	for i := range n {
		class := i % len(v.labels)
		img := picture.FromImage(pictures.Draw(classes[class], freshSeeds|uint64(i), size))
		logits, err := m.Logits(vgg.Preprocess(m.Net.Preprocessing, img))
		if err != nil {
			return v, err
		}
		v.answers[class][slices.Index(logits[0], slices.Max(logits[0]))]++
	}
	return v, nil
}

// accuracy is the share of pictures that were classified rightly.
func (v verdict) accuracy() float64 {
	right, all := 0, 0
	for class, answers := range v.answers {
		right += answers[class]
		for _, n := range answers {
			all += n
		}
	}
	return float64(right) / float64(all)
}

// share is the part of a class's pictures that were taken for the class answer; 0
// where there were no pictures.
func (v verdict) share(class, answer int) float64 {
	all := 0
	for _, n := range v.answers[class] {
		all += n
	}
	return float64(v.answers[class][answer]) / float64(max(1, all))
}

// mistake is a class that was taken for another.
type mistake struct {
	class, answer string
	share         float64 // of the class's pictures
}

// mistakes lists what was confused, the most frequent first.
func (v verdict) mistakes() []mistake {
	var list []mistake
	for class, answers := range v.answers {
		for answer, n := range answers {
			if answer != class && n > 0 {
				list = append(list, mistake{v.labels[class], v.labels[answer], v.share(class, answer)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b mistake) int { return cmp.Compare(b.share, a.share) })
	return list
}

// Dims, Z, X and Y make a verdict a grid of gonum's: answers to the right,
// classes upwards.
func (v verdict) Dims() (columns, rows int) { return len(v.labels), len(v.labels) }

// Z is the root of a share, so that rare mistakes are visible.
func (v verdict) Z(answer, class int) float64 { return math.Sqrt(v.share(class, answer)) }

// X is a column's place.
func (v verdict) X(answer int) float64 { return float64(answer) }

// Y is a row's place.
func (v verdict) Y(class int) float64 { return float64(class) }

// draw writes the confusion matrix as a PNG.
func (v verdict) draw(path string) error {
	p := plot.New()
	p.Add(plotter.NewHeatMap(v, moreland.ExtendedBlackBody().Palette(64)))
	p.X.Label.Text, p.Y.Label.Text = "answer", "class"
	p.NominalX(v.labels...)
	p.NominalY(v.labels...)
	p.X.Tick.Label.Rotation = math.Pi / 2
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = -1, -0.5
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font.Size = vg.Points(6)
	}
	page := vgimg.NewWith(vgimg.UseWH(20*vg.Centimeter, 20*vg.Centimeter), vgimg.UseDPI(96))
	p.Draw(draw.New(page))
	return writePage(path, page)
}

func judgeCommand() *cobra.Command {
	name, engine, out := "embedded", "auto", ""
	n, size := 20*len(classNames()), 64
	command := &cobra.Command{
		Use:   "judge",
		Short: "Say how many fresh pictures a net gets right, and what it confuses",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if n < 1 {
				return fmt.Errorf("train: judge: want --pictures of 1 or more, found %d", n)
			}
			net, err := hub.Open(name)
			if err != nil {
				return err
			}
			v, err := judgeOn(engine, net, n, size)
			if err != nil {
				return err
			}
			v.print(c.OutOrStdout(), n)
			if out == "" {
				return nil
			}
			return v.draw(out)
		},
	}
	flags := command.Flags()
	flags.StringVar(&name, "model", name, "net to judge: a name or a weight file")
	flags.StringVar(&engine, "engine", engine, "auto, xla:cuda, xla:cpu or go")
	flags.IntVar(&n, "pictures", n, "fresh pictures to show it")
	flags.IntVar(&size, "size", size, "pixels of a picture's side")
	flags.StringVarP(&out, "out", "o", out, "PNG to write the confusion matrix to")
	return command
}

// judgeOn judges a net on an engine of its own.
func judgeOn(engine string, net *models.Net, n, size int) (verdict, error) {
	e, err := vgg.OpenEngine(engine)
	if err != nil {
		return verdict{}, err
	}
	defer e.Close()
	m, err := vgg.NewModel(e, net, vgg.Options{})
	if err != nil {
		return verdict{}, err
	}
	defer m.Close()
	return judge(m, n, size)
}

// print writes the accuracy and the ten most frequent mistakes.
func (v verdict) print(w io.Writer, n int) {
	fmt.Fprintf(w, "%.2f %% of %d fresh pictures right\n", 100*v.accuracy(), n)
	mistakes := v.mistakes()
	for _, m := range mistakes[:min(10, len(mistakes))] {
		fmt.Fprintf(w, "%5.1f %% of %s taken for %s\n", 100*m.share, m.class, m.answer)
	}
}
