package picture

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

// sideways reports whether rows and columns change places.
func sideways(turn int) bool { return turn >= 5 }

// upright is the size of a picture after it was turned.
func upright(size Size, turn int) Size {
	if sideways(turn) {
		return Size{size.Height, size.Width}
	}
	return size
}

// turned is where the pixel at x, y of a picture that EXIF's orientation turns
// comes from in the file's w x h pixels. From 5 on the picture lies on its side,
// and rows and columns change places. Then it is mirrored left to right, top to
// bottom, or both.
func turned(turn, x, y, w, h int) (int, int) {
	if sideways(turn) {
		x, y = y, x
	}
	if turn == 2 || turn == 3 || turn == 7 || turn == 8 {
		x = w - 1 - x
	}
	if turn == 3 || turn == 4 || turn == 6 || turn == 7 {
		y = h - 1 - y
	}
	return x, y
}
