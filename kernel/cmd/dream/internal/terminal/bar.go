package terminal

import (
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// barScale is how finely a bar counts: a share of the work, since the steps of
// large octaves take longer than those of small ones.
const barScale = 10000

// barColumns is the narrowest terminal that a bar is drawn on.
const barColumns = 60

// Bar is a line on a terminal that is how far something is, and the time left.
type Bar struct {
	line    *progressbar.ProgressBar
	out     io.Writer
	Untimed bool // the texts say how long it takes
}

// NewBar returns a bar where w is a terminal that can draw one, else nil.
func NewBar(w io.Writer) *Bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	if columns, _, err := term.GetSize(int(f.Fd())); err != nil || columns < barColumns {
		return nil
	}
	return &Bar{out: w}
}

// Update changes the text and how much is done, 0..1, and draws them, though
// not more often than an eye can follow. The clock starts with the first one.
func (b *Bar) Update(text string, done float64) {
	if b.line == nil {
		b.line = progressbar.NewOptions(barScale,
			progressbar.OptionSetWriter(b.out),
			progressbar.OptionSetPredictTime(!b.Untimed),
			progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionSetElapsedTime(!b.Untimed),
			progressbar.OptionFullWidth(),
			progressbar.OptionSetTheme(progressbar.ThemeASCII),
		)
	}
	b.line.Describe(text)
	_ = b.line.Set(int(math.Round(done * barScale))) // only drawing can fail
}

// Stop ends the bar's line, wherever it stands. A nil bar has none.
func (b *Bar) Stop() {
	if b != nil && b.line != nil {
		_ = b.line.Exit()
		_, _ = io.WriteString(b.out, "\n")
	}
}
