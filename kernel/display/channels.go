package display

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/sheet"
)

const (
	manyChannels = 16 // that are shown unless others are named
	leastChannel = 72 // pixels, the shorter side of one that is shown at least
	mostChannel  = 256
)

// Channels shows the outputs of a layer's channels as a grid: one grey
// picture for each, white for the channel's largest value, black for 0 or for its
// least value where that is below, with its number and its mean. activations is one
// layer's of Model.Activations, [1, h, w, channels]. Unless channels are named, by
// their numbers from 0, it shows the 16 strongest. Up to 16 lie four in a row.
func Channels(activations *tensors.Tensor, channels ...int) (Output, error) {
	return Output{}.Channels(activations, channels...)
}

// Channels replaces what the output shows.
func (o Output) Channels(activations *tensors.Tensor, channels ...int) (Output, error) {
	v, err := valuesOf(activations)
	if err != nil {
		return o, err
	}
	if len(channels) == 0 {
		channels = v.strongest(manyChannels)
	}
	page, err := v.grid(channels)
	if err != nil {
		return o, err
	}
	return o.showPicture(page)
}

// Strongest are the numbers of the n channels of a layer with the largest means,
// the largest first; of all where there are fewer. activations is [1, h, w,
// channels].
func Strongest(activations *tensors.Tensor, n int) ([]int, error) {
	v, err := valuesOf(activations)
	if err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("display: channels: want 1 or more of them, found %d", n)
	}
	return v.strongest(n), nil
}

// values are a layer's activations, row by row, with the channels of a position together.
type values struct {
	flat                    []float32 // [h, w, channels]
	height, width, channels int
}

func valuesOf(t *tensors.Tensor) (v values, err error) {
	if t == nil {
		return v, errors.New("display: channels: want activations, found nil")
	}
	shape := t.Shape()
	if d := shape.Dimensions; len(d) == 4 && d[0] == 1 && shape.Size() > 0 {
		v = values{height: d[1], width: d[2], channels: d[3]}
		v.flat, err = tensors.CopyFlatData[float32](t)
		if err == nil {
			return v, nil
		}
	}
	return v, fmt.Errorf("display: channels: want activations of float32, [1, h, w, channels], found %s", shape)
}

// mean, least and most of a channel.
func (v values) measure(channel int) (mean, least, most float32) {
	least, most = v.flat[channel], v.flat[channel]
	var sum float64
	for i := channel; i < len(v.flat); i += v.channels {
		sum += float64(v.flat[i])
		least, most = min(least, v.flat[i]), max(most, v.flat[i])
	}
	return float32(sum / float64(v.height*v.width)), least, most
}

func (v values) strongest(n int) []int {
	means, order := make([]float32, v.channels), make([]int, v.channels)
	for c := range order {
		order[c] = c
		means[c], _, _ = v.measure(c)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(means[b], means[a]) })
	return order[:min(n, len(order))]
}

// grid is a sheet of channels.
func (v values) grid(channels []int) (image.Image, error) {
	var cells []sheet.Cell
	for _, c := range channels {
		if c < 0 || c >= v.channels {
			return nil, fmt.Errorf("display: channels: want numbers of 0..%d, found %d", v.channels-1, c)
		}
		m, mean := v.grey(c)
		cells = append(cells, sheet.Cell{Label: fmt.Sprintf("%d: %.3g", c, mean), Picture: m})
	}
	across := maxAcross
	if len(cells) > maxAcross*maxAcross {
		across = 0 // what makes a page of them
	}
	page, err := sheet.Draw(cells, across)
	if err != nil {
		return nil, fmt.Errorf("display: channels: %w", err)
	}
	return page, nil
}

// grey is a channel as a picture whose units are squares of whole pixels; units
// are left out where there are more than can be seen.
func (v values) grey(channel int) (image.Image, float32) {
	mean, least, most := v.measure(channel)
	least = min(least, 0)
	short, long := min(v.width, v.height), max(v.width, v.height)
	each, every := (leastChannel+short-1)/short, (long+mostChannel-1)/mostChannel
	if every > 1 || each*long > mostChannel {
		each = max(1, mostChannel/long)
	}
	m := image.NewGray(image.Rect(0, 0, (v.width+every-1)/every*each, (v.height+every-1)/every*each))
	if most == least {
		return m, mean
	}
	for y := range m.Rect.Max.Y {
		for x := range m.Rect.Max.X {
			unit := (y/each*every*v.width + x/each*every) * v.channels
			m.Pix[y*m.Stride+x] = uint8(255*(v.flat[unit+channel]-least)/(most-least) + 0.5)
		}
	}
	return m, mean
}
