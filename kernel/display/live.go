package display

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Live shows a dream while it goes on, in place: a bar with the objective and the
// time left, and below it the picture of the octave. The zero value is ready:
//
//	var live display.Live
//	result, err := live.Dream(ctx, model, picture, cfg)
//
// Showing takes at most a fifth of the time, and none outside of notebooks.
type Live struct {
	Every int           // steps from one picture to the next, at least. Default 0, as 1
	Pause time.Duration // from one picture to the next, at least. Default 0: 300 ms
	Width int           // of a picture at most, in pixels. Default 0: 320

	bar, picture Output
	started      time.Time
	shown        time.Time     // when the last picture was
	cost         time.Duration // that it took
	step         int           // of it
	last         dreamlib.Progress
	failed       error // of the first thing that could not be shown
	clock        func() time.Time
}

const (
	livePause = 300 * time.Millisecond
	liveWidth = 320
	liveShare = 4 // times as long as a picture takes passes before the next
)

// Dream is dreamlib.Dream, shown. In the end the bar is how far the objective
// rose, or why the dream ended early, and the picture is the result. In GoNB too an
// interrupt ends it with the picture so far. When all went well but for showing it,
// that is the error, and the result is whole.
func (l *Live) Dream(ctx context.Context, m *vgg.Model, img *picture.Image, cfg dreamlib.Config) (*dreamlib.Result, error) {
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	l.begin()
	result, err := dreamlib.Dream(ctx, m, img, cfg, l.OnStep)
	l.End(result, err)
	if err == nil {
		err = l.failed
	}
	return result, err
}

// OnStep and End are for callers of dreamlib.Dream and of Ascent.Step: OnStep is
// called after each step and never ends a dream, End when it is over.
func (l *Live) OnStep(p dreamlib.Progress) error {
	if current() == nil || l.failed != nil {
		return nil
	}
	if l.started.IsZero() || p.Step < l.last.Step {
		l.begin()
	}
	l.last = p
	now := l.clock()
	rested := now.Sub(l.shown) >= max(cmp.Or(l.Pause, livePause), liveShare*l.cost) && p.Step-l.step >= l.Every
	if p.Step > 0 && p.Step < p.Steps-1 && !rested {
		return nil
	}
	l.showBar(p.Done, fmt.Sprintf("octave %d of %d, %dx%d pixels, step %d of %d, objective %.4g%s", p.Octave+1, p.Octaves,
		p.Size.Width, p.Size.Height, p.Step+1, p.Steps, p.Value, left(now.Sub(l.started), p.Done)))
	m, err := p.Image()
	if err != nil {
		l.failed = err
		return nil
	}
	l.showPicture(m)
	l.step, l.shown = p.Step, l.clock()
	l.cost = l.shown.Sub(now)
	return nil
}

// End shows how a dream ended: its result, nil for none, and its error.
func (l *Live) End(result *dreamlib.Result, err error) {
	if current() == nil || l.failed != nil {
		return
	}
	if l.started.IsZero() {
		l.begin()
	}
	text := "no step"
	if result != nil && len(result.Values) > 0 {
		v := result.Values
		text = fmt.Sprintf("%d steps in %.1f s, objective from %.4g to %.4g", len(v), l.clock().Sub(l.started).Seconds(), v[0], v[len(v)-1])
	}
	done := 1.0
	if err != nil {
		done, text = l.last.Done, fmt.Sprintf("ended early: %v; %s", err, text)
	}
	l.showBar(done, text)
	if result != nil && result.Image != nil {
		l.showPicture(result.Image)
	}
	l.started = time.Time{} // the next dream begins anew, below
}

func (l *Live) begin() {
	if l.clock == nil {
		l.clock = time.Now
	}
	l.started, l.shown, l.cost, l.step = l.clock(), time.Time{}, 0, 0
	l.bar, l.picture, l.last, l.failed = Output{}, Output{}, dreamlib.Progress{}, nil
}

// showBar shows how much is done, 0..1, and a text.
func (l *Live) showBar(done float64, text string) {
	l.keep(&l.bar, Bundle{"text/plain": fmt.Sprintf("%.0f %%: %s", 100*done, text), "text/html": fmt.Sprintf(
		`<progress max="1" value="%.3f" style="width:%dpx"></progress><br>%s`, done, l.width(), html.EscapeString(text))})
}

func (l *Live) showPicture(m *picture.Image) {
	if w := l.width(); m.Width > w {
		m = picture.Resize(m, w, max(1, (m.Height*w+m.Width/2)/m.Width), picture.Bilinear)
	}
	b, err := pictureBundle(m)
	if err != nil {
		l.failed = err
		return
	}
	l.keep(&l.picture, b)
}

// keep shows a bundle in an output, and keeps both it and what went wrong.
func (l *Live) keep(o *Output, b Bundle) {
	var err error
	if *o, err = o.show(b); err != nil && l.failed == nil {
		l.failed = err
	}
}

func (l *Live) width() int { return cmp.Or(l.Width, liveWidth) }

// left is how much time is left when a share of the work is done after some time.
func left(past time.Duration, done float64) string {
	if past < time.Second || done <= 0 || done >= 1 {
		return "" // too early to tell, or over
	}
	return fmt.Sprintf(", %v left", time.Duration(float64(past)*(1-done)/done).Round(time.Second))
}
