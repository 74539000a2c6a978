package terminal

import "testing"

func TestMemory(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "7": 7, "4GB": 4e9, "4 gb": 4e9, "1.5GiB": 3 << 29, "800MB": 8e8, "2kb": 2000, "12B": 12, "1TiB": 1 << 40} {
		var b Memory
		if err := b.Set(text); err != nil || int64(b) != want {
			t.Errorf("%q: got %d, %v, want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "GB", "4XB", "-4GB", "inf", "1e300", "4GB4"} {
		if b := new(Memory); b.Set(text) == nil {
			t.Errorf("%q: got %d, want an error", text, *b)
		}
	}
}
