package kernels

// instructions are the innermost loops, which exist once for each kind of
// processor. Slices begin where the work does, distances count numbers, and n is
// a multiple of Lanes.
type instructions struct {
	name string

	// product writes a [rows, k] times b [k, width] to c [rows, width], or adds it,
	// whose rows are lda and ldc apart. rows is a multiple of rowsAtOnce, k of four,
	// and width one of widths.
	product func(c []float32, ldc int, a []float32, lda int, b []float32, k, width, rows int, add bool)

	// kernel transforms kernels w [n, 9, Lanes] to 36 of out [n, Lanes], plane apart.
	kernel func(out []float32, plane int, w []float32, n int)

	// turn turns and transposes 3x3 windows from d [Lanes, 9, Lanes] to out, each of
	// the first Lanes so far apart.
	turn func(out []float32, outApart int, d []float32, apart int)

	// patch transforms the n channels of a 6x6 patch d, its rows and pixels so far
	// apart, to 36 rows of out, plane apart.
	patch func(out []float32, plane int, d []float32, row, pixel, n int)

	// unpatch transforms 36 rows of m, plane apart, to a 4x4 patch of dst, of
	// which it writes the first rows and columns, finished. The volume's number that
	// dst begins with says where its bits are.
	unpatch func(dst []float32, row, pixel int, m []float32, plane, rows, columns, n int, f *Finish, number int)

	// finish writes one pixel, finished.
	finish func(dst, src []float32, n int, f *Finish, number int)

	// pool writes the largest of four units to dst, and which it was to won:
	// n bits that report whether it was one of the first two, and n whether it was
	// the first of its two. Among equals the first wins.
	pool func(dst []float32, won []byte, units *[4][]float32, n int)

	// unpool hands g to the units that won it, unless their bit is 0, and zero to
	// the others. All bits may be nil.
	unpool func(units *[4][]float32, g []float32, won []byte, bits *[4][]byte, n int)

	// accumulate adds a times n numbers of src to dst.
	accumulate func(dst, src []float32, a float32, n int)
}

// Accumulate adds a times src to dst, of the same length. Products are rounded
// before they are added, on every processor.
func Accumulate(dst, src []float32, a float32) {
	n := len(dst) / Lanes * Lanes
	_ = src[:len(dst)]
	cpu.accumulate(dst, src, a, n)
	plainAccumulate(dst[n:], src[n:], a, len(dst)-n)
}

// widths are those of a matrix's panels, widest first.
var widths = []int{4 * Lanes, 2 * Lanes, Lanes}

// rowsAtOnce is what the rows of a product are a multiple of.
const rowsAtOnce = 2

// cpu is the best of what this machine has.
var cpu = available()[0]

// Instructions is the name of the processor's instructions that the kernels use.
func Instructions() string { return cpu.name }

// Vectors reports whether they are vector instructions.
func Vectors() bool { return cpu != &plain }
