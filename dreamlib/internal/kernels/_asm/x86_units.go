package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A finish is what else happens to the outputs of a convolution; a bias is added before.
type finish string

const (
	none finish = "Bias"
	relu finish = "ReLU" // units above zero stay, and their bits become 1
	mask finish = "Mask" // units whose bit is 1 stay
)

var finishes = []finish{none, relu, mask}

// Comparisons of VCMPPS, quiet.
const (
	atLeast = operand.U8(0x1d) // false for NaN
	notMost = operand.U8(0x16) // not less or equal: true for NaN
)

// The registers of finishes: AVX-512 has some to spare.
var (
	biasOf = map[bool]vec{true: 20, false: between}
	zero   = vec(21) // AVX-512 only
	masked = t2      // AVX2 only
)

// bitLanes are the bits 1 to 128, for AVX2.
func (m *x86) bitLanes() operand.Mem {
	if m.bits == nil {
		list := make([]operand.Constant, 8)
		for i := range list {
			list[i] = operand.U32(1 << i)
		}
		at := m.lanesOf("bits", list)
		m.bits = &at
	}
	return *m.bits
}

// spread makes masks of the bits of a byte, for AVX2.
func (m *x86) spread(x vec, bits operand.Mem) {
	lanes := m.bitLanes()
	m.VPBROADCASTB(bits, m.v(x))
	m.VPAND(lanes, m.v(x), m.v(x))
	m.VPCMPEQD(lanes, m.v(x), m.v(x))
}

// finishOne finishes a vector whose bits are, or belong, at a place.
func (m *x86) finishOne(f finish, x vec, bits gp) {
	if f != mask {
		m.add(x, x, biasOf[m.wide])
	}
	if f == none {
		return
	}
	at, v := m.mem(mem{base: bits}), m.v(x)
	switch {
	case m.wide && f == relu:
		m.VCMPPS(notMost, m.v(zero), v, reg.K1)
		m.KMOVW(reg.K1, at)
	case m.wide:
		m.KMOVW(at, reg.K1)
	case f == relu:
		signs := m.GP32()
		m.clear(masked)
		m.VCMPPS(notMost, m.v(masked), v, m.v(masked))
		m.VMOVMSKPS(m.v(masked), signs)
		m.MOVB(signs.As8(), at)
	default:
		m.spread(masked, at)
	}
	if m.wide {
		m.VMOVAPS_Z(v, reg.K1, v)
	} else {
		m.VANDPS(m.v(masked), v, v)
	}
}

// loadBias loads the bias at a place, or zeros where the argument is nil.
func (m *x86) loadBias(f finish, bias gp) {
	if f == mask {
		return
	}
	x, loaded := m.v(biasOf[m.wide]), m.label("bias")
	m.clear(biasOf[m.wide])
	m.CMPQ(m.inFrame("bias"), operand.Imm(0))
	m.JE(operand.LabelRef(loaded))
	m.VMOVUPS(m.mem(mem{base: bias}), x)
	m.Label(loaded)
}

func (m *x86) clear(x vec) {
	if m.wide {
		m.VPXORQ(m.v(x), m.v(x), m.v(x))
	} else {
		m.VXORPS(m.v(x), m.v(x), m.v(x))
	}
}

// unpatch transforms 6x6 vectors back to 4x4 pixels, of which it writes the first
// rows and columns, finished.
func (m *x86) unpatch(f finish) {
	m.begin("unpatch"+string(f), unpatchParameters)
	c := m.constants(interpolation...)
	if m.wide {
		m.clear(zero)
	}
	dst, at, n, bias, bits := m.arg("dst"), m.arg("m"), m.arg("n"), m.arg("bias"), m.arg("bits")
	m.loop(n, m.lanes(), func() {
		var to, toBits, pixel, pixelBits gp
		var done string
		interpolate(m, c, at, func(i int) {
			done = m.label("row")
			m.CMPQ(m.inFrame("rows"), operand.U32(i))
			m.JLE(operand.LabelRef(done))
			m.loadBias(f, bias)
			row := m.times(m.arg("row"), i)
			to, toBits = m.copyOf(dst), m.copyOf(bits)
			m.LEAQ(m.mem(mem{base: to, index: row, scale: 4}), to.(reg.Register))
			pixel = m.bytesOf("pixel")
			if f != none {
				m.SHRQ(operand.Imm(3), row.(reg.Register))
				m.advance(toBits, row)
				pixelBits = m.arg("pixel")
				m.SHRQ(operand.Imm(3), pixelBits.(reg.Register))
			}
		}, func(i, j int, z vec) {
			if j > 0 {
				m.CMPQ(m.inFrame("columns"), operand.U32(j))
				m.JLE(operand.LabelRef(done))
				m.advance(to, pixel)
				if f != none {
					m.advance(toBits, pixelBits)
				}
			}
			m.finishOne(f, z, toBits)
			m.store(mem{base: to}, z)
		}, func(int) { m.Label(done) })
		m.advanceBy(dst, m.bytes())
		m.advanceBy(at, m.bytes())
		m.advanceBy(bias, m.bytes())
		m.advanceBy(bits, m.lanes()/8)
	})
	m.end()
}

// finish finishes n numbers.
func (m *x86) finish(f finish) {
	m.begin("finish"+string(f), finishParameters)
	dst, src, n, bias, bits := m.arg("dst"), m.arg("src"), m.arg("n"), m.arg("bias"), m.arg("bits")
	if m.wide {
		m.clear(zero)
	}
	m.loop(n, m.lanes(), func() {
		m.load(0, mem{base: src})
		m.loadBias(f, bias)
		m.finishOne(f, 0, bits)
		m.store(mem{base: dst}, 0)
		for _, x := range []gp{dst, src, bias} {
			m.advanceBy(x, m.bytes())
		}
		m.advanceBy(bits, m.lanes()/8)
	})
	m.end()
}

// pool writes the largest of four units, and which it was: as instructions.pool.
func (m *x86) pool() {
	m.begin("pool", poolParameters)
	dst, won, n := m.arg("dst"), m.arg("won"), m.arg("n")
	units := []gp{m.arg("u0"), m.arg("u1"), m.arg("u2"), m.arg("u3")}
	wonLeft := m.eighthBehind(won, n)
	m.loop(n, m.lanes(), func() {
		for i, u := range units {
			m.load(vec(i), mem{base: u})
			m.advanceBy(u, m.bytes())
		}
		top, left := m.mem(mem{base: won}), m.mem(mem{base: wonLeft})
		larger := func(d, x, y vec, k reg.Physical) {
			m.VCMPPS(atLeast, m.v(y), m.v(x), k)
			if m.wide {
				m.VBLENDMPS(m.v(x), m.v(y), k, m.v(d))
			} else {
				m.VBLENDVPS(k, m.v(x), m.v(y), m.v(d))
			}
		}
		masks := []reg.Physical{reg.K1, reg.K2, reg.K3}
		if !m.wide {
			masks = []reg.Physical{m.v(8), m.v(9), m.v(10)}
		}
		larger(4, 0, 1, masks[0])
		larger(5, 2, 3, masks[1])
		larger(6, 4, 5, masks[2])
		m.store(mem{base: dst}, 6)
		if m.wide {
			m.KMOVW(reg.K3, top)
			m.KANDW(reg.K1, reg.K3, reg.K4)
			m.KANDNW(reg.K2, reg.K3, reg.K5)
			m.KORW(reg.K4, reg.K5, reg.K4)
			m.KMOVW(reg.K4, left)
		} else {
			signs := m.GP32()
			m.VMOVMSKPS(masks[2], signs)
			m.MOVB(signs.As8(), top)
			m.VBLENDVPS(masks[2], masks[0], masks[1], m.v(8))
			m.VMOVMSKPS(m.v(8), signs)
			m.MOVB(signs.As8(), left)
		}
		m.advanceBy(dst, m.bytes())
		m.advanceBy(won, m.lanes()/8)
		m.advanceBy(wonLeft, m.lanes()/8)
	})
	m.end()
}

// eighthBehind is n/8 bytes behind x.
func (m *x86) eighthBehind(x, n gp) gp {
	y := m.copyOf(n)
	m.SHRQ(operand.Imm(3), y.(reg.Register))
	m.advance(y, x)
	return y
}

// unpool hands g to the units that won it, as instructions.unpool. Either all bits are nil or none.
func (m *x86) unpool() {
	m.begin("unpool", unpoolParameters)
	n, g, won := m.arg("n"), m.arg("slopes"), m.arg("won")
	wonLeft := m.eighthBehind(won, n)
	place := m.number(0) // in units: bits take an eighth of a byte each, and numbers four
	m.loop(n, m.lanes(), func() {
		m.load(0, mem{base: g})
		m.winners(m.mem(mem{base: won}), m.mem(mem{base: wonLeft}))
		bytes := m.copyOf(place)
		m.SHRQ(operand.Imm(3), bytes.(reg.Register))
		for i := range 4 {
			all := m.label("all")
			bits := m.arg(fmt.Sprint("b", i))
			m.TESTQ(bits.(reg.Register), bits.(reg.Register))
			m.JE(operand.LabelRef(all))
			own := m.mem(mem{base: bits, index: bytes, scale: 1})
			if m.wide {
				m.KMOVW(own, reg.K7)
				m.KANDW(reg.K7, winnerMasks[i], winnerMasks[i])
			} else {
				m.spread(5, own)
				m.VANDPS(m.v(5), m.v(vec(1+i)), m.v(vec(1+i)))
			}
			m.Label(all)
			if m.wide {
				m.VMOVAPS_Z(m.v(0), winnerMasks[i], m.v(5))
			} else {
				m.VANDPS(m.v(0), m.v(vec(1+i)), m.v(5))
			}
			m.store(mem{base: m.arg(fmt.Sprint("u", i)), index: place, scale: 4}, 5)
		}
		m.advanceBy(place, m.lanes())
		m.advanceBy(g, m.bytes())
		m.advanceBy(won, m.lanes()/8)
		m.advanceBy(wonLeft, m.lanes()/8)
	})
	m.end()
}

// winnerMasks say which units won, with AVX-512. With AVX2 registers 1 to 4 do.
var winnerMasks = []reg.Physical{reg.K1, reg.K2, reg.K3, reg.K4}

// winners makes masks of what pool wrote.
func (m *x86) winners(top, left operand.Mem) {
	if m.wide {
		m.KMOVW(top, reg.K5)
		m.KMOVW(left, reg.K6)
		m.KANDW(reg.K5, reg.K6, reg.K1)
		m.KANDNW(reg.K5, reg.K6, reg.K2)
		m.KANDNW(reg.K6, reg.K5, reg.K3)
		m.KORW(reg.K5, reg.K6, reg.K4)
		m.KNOTW(reg.K4, reg.K4)
		return
	}
	const t, l = vec(6), vec(7)
	m.spread(t, top)
	m.spread(l, left)
	m.VANDPS(m.v(l), m.v(t), m.v(1))
	m.VANDNPS(m.v(t), m.v(l), m.v(2))
	m.VANDNPS(m.v(l), m.v(t), m.v(3))
	m.VPCMPEQD(m.v(5), m.v(5), m.v(5))
	m.VORPS(m.v(l), m.v(t), m.v(4))
	m.VXORPS(m.v(5), m.v(4), m.v(4))
}

// accumulate adds a times n numbers of src to dst; products are rounded first.
func (m *x86) accumulate() {
	m.begin("accumulate", accumulateParameters)
	dst, src, n := m.arg("dst"), m.arg("src"), m.arg("n")
	m.VBROADCASTSS(m.inFrame("a"), m.v(1))
	m.loop(n, m.lanes(), func() {
		m.VMULPS(m.mem(mem{base: src}), m.v(1), m.v(0))
		m.addFrom(0, 0, mem{base: dst})
		m.store(mem{base: dst}, 0)
		m.advanceBy(dst, m.bytes())
		m.advanceBy(src, m.bytes())
	})
	m.end()
}

// turn turns and transposes 16 rows of 9 taps of 16 numbers, by squares of 8x8.
func (m *x86) turn() {
	m.begin("turn", turnParameters)
	out, d := m.arg("out"), m.arg("d")
	outApart, apart := m.multiples(m.bytesOf("outApart")), m.multiples(m.bytesOf("apart"))
	m.advanceBy(out, 8*4*kernelLanes)
	fourth := func(x gp, s stride) gp {
		y := m.GP64()
		m.LEAQ(m.mem(s.at(x, 4)), y)
		return y
	}
	m.loop(m.number(9), 1, func() {
		from := m.copyOf(d)
		for down := 0; down < kernelLanes; down += 8 {
			to := m.copyOf(out)
			from4 := fourth(from, apart)
			for right := 0; right < kernelLanes; right += 8 {
				for i := range 4 {
					for half := range 2 {
						x := vec(i + 4*half)
						at, at4 := m.mem(apart.at(from, i)), m.mem(apart.at(from4, i))
						m.VMOVUPS(at.Offset(4*(right+4*half)), narrowRegisters[x].(reg.Vec).AsX())
						m.VINSERTF128(operand.Imm(1), at4.Offset(4*(right+4*half)), narrowRegisters[x], narrowRegisters[x])
					}
				}
				to4 := fourth(to, outApart)
				for half, to := range []gp{to, to4} {
					m.transpose(vec(4*half), func(i int) operand.Mem { return m.mem(outApart.at(to, i)).Offset(4 * down) })
				}
				if right == 0 {
					to = fourth(to4, outApart)
				}
			}
			if down == 0 {
				from = fourth(from4, apart)
			}
		}
		m.advanceBy(d, 4*kernelLanes)
		m.SUBQ(operand.U32(4*kernelLanes), out.(reg.Register))
	})
	m.end()
}

// transpose transposes the squares of 4x4 numbers in both halves of four registers.
func (m *x86) transpose(x vec, to func(i int) operand.Mem) {
	y := func(i vec) reg.VecPhysical { return narrowRegisters[i] }
	m.VUNPCKLPS(y(x+1), y(x), y(8))
	m.VUNPCKHPS(y(x+1), y(x), y(9))
	m.VUNPCKLPS(y(x+3), y(x+2), y(10))
	m.VUNPCKHPS(y(x+3), y(x+2), y(11))
	for i := range 4 {
		first := vec(8 + i/2)
		m.VSHUFPS(operand.U8(0x44+0xaa*(i%2)), y(first+2), y(first), y(12))
		m.VMOVUPS(y(12), to(i))
	}
}
