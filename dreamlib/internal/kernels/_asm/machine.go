package main

// A vec is a vector register, and a gp a general one.
type (
	vec int
	gp  any
)

// A constant is a number in all lanes: in a register, or where there are few of
// them in memory.
type constant any

// A mem is a place in memory: base + scale*index + disp bytes. index may be nil.
type mem struct {
	base, index gp
	scale, disp int
}

// A machine writes functions in one kind of vector instructions. The destination
// comes first.
type machine interface {
	lanes() int

	// begin begins a function of the given parameters, as Go has them, and end ends it.
	begin(name, parameters string)
	end()

	// arg loads an argument; bytesOf loads one that counts float32s, and makes it
	// count bytes.
	arg(name string) gp
	bytesOf(name string) gp

	copyOf(x gp) gp
	number(n int) gp
	times(x gp, n int) gp
	advance(x, by gp)       // x += by
	advanceBy(x gp, by int) // x += by

	// multiples prepares a stride, in bytes, for places that are 0 to 5 of it apart.
	multiples(stride gp) stride

	// loop does body again while count, less step each time, is above zero.
	loop(count gp, step int, body func())

	constants(values ...float64) []constant
	load(d vec, m mem)
	store(m mem, x vec)
	move(d, x vec)
	add(d, x, y vec)
	sub(d, x, y vec)
	addFrom(d, x vec, m mem)             // d = x + m
	subFrom(d, x vec, m mem)             // d = x - m
	mul(d, x vec, c constant)            // d = x*c
	mulAdd(d, x vec, c constant)         // d += x*c
	mulSub(d, x vec, c constant)         // d -= x*c
	mulFrom(d vec, m mem, c constant)    // d = m*c
	mulAddFrom(d vec, m mem, c constant) // d += m*c
	mulSubFrom(d vec, m mem, c constant) // d -= m*c

	// What is not written in the terms above, as each kind has its own way with bits.
	product()
	unpatch(f finish)
	finish(f finish)
	pool()
	unpool()
	accumulate()
}

// routines writes all functions but turn.
func routines(m machine) {
	m.product()
	kernel(m)
	patch(m)
	for _, f := range finishes {
		m.unpatch(f)
		m.finish(f)
	}
	m.pool()
	m.unpool()
	m.accumulate()
}

// A stride is the distance between neighbours, and multiples of it.
type stride struct{ one, two, three, four, five gp }

// at is the place i strides behind base.
func (s stride) at(base gp, i int) mem {
	switch i {
	case 0:
		return mem{base: base}
	case 1:
		return mem{base: base, index: s.one, scale: 1}
	case 2:
		if s.two == nil {
			return mem{base: base, index: s.one, scale: 2}
		}
		return mem{base: base, index: s.two, scale: 1}
	case 3:
		return mem{base: base, index: s.three, scale: 1}
	case 4:
		if s.four == nil {
			return mem{base: base, index: s.one, scale: 4}
		}
		return mem{base: base, index: s.four, scale: 1}
	}
	return mem{base: base, index: s.five, scale: 1}
}

// The functions' parameters. Their order is that of type assembly in package kernels.
const (
	patchParameters      = "out *float32, plane int, d *float32, row, pixel, n int"
	kernelParameters     = "out *float32, plane int, w *float32, n int"
	productParameters    = "c *float32, ldc int, a *float32, lda int, b *float32, k, width, rows, add int"
	unpatchParameters    = "dst *float32, row, pixel int, m *float32, plane, rows, columns, n int, bias *float32, bits *byte"
	finishParameters     = "dst, src *float32, n int, bias *float32, bits *byte"
	poolParameters       = "dst *float32, won *byte, u0, u1, u2, u3 *float32, n int"
	unpoolParameters     = "u0, u1, u2, u3, slopes *float32, won, b0, b1, b2, b3 *byte, n int"
	accumulateParameters = "dst, src *float32, a float32, n int"
	turnParameters       = "out *float32, outApart int, d *float32, apart int"
)
