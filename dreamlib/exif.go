package dreamlib

import (
	"bytes"
	"encoding/binary"
)

// orientation finds how a JPEG or PNG picture has to be turned to stand upright,
// 1 to 8 as EXIF numbers it: 1, as it is, where the file does not say.
func orientation(name string, data []byte) int {
	turn := 1
	visit := func(kind string, data []byte) error {
		const app1 = "\xe1"
		exif, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
		if turn == 1 && (kind == "eXIf" || kind == app1 && ok) {
			turn = exifOrientation(exif)
		}
		return nil
	}
	// A walk's errors are not reported: the decoder has taken the picture.
	switch name {
	case "PNG":
		_ = walkPNG(data, visit)
	case "JPEG":
		_ = walkJPEG(data, visit)
	}
	return turn
}

// exifOrientation reads tag 0x0112 in the first directory of EXIF data, which is
// laid out as a TIFF file (TIFF 6.0, section 2).
func exifOrientation(exif []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(exif, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(exif) < 8 || uint64(order.Uint32(exif[4:]))+2 > uint64(len(exif)) {
		return 1
	}
	directory := exif[order.Uint32(exif[4:]):]
	entries := directory[2:]
	for n := order.Uint16(directory); n > 0 && len(entries) >= 12; n-- {
		if turn := order.Uint16(entries[8:]); order.Uint16(entries) == 0x0112 && turn >= 1 && turn <= 8 {
			return int(turn)
		}
		entries = entries[12:]
	}
	return 1
}

// sideways says whether rows and columns change places.
func sideways(turn int) bool { return turn >= 5 }

// upright returns m turned by EXIF's orientation turn. From 5 on the picture
// lies on its side, and rows and columns change places. Then it is mirrored left
// to right, top to bottom, or both.
func (m *Image) upright(turn int) *Image {
	if turn == 1 {
		return m
	}
	w, h := m.Width, m.Height
	if sideways(turn) {
		w, h = h, w
	}
	mirrorX := turn == 2 || turn == 3 || turn == 7 || turn == 8
	mirrorY := turn == 3 || turn == 4 || turn == 6 || turn == 7
	out := NewImage(w, h)
	if m.Alpha != nil {
		out.Alpha = make([]float32, w*h)
	}
	for i := range w * h {
		x, y := i%w, i/w
		if sideways(turn) {
			x, y = y, x
		}
		if mirrorX {
			x = m.Width - 1 - x
		}
		if mirrorY {
			y = m.Height - 1 - y
		}
		from := y*m.Width + x
		copy(out.Pix[3*i:3*i+3], m.Pix[3*from:])
		if m.Alpha != nil {
			out.Alpha[i] = m.Alpha[from]
		}
	}
	return out
}
