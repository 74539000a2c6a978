package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// exifBlock is EXIF data whose one directory holds another tag and orientation.
func exifBlock(order binary.AppendByteOrder, magic string, turn uint16) []byte {
	b := order.AppendUint32([]byte(magic), 8)
	b = order.AppendUint16(b, 2)
	for _, entry := range [][2]uint16{{0x010f, 2}, {0x0112, turn}} {
		b = order.AppendUint16(b, entry[0])
		b = order.AppendUint16(b, 3) // SHORT
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, entry[1])
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 0)
}

// withEXIF puts EXIF data into a JPEG or PNG.
func withEXIF(t testing.TB, name string, file, exif []byte) []byte {
	t.Helper()
	if name == "JPEG" {
		exif = append([]byte("Exif\x00\x00"), exif...)
		segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
		return slices.Concat(file[:2], segment, exif, file[2:])
	}
	chunk := append([]byte("eXIf"), exif...)
	size := binary.BigEndian.AppendUint32(nil, uint32(len(exif)))
	return slices.Concat(file[:33], size, chunk, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk)), file[33:])
}

// Four blocks, dark to light in reading order once upright: 1 2 / 3 4, each of
// 8 pixels, two blocks wide and one and a half high.
func TestEXIFOrientation(t *testing.T) {
	// What a camera stores for each orientation, by the numbers that EXIF gives
	// to where its first row and first column are.
	stored := map[uint16][4]int{1: {1, 2, 3, 4}, 2: {2, 1, 4, 3}, 3: {4, 3, 2, 1}, 4: {3, 4, 1, 2},
		5: {1, 3, 2, 4}, 6: {2, 4, 1, 3}, 7: {4, 2, 3, 1}, 8: {3, 1, 4, 2}}
	for turn, blocks := range stored {
		w, h := 16, 8
		if turn >= 5 {
			w, h = 8, 16
		}
		src := image.NewGray(image.Rect(0, 0, w, h))
		for i := range src.Pix {
			x, y := i%w*2/w, i/w*2/h
			src.SetGray(i%w, i/w, color.Gray{Y: uint8(60 * blocks[2*y+x])})
		}
		for _, name := range []string{"JPEG", "PNG"} {
			var file bytes.Buffer
			var err error
			if name == "JPEG" {
				err = jpeg.Encode(&file, src, &jpeg.Options{Quality: 100})
			} else {
				err = png.Encode(&file, src)
			}
			if err != nil {
				t.Fatal(err)
			}
			for magic, order := range map[string]binary.AppendByteOrder{"II*\x00": binary.LittleEndian, "MM\x00*": binary.BigEndian} {
				m, err := Decode(bytes.NewReader(withEXIF(t, name, file.Bytes(), exifBlock(order, magic, turn))))
				if err != nil {
					t.Fatalf("%s orientation %d: %v", name, turn, err)
				}
				if m.Width != 16 || m.Height != 8 {
					t.Fatalf("%s orientation %d: got %d x %d, want 16 x 8", name, turn, m.Width, m.Height)
				}
				for i, corner := range []int{0, 15, 7 * 16, 7*16 + 15} {
					if got := int(m.Pix[3*corner]*255/60 + 0.5); got != i+1 {
						t.Errorf("%s orientation %d %q: corner %d shows block %d", name, turn, magic[:2], i+1, got)
					}
				}
			}
		}
	}
}

func TestUprightTurnsOpacity(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	copy(src.Pix, []uint8{10, 0, 0, 51, 20, 0, 0, 102})
	got := convert(src, 6)
	if got.Width != 1 || got.Height != 2 || !slices.Equal(got.Alpha, []float32{0.2, 0.4}) || got.Pix[0] != float32(10)/255 {
		t.Errorf("turned right: got %+v", got)
	}
	if got = convert(src, 8); !slices.Equal(got.Alpha, []float32{0.4, 0.2}) {
		t.Errorf("turned left: got %+v", got)
	}
}

func TestDamagedEXIFMeansUpright(t *testing.T) {
	good := exifBlock(binary.LittleEndian, "II*\x00", 6)
	if got := exifOrientation(good); got != 6 {
		t.Fatalf("got %d, want 6", got)
	}
	for n := range len(good) - 4 {
		if got := exifOrientation(good[:n]); got != 1 && n < 8+2+12+10 {
			t.Errorf("cut to %d bytes: got %d, want 1", n, got)
		}
	}
	far := slices.Clone(good)
	binary.LittleEndian.PutUint32(far[4:], 0xfffffffe)
	if got := exifOrientation(far); got != 1 {
		t.Errorf("directory beyond the end: got %d, want 1", got)
	}
	if got := exifOrientation(exifBlock(binary.LittleEndian, "II*\x00", 9)); got != 1 {
		t.Errorf("orientation 9: got %d, want 1", got)
	}
}
