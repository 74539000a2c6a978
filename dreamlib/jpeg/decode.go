// Package jpeg reads JPEG pictures to the very levels that libjpeg-turbo, and
// so Pillow, gives them.
//
// The standard (ITU-T T.81) leaves decoders free in how they round the inverse
// transform and enlarge subsampled chroma, and Go's image/jpeg chose otherwise:
// its pixels are off by a level here and there. A dream amplifies that. This
// package rounds as libjpeg does with its default settings: the accurate integer
// transform, "fancy" upsampling, and colours by 16-bit fixed-point tables.
//
// It reads 8-bit Huffman-coded files, sequential or progressive, of one, three
// or four components. It does not write, and it knows no colour profiles. A
// picture is whole or an error: of a progressive file that leaves out detail
// libjpeg makes a smooth preview, this package makes none.
package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
)

// FormatError says that a file is no JPEG or is damaged. A file that ends too
// early is io.ErrUnexpectedEOF instead.
type FormatError string

func (e FormatError) Error() string { return "jpeg: " + string(e) }

// UnsupportedError says that a file is valid but uses a part of the standard
// that is not implemented here.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "jpeg: unsupported: " + string(e) }

func formatError(format string, a ...any) error { return FormatError(fmt.Sprintf(format, a...)) }

// Second bytes of markers (T.81 table B.1).
const (
	markerSOF0  = 0xc0 // start of frame: baseline,
	markerSOF1  = 0xc1 // extended sequential,
	markerSOF2  = 0xc2 // progressive,
	markerSOF3  = 0xc3 // lossless
	markerSOF15 = 0xcf
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDQT   = 0xdb
	markerDRI   = 0xdd
	markerDHP   = 0xde
	markerEXP   = 0xdf
	markerAPP0  = 0xe0
	markerAPP14 = 0xee
	markerTEM   = 0x01
)

// A decoder is a file as far as it is read.
type decoder struct {
	data []byte
	pos  int // of the next byte to read

	width, height int // 0 before the frame header
	progressive   bool
	components    []*component
	maxH, maxV    int // largest sampling factors
	mcusX, mcusY  int // minimum coded units, of 8*maxH x 8*maxV pixels

	quant    [4]*[64]uint16 // as they stand, in zigzag order
	dc, ac   [4]*huffman
	interval int // MCUs between restart markers, or 0
	scans    int

	jfif, adobe bool
	transform   uint8 // Adobe's
}

// Decode reads a whole picture: an *image.Gray, or an opaque *image.RGBA in
// which YCbCr, YCCK and CMYK are converted to RGB, the latter two by Adobe's and
// Pillow's rule that 255 means no ink. It takes up to 16 bytes of memory a
// pixel: check an untrusted file with DecodeConfig first.
func Decode(r io.Reader) (image.Image, error) {
	d, err := start(r)
	if err != nil {
		return nil, err
	}
	for {
		marker, err := d.segment()
		if err != nil {
			return nil, err
		}
		if marker == markerEOI {
			return d.image()
		}
	}
}

// DecodeConfig reads the size and the colour model alone. It allocates nothing
// that depends on the size.
func DecodeConfig(r io.Reader) (image.Config, error) {
	d, err := start(r)
	for err == nil && d.width == 0 {
		_, err = d.segment()
	}
	if err != nil {
		return image.Config{}, err
	}
	model := color.RGBAModel
	if len(d.components) == 1 {
		model = color.GrayModel
	}
	return image.Config{ColorModel: model, Width: d.width, Height: d.height}, nil
}

func start(r io.Reader) (*decoder, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	if len(data) < 2 {
		return nil, errTruncated
	}
	if data[0] != 0xff || data[1] != markerSOI {
		return nil, formatError("want a file that begins with ffd8, found %x", data[:2])
	}
	return &decoder{data: data, pos: 2}, nil
}

var errTruncated = fmt.Errorf("jpeg: %w", io.ErrUnexpectedEOF)

// marker moves behind the next marker and returns its second byte. Whatever
// stands before it is passed over, as libjpeg does: padding, and what some
// encoders leave behind a scan.
func (d *decoder) marker() (byte, error) {
	for ; d.pos+1 < len(d.data); d.pos++ {
		if m := d.data[d.pos+1]; d.data[d.pos] == 0xff && m != 0 && m != 0xff {
			d.pos += 2
			return m, nil
		}
	}
	return 0, errTruncated
}

// segment reads one marker with what belongs to it. That of a scan header
// includes the scan (T.81 section B.2).
func (d *decoder) segment() (marker byte, err error) {
	marker, err = d.marker()
	if err != nil || marker == markerEOI || marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
		return marker, err
	}
	if marker == markerSOI || marker < markerSOF0 {
		return marker, formatError("want a segment, found marker ff%02x", marker)
	}
	if len(d.data)-d.pos < 2 {
		return marker, errTruncated
	}
	size := int(d.data[d.pos])<<8 | int(d.data[d.pos+1])
	if size < 2 {
		return marker, formatError("want segments of 2 bytes or more, found %d behind ff%02x", size, marker)
	}
	if size > len(d.data)-d.pos {
		return marker, errTruncated
	}
	body := d.data[d.pos+2 : d.pos+size]
	d.pos += size
	switch {
	case marker == markerDQT:
		err = d.quantization(body)
	case marker == markerDHT:
		err = d.huffmanTables(body)
	case marker == markerDRI && len(body) == 2:
		d.interval = int(body[0])<<8 | int(body[1])
	case marker == markerDRI:
		err = formatError("want 2 bytes of restart interval, found %d", len(body))
	case marker == markerSOS:
		err = d.scan(body)
	case marker <= markerSOF2:
		err = d.frame(marker, body)
	case marker <= markerSOF15 && marker != markerJPG && marker != markerDAC:
		err = UnsupportedError(fmt.Sprintf("want Huffman-coded baseline, extended or progressive frames, found ff%02x: %s", marker, frameKind(marker)))
	case marker == markerDHP, marker == markerEXP:
		err = UnsupportedError("hierarchical frames")
	case marker == markerAPP0 && len(body) >= 14 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		d.jfif = true
	case marker == markerAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
		d.adobe, d.transform = true, body[11]
	}
	return marker, err
}

func frameKind(marker byte) string {
	switch {
	case marker > markerJPG:
		return "arithmetic coding"
	case marker == markerSOF3:
		return "lossless"
	}
	return "hierarchical"
}

// quantization reads tables of 8- or 16-bit steps (T.81 section B.2.4.1).
func (d *decoder) quantization(body []byte) error {
	for len(body) > 0 {
		wide, slot := int(body[0]>>4), body[0]&15
		if wide > 1 || slot > 3 {
			return formatError("want quantization tables 0 to 3 of 8 or 16 bits, found %02x", body[0])
		}
		body = body[1:]
		if len(body) < 64<<wide {
			return formatError("want %d bytes of quantization table, found %d", 64<<wide, len(body))
		}
		table := new([64]uint16)
		for k := range table {
			table[k] = uint16(body[k<<wide])
			if wide == 1 {
				table[k] = table[k]<<8 | uint16(body[2*k+1])
			}
		}
		d.quant[slot] = table
		body = body[64<<wide:]
	}
	return nil
}
