package vgg

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"os"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Preprocess and Deprocess with Truncate8 are ToTensor, Normalize and the article's
// way back, by the checksums of picture/testdata/pil_goldens.py.
func TestTensorsAreTorchvisions(t *testing.T) {
	data, err := os.ReadFile("../picture/testdata/pil_goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Tensor struct{ To, From uint32 } }
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	ramp := &picture.RGB8{Width: 256, Height: 1, Pix: make([]uint8, 256*3)}
	for i := range ramp.Pix {
		ramp.Pix[i] = uint8(i / 3)
	}
	x := Preprocess(models.ImageNet, ramp.Image())
	var raw bytes.Buffer
	if err := binary.Write(&raw, binary.LittleEndian, x.X); err != nil || crc32.ChecksumIEEE(raw.Bytes()) != want.Tensor.To {
		t.Errorf("to tensor: not torchvision's bits, %v", err)
	}
	y := make([]float32, 129)
	for i := range y {
		y[i] = float32(i-64) / 16
	}
	m, err := Deprocess(models.ImageNet, &Input{1, 1, 43, y})
	if err != nil {
		t.Fatal(err)
	}
	if got := picture.Truncate8(m); crc32.ChecksumIEEE(got.Pix) != want.Tensor.From {
		t.Error("from tensor: not the script's pixels")
	}
}
