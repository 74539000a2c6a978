package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxText limits one entry of text in a picture, in bytes: packed text cannot
// fill the memory.
const maxText = 16 << 20

// ReadText returns the text that a PNG or JPEG file carries beside its picture:
// a PNG's text chunks by their keywords, and a JPEG's comments that read "key:
// value". Other comments are under "Comment", as PNG has it. Of entries with one
// key the first counts. A file without text gives an empty map.
func ReadText(path string) (map[string]string, error) {
	f, data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("picture: text of %s: %w", path, err)
	}
	text, err := parseText(f.name, data)
	if err != nil {
		return nil, fmt.Errorf("picture: text of %s: %w", path, err)
	}
	return text, nil
}

func parseText(name string, data []byte) (map[string]string, error) {
	var parse func(kind string, data []byte) (key, value string, err error)
	var walk func(data []byte, visit func(kind string, data []byte) error) error
	switch name {
	case "PNG":
		walk, parse = walkPNG, parseChunk
	case "JPEG":
		walk, parse = walkJPEG, parseSegment
	default:
		return nil, UnsupportedError("want a PNG or JPEG, found " + name)
	}
	text := map[string]string{}
	err := walk(data, func(kind string, data []byte) error {
		key, value, err := parse(kind, data)
		if _, twice := text[key]; key != "" && !twice {
			text[key] = value
		}
		return err
	})
	return text, err
}

// walkPNG calls visit with each chunk of a PNG file (PNG specification, third
// edition, section 5.3).
func walkPNG(data []byte, visit func(kind string, data []byte) error) error {
	for data = data[8:]; len(data) >= 12; {
		size := uint64(binary.BigEndian.Uint32(data))
		if size+12 > uint64(len(data)) {
			break
		}
		kind, body, sum := string(data[4:8]), data[8:8+size], binary.BigEndian.Uint32(data[8+size:])
		if want := crc32.ChecksumIEEE(data[4 : 8+size]); want != sum {
			return FormatError(fmt.Sprintf("corrupt PNG: want checksum %08x of chunk %q, found %08x", want, kind, sum))
		}
		if err := visit(kind, body); err != nil || kind == "IEND" {
			return err
		}
		data = data[12+size:]
	}
	return FormatError("truncated PNG")
}

// walkJPEG calls visit with each segment of a JPEG file before its first scan
// (ITU-T T.81, section B.1). A kind is a marker's second byte.
func walkJPEG(data []byte, visit func(kind string, data []byte) error) error {
	const endOfImage, startOfScan = 0xd9, 0xda
	for data = data[2:]; len(data) >= 4; {
		marker, size := data[1], int(binary.BigEndian.Uint16(data[2:]))+2
		switch {
		case data[0] != 0xff:
			return FormatError(fmt.Sprintf("corrupt JPEG: want a marker, found byte %#x", data[0]))
		case marker == 0xff: // padding
			data = data[1:]
			continue
		case marker == startOfScan, marker == endOfImage:
			return nil
		case size < 4:
			return FormatError(fmt.Sprintf("corrupt JPEG: want segments of 2 bytes or more, found %d", size-2))
		case size > len(data):
			return FormatError("truncated JPEG")
		}
		if err := visit(string([]byte{marker}), data[4:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return FormatError("truncated JPEG")
}

const commentSegment = "\xfe"

func parseSegment(kind string, data []byte) (key, value string, err error) {
	if kind != commentSegment {
		return "", "", nil
	}
	comment := strings.ToValidUTF8(strings.TrimRight(string(data), "\x00"), "\ufffd")
	if key, value, ok := strings.Cut(comment, ": "); ok && checkText(key, value) == nil {
		return key, value, nil
	}
	return "Comment", comment, nil
}

// parseChunk takes apart a chunk of text (section 11.3.3): Latin-1, packed
// Latin-1, or UTF-8 that may be packed. Other chunks have no key.
func parseChunk(kind string, data []byte) (key, value string, err error) {
	if kind != "tEXt" && kind != "zTXt" && kind != "iTXt" {
		return "", "", nil
	}
	head, body, _ := bytes.Cut(data, []byte{0})
	packed := false
	switch kind {
	case "zTXt": // the packing method, of which there is one
		packed, body = true, body[min(1, len(body)):]
	case "iTXt": // whether it is packed, the method, a language, the key in it
		packed, body = len(body) > 0 && body[0] == 1, body[min(2, len(body)):]
		_, body, _ = bytes.Cut(body, []byte{0})
		_, body, _ = bytes.Cut(body, []byte{0})
	}
	if packed {
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = io.ReadAll(io.LimitReader(z, maxText+1))
		}
		if err != nil {
			return "", "", FormatError("corrupt PNG: packed text: " + err.Error())
		}
	}
	if len(body) > maxText {
		return "", "", UnsupportedError(fmt.Sprintf("want at most %d bytes of text, found more", maxText))
	}
	if kind == "iTXt" {
		return latin1(head), strings.ToValidUTF8(string(body), "\ufffd"), nil
	}
	return latin1(head), latin1(body), nil
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// checkText accepts what both formats give back unchanged.
func checkText(key, value string) error {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }
	switch {
	case key == "" || len(key) > 79 || strings.ContainsFunc(key, odd):
		return fmt.Errorf("text: want a key of 1 to 79 ASCII letters, digits and signs other than a colon, found %q", key)
	case !utf8.ValidString(value) || strings.Contains(value, "\x00"):
		return fmt.Errorf("text: want UTF-8 without zero bytes under %q", key)
	case len(value) > maxText:
		return fmt.Errorf("text: want at most %d bytes under %q, found %d", maxText, key, len(value))
	}
	return nil
}

// pngText makes an international text chunk, not packed, of each entry in the
// order of the keys.
func pngText(text map[string]string) ([]byte, error) {
	var out []byte
	for _, key := range slices.Sorted(maps.Keys(text)) {
		if err := checkText(key, text[key]); err != nil {
			return nil, err
		}
		chunk := []byte("iTXt" + key + "\x00\x00\x00\x00\x00" + text[key])
		out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-len("iTXt")))
		out = append(out, chunk...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	}
	return out, nil
}

// jpegText makes a comment of each entry in the order of the keys.
func jpegText(text map[string]string) ([]byte, error) {
	var out []byte
	for _, key := range slices.Sorted(maps.Keys(text)) {
		if err := checkText(key, text[key]); err != nil {
			return nil, err
		}
		comment := key + ": " + text[key]
		if len(comment)+2 > 0xffff {
			return nil, fmt.Errorf("jpeg: want at most %d bytes of text under %q, found %d: only .png holds more", 0xffff-2-len(key+": "), key, len(text[key]))
		}
		out = append(out, 0xff, commentSegment[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(comment)+2))
		out = append(out, comment...)
	}
	return out, nil
}

// A splicer passes bytes on to w and slips extra in before the byte at offset
// at.
type splicer struct {
	w     io.Writer
	at    int
	extra []byte
}

func (s *splicer) Write(p []byte) (int, error) {
	if len(s.extra) == 0 || len(p) < s.at {
		s.at -= len(p)
		return s.w.Write(p)
	}
	for _, part := range [][]byte{p[:s.at], s.extra, p[s.at:]} {
		if _, err := s.w.Write(part); err != nil {
			return 0, err
		}
	}
	s.extra = nil
	return len(p), nil
}
