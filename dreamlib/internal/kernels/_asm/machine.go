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
// comes first. All arguments of functions are 8 bytes wide.
type machine interface {
	lanes() int

	// begin begins a function, and end ends it. bytes is memory to work in.
	begin(name string, args ...string)
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
