package pictures

import "testing"

func BenchmarkDraw(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		Draw(i%len(classes), uint64(i), 64)
	}
}
