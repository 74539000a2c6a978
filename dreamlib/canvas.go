package dreamlib

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// A canvas is a picture that is climbed in tiles, or on the pure-Go engine, whose
// graphs are slow, also in one piece. It lies whole in the program's own memory, and
// only tiles of it go to the engine. What a step does beyond the
// gradient is done here as stepTask does it there.
type canvas struct {
	model *Model
	goal  aim
	tiling
	units []float64 // what each of the tiles' sums has of the whole picture; of the classifier's its places

	stop func() error // asked before each tile, where it is not nil

	x   []float32 // the picture in the network's input, [h, w, 3]
	g   []float32 // its gradient, shifted by the step's jitter
	sum []float32 // of all gradients, where they add up; else nil
}

func newCanvas(m *Model, goal aim, t tiling, img *picture.Image) *canvas {
	c := &canvas{model: m, goal: goal, tiling: t}
	c.x, c.g = make([]float32, len(img.Pix)), make([]float32, len(img.Pix))
	preprocess(m.Net.Preprocessing, c.x, img.Pix)
	places := func(l models.Layer) float64 {
		return float64(t.Picture.Height/l.Stride) * float64(t.Picture.Width/l.Stride)
	}
	for _, i := range goal.layers {
		l := m.Net.Layers[i]
		c.units = append(c.units, places(l)*float64(l.Channels))
	}
	if goal.classifier >= 0 {
		c.units = append(c.units, places(m.Net.Layers[goal.classifier]))
	}
	return c
}

// rows calls work for runs of the picture's rows, several at once.
func (c *canvas) rows(work func(lo, hi int)) {
	parallel.Runs(c.Picture.Height, work)
}

// gradient sets g to the gradient of the whole picture shifted around by shift
// rows and columns, and returns the objective's value there.
func (c *canvas) gradient(measure Measure, shift [2]int32) (value float64, err error) {
	line := c.Picture.Width * 3
	c.rows(func(lo, hi int) { clear(c.g[lo*line : hi*line]) })
	if c.count() == 1 {
		err = c.eachTile(shift, nil, func(_ device, x *tensors.Tensor, _ [4]int32) (_ tileSums, g *tensors.Tensor, err error) {
			value, g, err = c.model.gradient(x, c.goal, measure)
			return nil, g, err
		})
		return value, err
	}
	totals := make([]float64, len(c.units))
	if measure == L2 { // its slope depends on the sums
		err := c.eachTile(shift, totals, func(on device, x *tensors.Tensor, core [4]int32) (tileSums, *tensors.Tensor, error) {
			sums, err := c.model.sumTile(on, x, core, c.goal)
			return sums, nil, err
		})
		if err != nil {
			return 0, err
		}
	}
	slopes := c.slopes(measure, totals)
	clear(totals)
	err = c.eachTile(shift, totals, func(on device, x *tensors.Tensor, core [4]int32) (tileSums, *tensors.Tensor, error) {
		return c.model.climbTile(on, x, core, c.goal, slopes)
	})
	return c.value(measure, totals), err
}

func (s tileSums) addTo(totals []float64) {
	for t, sum := range s {
		totals[t] += float64(sum)
	}
}

// slopes are the objective's derivatives with respect to the tiles' sums.
func (c *canvas) slopes(measure Measure, totals []float64) []float32 {
	slopes := make([]float32, len(totals))
	for t, weight := range c.goal.weights {
		slope := 1 / c.units[t]
		if measure == L2 {
			slope = 0 // where every activation is zero
			if totals[t] > tiny {
				slope = 0.5 / math.Sqrt(totals[t])
			}
		}
		slopes[t] = float32(float64(weight) * slope)
	}
	if c.goal.classifier >= 0 {
		slopes[len(totals)-1] = float32(1 / c.units[len(totals)-1])
	}
	return slopes
}

// value is the objective's, given the sums of all tiles.
func (c *canvas) value(measure Measure, totals []float64) (value float64) {
	for t, weight := range c.goal.weights {
		if measure == L2 {
			value += float64(weight) * math.Sqrt(max(totals[t], tiny))
		} else {
			value += float64(weight) * totals[t] / c.units[t]
		}
	}
	if c.goal.classifier >= 0 {
		last := len(totals) - 1
		value += totals[last]/c.units[last] + float64(c.goal.row[len(c.goal.row)-1])
	}
	return value
}

// core is a tile's core in its own pixels: its first and last row and column.
func core(row, column span) [4]int32 {
	return [4]int32{
		int32(row.from - row.at), int32(row.to - row.at),
		int32(column.from - column.at), int32(column.to - column.at),
	}
}

// eachTile cuts every tile out of the shifted picture and hands it to climb,
// [1, h, w, 3] on a device. The tiles' sums are added to totals, and their gradients,
// where they have one, to the picture's.
func (c *canvas) eachTile(shift [2]int32, totals []float64, climb func(on device, x *tensors.Tensor, core [4]int32) (tileSums, *tensors.Tensor, error)) error {
	type climbed struct {
		sums tileSums
		g    *tensors.Tensor
	}
	work := func(on device, i int) (climbed, error) {
		if c.stop != nil {
			if err := c.stop(); err != nil {
				return climbed{}, err
			}
		}
		row, column := c.place(i)
		x, err := tensorOf(c.model.Engine, on, func(flat []float32) {
			c.cut(flat, row.at-int(shift[0]), column.at-int(shift[1]))
		}, 1, c.Tile.Height, c.Tile.Width, 3)
		if err != nil {
			return climbed{}, err
		}
		defer release(x)
		sums, g, err := climb(on, x, core(row, column))
		return climbed{sums, g}, err
	}
	take := func(i int, tile climbed) error {
		tile.sums.addTo(totals)
		if tile.g == nil {
			return nil
		}
		defer release(tile.g)
		row, column := c.place(i)
		return c.add(tile.g, row, column)
	}
	return deal(c.model.Engine.devices, c.count(), work, take, func(tile climbed) { release(tile.g) })
}

// cut copies the tile that begins at row y0 and column x0 of the picture into
// flat. The picture goes on around its borders.
func (c *canvas) cut(flat []float32, y0, x0 int) {
	w := c.Picture.Width
	first := around(x0, w)
	parallel.Runs(c.Tile.Height, func(lo, hi int) {
		for y := lo; y < hi; y++ {
			from := c.x[around(y0+y, c.Picture.Height)*w*3:][:w*3]
			to := flat[y*c.Tile.Width*3:][:c.Tile.Width*3]
			n := copy(to, from[first*3:])
			copy(to[n:], from)
		}
	})
}

// add adds a tile's gradient, [1, h, w, 3], to the picture's.
func (c *canvas) add(g *tensors.Tensor, row, column span) error {
	return tensors.ConstFlatData(g, func(flat []float32) {
		parallel.Runs(c.Tile.Height, func(lo, hi int) {
			for y := lo; y < hi; y++ {
				to := c.g[((row.at+y)*c.Picture.Width+column.at)*3:]
				for i, v := range flat[y*c.Tile.Width*3:][:c.Tile.Width*3] {
					to[i] += v
				}
			}
		})
	})
}

// around brings i to 0..n-1 by going around.
func around(i, n int) int { return (i%n + n) % n }

// scale multiplies the gradient by a factor for each channel.
func (c *canvas) scale(factors []float32) {
	c.rows(func(lo, hi int) {
		for i := lo * c.Picture.Width * 3; i < hi*c.Picture.Width*3; i += 3 {
			for k, f := range factors {
				c.g[i+k] *= f
			}
		}
	})
}

// blur is the blur of ascent.go on the gradient: rows first, then columns.
func (c *canvas) blur(weights [][]float32) {
	h, line := c.Picture.Height, c.Picture.Width*3
	out := make([]float32, len(c.g))
	c.rows(func(lo, hi int) {
		down := make([]float32, line)
		for y := lo; y < hi; y++ {
			to := out[y*line:][:line]
			for _, taps := range weights {
				clear(down)
				for k, tap := range taps {
					kernels.Accumulate(down, c.g[mirrored(y+k-len(taps)/2, h)*line:][:line], tap)
				}
				blurLine(to, down, taps)
			}
			for i := range to {
				to[i] /= float32(len(weights))
			}
		}
	})
	c.g = out
}

// blurLine adds a line of pixels, convolved with taps, to another.
func blurLine(to, from, taps []float32) {
	w, half := len(from)/3, len(taps)/2
	inside := max(w-2*half, 0) // pixels that have all their neighbours
	for k, tap := range taps {
		if inside > 0 {
			kernels.Accumulate(to[3*half:][:3*inside], from[3*k:], tap)
		}
		for i := range min(w, 2*half) {
			x := i
			if i >= half {
				x += inside
			}
			at := mirrored(x+k-half, w)
			kernels.Accumulate(to[3*x:][:3], from[3*at:], tap)
		}
	}
}

// advance takes a step of the given size along the gradient, which was shifted
// by shift, or along the sum after the gradient was added to it. Values stay
// between black and white.
func (c *canvas) advance(rule Rule, shift [2]int32, size, black, white []float32) {
	offset, factor := rule.standard(c.g, c.Picture.Height, c.rows)
	h, w := c.Picture.Height, c.Picture.Width
	c.rows(func(lo, hi int) {
		for y := lo; y < hi; y++ {
			g, from := c.g[around(y+int(shift[0]), h)*w*3:][:w*3], 3*around(int(shift[1]), w)
			for i := range w * 3 {
				k, p := i%3, y*w*3+i
				if from == len(g) {
					from = 0
				}
				along := g[from]
				from++
				if c.sum != nil {
					c.sum[p] += along
					along = c.sum[p]
				}
				next := c.x[p] + size[k]*((along-offset)*factor)
				c.x[p] = min(max(next, black[k]), white[k])
			}
		}
	})
}

// standard is what Rule.apply does to a gradient of h rows, in numbers: it
// becomes (g - offset) * factor. runs goes through the rows.
func (r Rule) standard(g []float32, h int, runs func(func(lo, hi int))) (offset, factor float32) {
	mean := func(of func(v float64) float64) float64 {
		rows, line := make([]float64, h), len(g)/h // summed up in one order on any number of processors
		runs(func(lo, hi int) {
			for y := lo; y < hi; y++ {
				for _, v := range g[y*line:][:line] {
					rows[y] += of(float64(v))
				}
			}
		})
		var sum float64
		for _, row := range rows {
			sum += row
		}
		return sum / float64(len(g))
	}
	switch r {
	case RuleMeanAbs:
		return 0, float32(1 / max(mean(math.Abs), tiny))
	case RuleStd:
		middle := mean(func(v float64) float64 { return v })
		spread := mean(func(v float64) float64 { return (v - middle) * (v - middle) })
		unbiased := spread * float64(len(g)) / float64(max(len(g)-1, 1))
		return float32(middle), float32(1 / math.Sqrt(max(unbiased, tiny)))
	default:
		return 0, 1
	}
}
