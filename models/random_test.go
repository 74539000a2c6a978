package models

import (
	"math"
	"runtime"
	"testing"
)

func TestRandomIsTheSameForEver(t *testing.T) {
	for _, c := range []struct {
		seed    uint64
		variant string
		divide  int
		sum     string
	}{
		{0, "vgg19", 64, "60d96eaaa59b453651c0cd6cad8b95b0915bbc904c51fbeee9e6e5739f056595"},
		{1, "vgg19", 64, "34a1e64575deb13cac3d76a93c01869e4340da852750b2827d1ced16f72b1b4e"},
		{0, "vgg11", 1000, "bedf552a333afddf23503256743b114930d67f882e47ab81a66be9261b5ea1a8"},
	} {
		net, err := Random(c.seed, c.variant, c.divide)
		if err != nil {
			t.Fatal(err)
		}
		if net.SHA256 != c.sum || weightSum(net) != c.sum {
			t.Errorf("Random(%d, %s, %d) has SHA-256 %s, want %s", c.seed, c.variant, c.divide, net.SHA256, c.sum)
		}
		if net.Name != "random" || net.Variant() != c.variant || net.Preprocessing != ImageNet {
			t.Errorf("got %q, %s, %v", net.Name, net.Variant(), net.Preprocessing)
		}
	}
}

func TestRandomDoesNotDependOnScheduling(t *testing.T) {
	want := randomNet(t, "vgg16", 16).SHA256
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := randomNet(t, "vgg16", 16).SHA256; got != want {
		t.Errorf("one thread gives %s, all give %s", got, want)
	}
}

// TestNormals holds a sample's moments against those of the sum of twelve
// uniform numbers: excess kurtosis -1.2/12.
func TestNormals(t *testing.T) {
	const n = 1 << 18
	var first, second, fourth, largest float64
	for _, v := range normals(newStream(3, 4), n, 1) {
		x := float64(v)
		first, second, fourth, largest = first+x/n, second+x*x/n, fourth+x*x*x*x/n, max(largest, math.Abs(x))
	}
	for _, c := range []struct {
		name             string
		got, want, error float64 // four standard errors
	}{
		{"mean", first, 0, 4 / math.Sqrt(n)},
		{"variance", second, 1, 4 * math.Sqrt(1.9/n)},
		{"fourth moment", fourth, 2.9, 4 * math.Sqrt(90.0/n)},
	} {
		if math.Abs(c.got-c.want) > c.error {
			t.Errorf("%s %v, want %v within %v", c.name, c.got, c.want, c.error)
		}
	}
	if largest > 6 || largest < 3.5 {
		t.Errorf("largest %v, want 3.5 to 6", largest)
	}
}

func TestRandomKernelsAreHes(t *testing.T) {
	net := randomNet(t, "vgg19", 8)
	l := net.Layers[30] // conv5_2, 64 to 64 channels
	var kernel, bias float64
	for _, v := range l.Kernel {
		kernel += float64(v) * float64(v) / float64(len(l.Kernel))
	}
	for _, v := range l.Bias {
		bias += float64(v) * float64(v) / float64(len(l.Bias))
	}
	if want := 2.0 / (9 * 64); math.Abs(kernel/want-1) > 0.05 {
		t.Errorf("kernel variance %v, want %v", kernel, want)
	}
	if want := 0.02 * 0.02; math.Abs(bias/want-1) > 0.7 {
		t.Errorf("bias variance %v, want %v", bias, want)
	}
}

func TestRandomRefuses(t *testing.T) {
	for _, c := range []struct {
		variant string
		divide  int
		want    string
	}{
		{"vgg17", 1, `models: random net: variant: want vgg11, vgg13, vgg16, vgg19, found "vgg17"`},
		{"vgg19", 0, "models: random net: divide: want 1 or more, found 0"},
	} {
		if _, err := Random(0, c.variant, c.divide); err == nil || err.Error() != c.want {
			t.Errorf("Random(0, %q, %d): got %v, want %s", c.variant, c.divide, err, c.want)
		}
	}
}
