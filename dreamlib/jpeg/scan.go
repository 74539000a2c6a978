package jpeg

import (
	"fmt"
	"slices"
)

// maxScans bounds the time that a small file can take. Encoders write about ten.
const maxScans = 500

// zigzag gives a coefficient's place in its block by its place in the file
// (T.81 figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// A scan carries the coefficients first..last of some components, in zigzag
// order, down to bit low.
type scan struct {
	bits
	components  []*component
	dc, ac      []*huffman // of each component
	first, last int
	high, low   int // lowest bit sent by the scan before, 0 if none was, and by this one
	endRun      int // blocks of the current run that hold nothing more (EOBRUN)
}

// scan reads a scan header (T.81 section B.2.3) and the scan.
func (d *decoder) scan(body []byte) error {
	if d.width == 0 {
		return formatError("want a frame before the first scan, found none")
	}
	if d.scans++; d.scans > maxScans {
		return UnsupportedError(fmt.Sprintf("more than %d scans", maxScans))
	}
	if len(body) < 1 || body[0] < 1 || body[0] > 4 || len(body) != 4+2*int(body[0]) {
		return formatError("want a scan header of 1 to 4 components, 2 bytes each and 4 besides, found %d bytes", len(body))
	}
	s := &scan{last: 63, bits: bits{data: d.data, pos: d.pos}}
	spectral := body[len(body)-3:]
	if d.progressive {
		s.first, s.last, s.high, s.low = int(spectral[0]), int(spectral[1]), int(spectral[2]>>4), int(spectral[2]&15)
	}
	if err := s.check(int(body[0]), d.progressive); err != nil {
		return err
	}
	blocks := 0
	for pairs := body[1 : len(body)-3]; len(pairs) > 0; pairs = pairs[2:] {
		c, err := d.join(s, pairs[0], pairs[1]>>4, pairs[1]&15)
		if err != nil {
			return err
		}
		blocks += c.h * c.v
	}
	if len(s.components) > 1 && blocks > 10 {
		return formatError("want at most 10 blocks in an MCU, found %d", blocks)
	}
	err := d.units(s)
	d.pos = s.pos
	return err
}

// check sees that a scan of n components can be (T.81 sections B.2.3 and G.1.1.1).
func (s *scan) check(n int, progressive bool) error {
	switch {
	case s.first > s.last || s.last > 63 || s.low > 13:
		return formatError("want a scan of coefficients 0 to 63 and bits 0 to 13, found %d to %d and %d", s.first, s.last, s.low)
	case progressive && s.first == 0 && s.last > 0:
		return formatError("want scans of either DC or AC, found coefficients 0 to %d", s.last)
	case s.first > 0 && n > 1:
		return formatError("want AC scans of 1 component, found %d", n)
	case s.high > 0 && s.high != s.low+1:
		return formatError("want scans of one more bit, found bits %d to %d", s.high, s.low)
	}
	return nil
}

// join adds a component to a scan: from here on it has coefficients, and its
// quantization table is settled.
func (d *decoder) join(s *scan, id, dc, ac uint8) (*component, error) {
	i := slices.IndexFunc(d.components, func(c *component) bool { return c.id == id && !slices.Contains(s.components, c) })
	switch {
	case i < 0:
		return nil, formatError("want components of the frame in a scan, each once, found %d", id)
	case dc > 3 || ac > 3:
		return nil, formatError("want Huffman tables 0 to 3, found %d and %d", dc, ac)
	case s.first == 0 && s.high == 0 && d.dc[dc] == nil, s.last > 0 && d.ac[ac] == nil:
		return nil, formatError("want the Huffman tables of a scan before it, found none")
	}
	c := d.components[i]
	s.components, s.dc, s.ac = append(s.components, c), append(s.dc, d.dc[dc]), append(s.ac, d.ac[ac])
	if c.quant == nil {
		if c.quant = d.quant[c.slot]; c.quant == nil {
			return nil, formatError("want quantization table %d before the scan, found none", c.slot)
		}
		c.stride = d.mcusX * c.h
		c.blocks = make([][64]int16, c.stride*d.mcusY*c.v)
	}
	return c, s.advance(c)
}

// advance records what a scan adds to a component. It has to go on where those
// before it ended.
func (s *scan) advance(c *component) error {
	before := int8(s.high)
	if s.high == 0 {
		before = -1
	}
	for k := s.first; k <= s.last; k++ {
		if c.bit[k] != before {
			return formatError("want coefficient %d down to bit %d before the scan, found %d", k, before, c.bit[k])
		}
		c.bit[k] = int8(s.low)
	}
	return nil
}

// units reads all MCUs of a scan (T.81 section A.2): one component comes block
// by block as far as it has samples, several come in rectangles of h x v blocks.
func (d *decoder) units(s *scan) error {
	across, down := d.mcusX, d.mcusY
	if len(s.components) == 1 {
		across, down = s.components[0].blocksX, s.components[0].blocksY
	}
	decode := s.coding(d.progressive)
	s.restart()
	for i := range across * down {
		if d.interval > 0 && i > 0 && i%d.interval == 0 {
			if err := d.restart(s, i/d.interval-1); err != nil {
				return err
			}
		}
		err := s.unit(i%across, i/across, decode)
		if s.short() {
			return s.cut()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unit reads the MCU in column x and row y.
func (s *scan) unit(x, y int, decode func(i int, block *[64]int16) error) error {
	if len(s.components) == 1 {
		return decode(0, &s.components[0].blocks[y*s.components[0].stride+x])
	}
	for i, c := range s.components {
		for row := range c.v {
			at := (y*c.v+row)*c.stride + x*c.h
			for column := range c.h {
				if err := decode(i, &c.blocks[at+column]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// restart passes the marker at the end of restart interval n and forgets what
// was before it (T.81 section F.2.1.3.1).
func (d *decoder) restart(s *scan, n int) error {
	d.pos = s.pos
	marker, err := d.marker()
	if err != nil {
		return err
	}
	if want := markerRST0 + byte(n%8); marker != want {
		return formatError("want restart marker ff%02x, found ff%02x", want, marker)
	}
	s.bits = bits{data: d.data, pos: d.pos}
	s.restart()
	return nil
}

func (s *scan) restart() {
	s.endRun = 0
	for _, c := range s.components {
		c.pred = 0
	}
}

// cut is the error of a scan that ends too early.
func (s *scan) cut() error {
	if s.pos+1 >= len(s.data) {
		return errTruncated
	}
	return formatError("want more of a scan, found marker ff%02x", s.data[s.pos+1])
}
