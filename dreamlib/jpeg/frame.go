package jpeg

import (
	"fmt"
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// A component is one of a picture's planes, as coefficients.
type component struct {
	id, slot      uint8 // its name, and the quantization table it asks for
	h, v          int   // sampling factors
	width, height int   // samples that the picture has of it

	blocksX, blocksY int         // that hold these
	stride           int         // blocks a row, with those that fill the last MCU
	blocks           [][64]int16 // coefficients in natural order, from the first scan on
	quant            *[64]uint16 // the table that stood at the first scan, in zigzag order
	bit              [64]int8    // lowest bit known of each coefficient, in zigzag order; -1 before its first scan
	pred             int         // DC of the block before
}

// frame reads a frame header (T.81 section B.2.2).
func (d *decoder) frame(marker byte, body []byte) error {
	if d.width > 0 {
		return formatError("want one frame, found another")
	}
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return formatError("want a frame header of 6 bytes and 3 for each component, found %d bytes", len(body))
	}
	width, height, n := int(body[3])<<8|int(body[4]), int(body[1])<<8|int(body[2]), int(body[5])
	switch {
	case body[0] != 8:
		return UnsupportedError(fmt.Sprintf("want 8 bits a sample, found %d", body[0]))
	case width == 0:
		return formatError("want a width of 1 or more, found 0")
	case height == 0:
		return UnsupportedError("height given behind the picture")
	case n != 1 && n != 3 && n != 4:
		return UnsupportedError(fmt.Sprintf("want 1, 3 or 4 components, found %d", n))
	}
	for ; len(body) > 6; body = body[3:] {
		c := &component{id: body[6], h: int(body[7] >> 4), v: int(body[7] & 15), slot: body[8]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.slot > 3 {
			return formatError("want sampling factors 1 to 4 and quantization tables 0 to 3, found %d x %d and %d", c.h, c.v, c.slot)
		}
		d.maxH, d.maxV = max(d.maxH, c.h), max(d.maxV, c.v)
		d.components = append(d.components, c)
	}
	d.width, d.height, d.progressive = width, height, marker == markerSOF2
	d.mcusX, d.mcusY = ceil(width, 8*d.maxH), ceil(height, 8*d.maxV)
	for _, c := range d.components {
		if d.maxH%c.h != 0 || d.maxV%c.v != 0 {
			return UnsupportedError(fmt.Sprintf("want sampling factors that divide %d x %d, found %d x %d", d.maxH, d.maxV, c.h, c.v))
		}
		c.width, c.height = ceil(width*c.h, d.maxH), ceil(height*c.v, d.maxV)
		c.blocksX, c.blocksY = ceil(c.width, 8), ceil(c.height, 8)
		for k := range c.bit {
			c.bit[k] = -1
		}
	}
	return nil
}

func ceil(a, b int) int { return (a + b - 1) / b }

// image puts the picture together from the coefficients of all scans.
func (d *decoder) image() (image.Image, error) {
	if d.width == 0 {
		return nil, formatError("want a frame, found none")
	}
	var planes []plane
	for _, c := range d.components {
		if err := c.complete(); err != nil {
			return nil, err
		}
		planes = append(planes, c.samples(d.maxH/c.h, d.maxV/c.v))
	}
	if len(planes) == 1 {
		return &image.Gray{Pix: planes[0].pix, Stride: planes[0].stride, Rect: image.Rect(0, 0, d.width, d.height)}, nil
	}
	return merge(planes, d.conversion(), d.width, d.height), nil
}

// complete says what scans have left out of a component.
func (c *component) complete() error {
	if c.bit[0] < 0 {
		return formatError("want a scan of each component, found none of component %d", c.id)
	}
	for k, bit := range c.bit {
		if bit != 0 {
			return UnsupportedError(fmt.Sprintf("want scans of all detail, found none of coefficient %d's last bit in component %d", k, c.id))
		}
	}
	return nil
}

// samples turns coefficients into samples and forgets the coefficients. One
// sample is to cover fx x fy pixels.
func (c *component) samples(fx, fy int) plane {
	p := plane{pix: make([]uint8, c.blocksX*c.blocksY*64), stride: c.blocksX * 8, width: c.width, height: c.height, fx: fx, fy: fy}
	var quant [64]int32
	for k, q := range c.quant {
		quant[zigzag[k]] = int32(q)
	}
	parallel.Runs(c.blocksY, func(lo, hi int) {
		for i := lo * c.blocksX; i < hi*c.blocksX; i++ {
			x, y := i%c.blocksX, i/c.blocksX
			idct(&c.blocks[y*c.stride+x], &quant, p.pix[y*8*p.stride+x*8:], p.stride)
		}
	})
	c.blocks = nil
	return p
}
