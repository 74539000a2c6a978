package jpeg

import "encoding/binary"

// A huffman table finds symbols by codes of up to 16 bits (T.81 annexes C and
// F.2.2.3).
type huffman struct {
	short   [1 << shortBits]uint16 // by the next bits: symbol and, above it, length; 0 where the code is longer
	limit   [18]int32              // by length: one above its last code, shifted up to 16 bits
	offset  [17]int32              // by length: index of its first symbol less its first code
	symbols []byte
}

const shortBits = 9

// huffmanTables reads any number of tables (T.81 section B.2.4.2).
func (d *decoder) huffmanTables(body []byte) error {
	for len(body) > 0 {
		class, slot, n := body[0]>>4, body[0]&15, 0
		if class > 1 || slot > 3 {
			return formatError("want Huffman tables 0 to 3 for DC or AC, found %02x", body[0])
		}
		if len(body) < 17 {
			return formatError("want 17 bytes before Huffman symbols, found %d", len(body))
		}
		for _, count := range body[1:17] {
			n += int(count)
		}
		if n > 256 || n > len(body)-17 {
			return formatError("want at most 256 Huffman symbols, and %d bytes of them, found %d", n, len(body)-17)
		}
		table, err := newHuffman([16]byte(body[1:17]), body[17:17+n])
		if err != nil {
			return err
		}
		if class == 0 {
			d.dc[slot] = table
		} else {
			d.ac[slot] = table
		}
		body = body[17+n:]
	}
	return nil
}

// newHuffman numbers the codes: within a length one after the other, from one
// length to the next doubled.
func newHuffman(counts [16]byte, symbols []byte) (*huffman, error) {
	t := &huffman{symbols: symbols}
	code, index := int32(0), int32(0)
	for i, count := range counts {
		length := i + 1
		t.offset[length] = index - code
		for range count {
			if length <= shortBits && code < 1<<length {
				free := shortBits - length
				for j := range int32(1) << free {
					t.short[code<<free|j] = uint16(length)<<8 | uint16(symbols[index])
				}
			}
			code, index = code+1, index+1
		}
		if code > 1<<length {
			return nil, formatError("want at most %d Huffman codes of %d bits, found %d", 1<<length, length, code)
		}
		t.limit[length] = code << (16 - length)
		code <<= 1
	}
	t.limit[17] = 1 << 16 // ends every search
	return t, nil
}

// bits reads the entropy-coded bytes of a scan up to the next marker. Beyond it
// there are zeros without end: short tells when one was used.
type bits struct {
	data []byte
	pos  int
	next uint64 // the low n bits are those read ahead
	n    int
	pad  int // how many zeros from beyond the end were read ahead, used or not
}

// fill reads ahead to 32 bits or more: enough for a code and what follows it.
func (b *bits) fill() {
	if b.n >= 32 {
		return
	}
	if len(b.data)-b.pos >= 4 {
		word := binary.BigEndian.Uint32(b.data[b.pos:])
		if ^word-0x01010101&word&0x80808080 == 0 { // no byte is ff
			b.next, b.n, b.pos = b.next<<32|uint64(word), b.n+32, b.pos+4
			return
		}
	}
	for b.n < 32 {
		next := uint64(0)
		switch rest := b.data[b.pos:]; {
		case len(rest) > 0 && rest[0] != 0xff:
			next, b.pos = uint64(rest[0]), b.pos+1
		case len(rest) > 1 && rest[1] == 0: // a stuffed zero marks ff as data
			next, b.pos = 0xff, b.pos+2
		default:
			b.pad += 8
		}
		b.next, b.n = b.next<<8|next, b.n+8
	}
}

// short says whether the scan ended before the bits that were used.
func (b *bits) short() bool { return b.n < b.pad }

// symbol reads a code. An unknown one is -1.
func (b *bits) symbol(t *huffman) int {
	b.fill()
	if s := t.short[b.next>>(b.n-shortBits)&(1<<shortBits-1)]; s != 0 {
		b.n -= int(s >> 8)
		return int(s & 0xff)
	}
	code, length := int32(b.next>>(b.n-16)&0xffff), shortBits+1
	for code >= t.limit[length] {
		length++
	}
	if length > 16 {
		return -1
	}
	b.n -= length
	return int(t.symbols[code>>(16-length)+t.offset[length]])
}

// take reads n bits, at most 16, without reading ahead: symbol has done that.
func (b *bits) take(n int) int {
	b.n -= n
	return int(b.next >> b.n & (1<<n - 1))
}

// bit reads a single bit, reading ahead as needed.
func (b *bits) bit() bool {
	b.fill()
	return b.take(1) == 1
}

// signed reads an n-bit number whose sign is in its first bit: values without it
// are negative (T.81 section F.2.2.1, EXTEND).
func (b *bits) signed(n int) int {
	v := b.take(n)
	if n > 0 && v < 1<<(n-1) {
		v += 1 - 1<<n
	}
	return v
}
