//go:build (amd64 || arm64) && !purego

package kernels

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestGenerated wants the assembly to be what _asm writes.
func TestGenerated(t *testing.T) {
	sources, err := filepath.Glob("_asm/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources of _asm: %v", err)
	}
	sum := sha256.New()
	for _, name := range sources {
		sum.Write(text(t, name))
	}
	files, err := filepath.Glob("kernels_*_a*64.*")
	if err != nil || len(files) != 6 {
		t.Fatalf("found %v, want assembly and declarations of AVX512, AVX2 and NEON (%v)", files, err)
	}
	want := fmt.Sprintf("SHA-256 %x. DO NOT EDIT.", sum.Sum(nil))
	for _, name := range files {
		if first, _, _ := strings.Cut(string(text(t, name)), "\n"); !strings.HasSuffix(first, want) {
			t.Errorf("%s is stale: run go generate ./dreamlib/internal/kernels", name)
		}
	}
}

// TestNEONProduct wants the inner loop of arm64's product to be multiply-adds but for
// 15 %, by its listing.
func TestNEONProduct(t *testing.T) {
	listing := string(text(t, "kernels_neon_arm64.s"))
	_, product, _ := strings.Cut(listing, "TEXT ·productNEON")
	product, _, _ = strings.Cut(product, "\nTEXT")
	loops := regexp.MustCompile(`(?s)\nloop\d+:\n(.*?)\tBGT`).FindAllStringSubmatch(product, -1)
	inner := loops[0][1] // of four rows
	if i := strings.LastIndex(inner, "\nloop"); i >= 0 {
		inner = inner[i+1:]
	}
	_, inner, _ = strings.Cut(inner, ":\n")
	all, muls := strings.Count(inner, "\n")+1, strings.Count(inner, "// fmla")
	if muls != 64 || float64(muls) < 0.85*float64(all) {
		t.Errorf("%d of %d instructions are multiply-adds, want 64 and 85 %%", muls, all)
	}
}

func text(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEachAgainstPlain compares each of the routines in assembly with plain Go, on
// random numbers and sizes, and wants the same bits when it runs again.
func TestEachAgainstPlain(t *testing.T) {
	for _, set := range available() {
		if set == &plain {
			continue
		}
		t.Run(set.name, func(t *testing.T) {
			for seed := range uint64(60) {
				for name, of := range routines {
					want, got, again := run(of, &plain, seed), run(of, set, seed), run(of, set, seed)
					if err := near(got.numbers, want.numbers); err != nil || !slices.Equal(got.bits, want.bits) {
						t.Fatalf("%s, seed %d: numbers: %v; bits %x, want %x", name, seed, err, got.bits, want.bits)
					}
					if !slices.Equal(again.numbers, got.numbers) || !slices.Equal(again.bits, got.bits) {
						t.Fatalf("%s, seed %d: a second run gives other numbers", name, seed)
					}
				}
			}
		})
	}
}

// results are what a routine wrote.
type results struct {
	numbers []float32
	bits    []byte
}

// sample makes random inputs, and memory for results that has numbers in it already.
type sample struct {
	*rand.Rand
	results
}

func run(of func(s *sample, c *instructions), c *instructions, seed uint64) results {
	s := &sample{Rand: rand.New(rand.NewPCG(seed, 1))}
	of(s, c)
	return s.results
}

func (s *sample) floats(n int) []float32 { return normals(s.Rand, n) }

func (s *sample) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}

// finish is one of each kind, some without a bias, for n numbers.
func (s *sample) finish(n, channels int) Finish {
	var f Finish
	if s.IntN(2) == 0 {
		f.Bias = s.floats(channels)
	}
	switch s.IntN(3) {
	case 0:
		f.ReLU, f.Bits = true, s.bytes(n/8)
	case 1:
		f.Bias, f.Bits = nil, s.bytes(n/8)
	}
	s.bits = f.Bits
	return f
}

// units are four pixels of n numbers, with ties.
func (s *sample) units(n int) (units [4][]float32) {
	for i := range units {
		units[i] = s.floats(n)
		if i > 0 && s.IntN(2) == 0 {
			copy(units[i][:n/2], units[i-1])
		}
	}
	return units
}

var routines = map[string]func(s *sample, c *instructions){
	"product": func(s *sample, c *instructions) {
		width, rows, k := widths[s.IntN(3)], 1+s.IntN(30), 4*(1+s.IntN(20))
		ldc, lda := width+s.IntN(20), k+s.IntN(9)
		s.numbers = s.floats((roundUp(rows, rowsAtOnce)-1)*ldc + width)
		c.product(s.numbers, ldc, s.floats((roundUp(rows, rowsAtOnce)-1)*lda+k), lda, s.floats(k*width), k, width, rows, s.IntN(2) == 0)
	},
	"kernel": func(s *sample, c *instructions) {
		n, apart := 1+s.IntN(5), s.IntN(30)
		s.numbers = s.floats(35*(n*Lanes+apart) + n*Lanes)
		c.kernel(s.numbers, n*Lanes+apart, s.floats(9*n*Lanes), n)
	},
	"turn": func(s *sample, c *instructions) {
		to, from := 9*Lanes+s.IntN(20), 9*Lanes+s.IntN(20)
		s.numbers = s.floats(Lanes * to)
		c.turn(s.numbers, to, s.floats(Lanes*from), from)
	},
	"patch": func(s *sample, c *instructions) {
		n := Lanes * (1 + s.IntN(4))
		plane, pixel := n+s.IntN(20), n+s.IntN(20)
		row := 6*pixel + s.IntN(20)
		s.numbers = s.floats(35*plane + n)
		c.patch(s.numbers, plane, s.floats(6*row), row, pixel, n)
	},
	"unpatch": func(s *sample, c *instructions) {
		n := Lanes * (1 + s.IntN(4))
		plane, pixel := n+s.IntN(20), n+Lanes*s.IntN(2)
		row := 4*pixel + Lanes*s.IntN(2)
		s.numbers = s.floats(4 * row)
		number := Lanes * s.IntN(3)
		f := s.finish(number+4*row, n)
		c.unpatch(s.numbers, row, pixel, s.floats(35*plane+n), plane, 1+s.IntN(4), 1+s.IntN(4), n, &f, number)
	},
	"finish": func(s *sample, c *instructions) {
		n := Lanes * (1 + s.IntN(4))
		s.numbers = s.floats(n)
		number := Lanes * s.IntN(3)
		f := s.finish(number+n, n)
		c.finish(s.numbers, s.floats(n), n, &f, number)
	},
	"pool": func(s *sample, c *instructions) {
		n := Lanes * (1 + s.IntN(4))
		units := s.units(n)
		s.numbers, s.bits = s.floats(n), s.bytes(n/4)
		c.pool(s.numbers, s.bits, &units, n)
	},
	"unpool": func(s *sample, c *instructions) {
		n := Lanes * (1 + s.IntN(4))
		s.numbers = s.floats(4 * n)
		units, own := [4][]float32{}, [4][]byte{}
		for i := range units {
			units[i] = s.numbers[i*n:][:n]
			own[i] = s.bytes(n / 8)
		}
		if s.IntN(3) == 0 {
			own = [4][]byte{}
		}
		c.unpool(&units, s.floats(n), s.bytes(n/4), &own, n)
	},
	"accumulate": func(s *sample, c *instructions) {
		n := Lanes * s.IntN(5)
		s.numbers = s.floats(n + 3)
		c.accumulate(s.numbers, s.floats(n+3), s.Float32(), n)
	},
}

// near is an error where two lists differ by more than rounding.
func near(got, want []float32) error {
	for i, w := range want {
		if diff := math.Abs(float64(got[i] - w)); !(diff <= 2e-5*(1+math.Abs(float64(w)))) {
			return fmt.Errorf("number %d is %v, want %v", i, got[i], w)
		}
	}
	return nil
}

// TestDisabledInstructions wants a processor without some instructions, as GODEBUG
// makes it, to take the next best.
func TestDisabledInstructions(t *testing.T) {
	if os.Getenv("WANT_INSTRUCTIONS") != "" {
		fmt.Printf("instructions: %s\n", cpu.name)
		return
	}
	list := available()
	if runtime.GOARCH != "amd64" || len(list) < 2 {
		t.Skip("GODEBUG switches off what amd64 has beyond its first version")
	}
	for off, want := range map[string]string{"cpu.avx512f=off": "AVX2", "cpu.avx2=off": plain.name, "cpu.fma=off,cpu.avx512f=off": plain.name, "": list[0].name} {
		test := exec.Command(os.Args[0], "-test.run=^TestDisabledInstructions$|^TestPool$|^TestReLUKeepsNaN$")
		test.Env = append(os.Environ(), "WANT_INSTRUCTIONS="+want, "GODEBUG="+off)
		out, err := test.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "instructions: "+want+"\n") {
			t.Errorf("GODEBUG=%s: want %s; found %s (%v)", off, want, out, err)
		}
	}
}
