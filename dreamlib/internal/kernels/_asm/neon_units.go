package main

import "fmt"

// Four vectors hold the 16 channels whose bits are two bytes. Their finishes use
// registers from 24 on.
const (
	maskOf   = vec(24) // to 27
	bitsOf   = vec(28)
	bitLanes = vec(29)
	split    = vec(30)
)

// masks makes masks of four vectors' lanes of the two bytes at a place.
func (m *neon) masks(d vec, bits gp) {
	m.scope(func() {
		x := m.x()
		m.line("MOVHU (R%d), R%d", bits, x)
		m.spread(bitsOf, x, 2)
	})
	m.word(0x4e000000|uint32(split)<<16|uint32(bitsOf)<<5|uint32(bitsOf), "tbl v%d.16b, {v%d.16b}, v%d.16b", bitsOf, bitsOf, split)
	m.do(cmtst, bitsOf, bitsOf, bitLanes)
	m.do2(sxtl2h, d+3, bitsOf)
	m.do2(sxtlh, d+1, bitsOf)
	m.do2(sxtls, d, d+1)
	m.do2(sxtl2s, d+1, d+1)
	m.do2(sxtls, d+2, d+3)
	m.do2(sxtl2s, d+3, d+3)
}

// writeBits writes the bits of four masks to a place. The masks are lost.
func (m *neon) writeBits(bits gp, x vec) {
	m.do(uzp1h, x, x, x+1)
	m.do(uzp1h, x+2, x+2, x+3)
	m.do(uzp1b, x, x, x+2)
	m.do(and, x, x, bitLanes)
	for range 3 {
		m.do(addp, x, x, x)
	}
	m.word(0x7d000000|uint32(bits.(xreg))<<5|uint32(x), "str h%d, [x%d]", x, bits)
}

// prepare loads what masks and writeBits use: the bit of each lane, and which byte it is in.
func (m *neon) prepare() {
	m.scope(func() {
		x := m.x()
		m.line("MOVD $%d, R%d", -0x7fbfdfeff7fbfdff, x)
		m.word(0x4e080c00|uint32(x)<<5|uint32(bitLanes), "dup v%d.2d, x%d", bitLanes, x)
		m.clear(split)
		m.line("MOVD $0x0101010101010101, R%d", x)
		m.word(0x4e181c00|uint32(x)<<5|uint32(split), "mov v%d.d[1], x%d", split, x)
	})
}

// finishFour finishes four vectors whose bits are, or belong, at a place. bias is in
// registers 16 to 19.
func (m *neon) finishFour(f finish, x vec, bits gp) {
	switch f {
	case mask:
		m.masks(maskOf, bits)
		for i := range vec(4) {
			m.do(and, x+i, x+i, maskOf+i)
		}
		return
	case none, relu:
		for i := range vec(4) {
			m.add(x+i, x+i, 16+i)
		}
	}
	if f == relu {
		for i := range vec(4) {
			m.do2(fcmle, maskOf+i, x+i)
			m.do(bic, x+i, x+i, maskOf+i)
			m.do2(mvn, maskOf+i, maskOf+i)
		}
		m.writeBits(bits, maskOf)
	}
}

// loadBias loads the bias of 16 channels to registers 16 to 19, or zeros where it is nil.
func (m *neon) loadBias(f finish, bias gp) {
	if f == mask {
		return
	}
	loaded := m.label("bias")
	for i := range vec(4) {
		m.clear(16 + i)
	}
	m.scope(func() { m.line("CBZ R%d, %s", m.arg("bias"), loaded) })
	for i := range vec(4) {
		m.load(16+i, mem{base: bias, disp: 16 * int(i)})
	}
	m.put(loaded)
}

// unpatch is as x86's. 16 channels of the 4x4 pixels are kept in the frame, and then
// finished and written.
func (m *neon) unpatch(f finish) {
	const pixels = 4 * 4
	m.beginWith("unpatch"+string(f), pixels*64, unpatchParameters)
	c := m.constants(interpolation...)
	dst, at, n, bias, bits := m.arg("dst"), m.arg("m"), m.arg("n"), m.arg("bias"), m.arg("bits")
	m.loop(n, 16, func() {
		kept := m.x()
		m.line("MOVD RSP, R%d", kept)
		m.advanceBy(kept, 8) // the frame begins behind the link register
		m.loop(m.number(4), 1, func() {
			interpolate(m, c, at, func(int) {}, func(i, j int, z vec) {
				m.store(mem{base: kept, disp: 64 * (4*i + j)}, z)
			}, func(int) {})
			m.advanceBy(at, 16)
			m.advanceBy(kept, 16)
		})
		m.advanceBy(kept, -64)
		m.prepare()
		m.loadBias(f, bias)
		m.writePixels(f, kept, dst, bits)
		m.advanceBy(dst, 64)
		m.advanceBy(bias, 64)
		m.advanceBy(bits, 2)
		m.kept = 0
		m.constants(interpolation...)
	})
	m.end()
}

// writePixels finishes 16 channels of 4x4 pixels and writes the first rows and columns.
func (m *neon) writePixels(f finish, from, dst, bits gp) {
	rows, toRow, bitsRow := m.arg("rows"), m.copyOf(dst), m.copyOf(bits)
	m.loop(rows, 1, func() {
		columns, at, to, toBits := m.arg("columns"), m.copyOf(from), m.copyOf(toRow), m.copyOf(bitsRow)
		m.loop(columns, 1, func() {
			for i := range vec(4) {
				m.loadNext(i, at)
			}
			m.finishFour(f, 0, toBits)
			for i := range vec(4) {
				m.store(mem{base: to, disp: 16 * int(i)}, i)
			}
			m.stepBy(to, toBits, "pixel")
		})
		m.advanceBy(from, 4*64)
		m.stepBy(toRow, bitsRow, "row")
	})
}

// stepBy advances a place of numbers and one of their bits by a distance that is an argument.
func (m *neon) stepBy(numbers, bits gp, distance string) {
	m.scope(func() {
		x := m.arg(distance)
		m.line("ADD R%d<<2, R%d, R%d", x, numbers, numbers)
		m.line("ADD R%d>>3, R%d, R%d", x, bits, bits)
	})
}

// finish is as x86's.
func (m *neon) finish(f finish) {
	m.begin("finish"+string(f), finishParameters)
	dst, src, n, bias, bits := m.arg("dst"), m.arg("src"), m.arg("n"), m.arg("bias"), m.arg("bits")
	m.prepare()
	m.loop(n, 16, func() {
		for i := range vec(4) {
			m.loadNext(i, src)
		}
		m.loadBias(f, bias)
		m.finishFour(f, 0, bits)
		for i := range vec(4) {
			m.storeNext(dst, i)
		}
		m.advanceBy(bias, 64)
		m.advanceBy(bits, 2)
	})
	m.end()
}

// pool is as x86's: registers 0 to 3 become the masks of left, 4 to 7 those of
// lower left, and 16 to 19 those of top.
func (m *neon) pool() {
	m.begin("pool", poolParameters)
	dst, won, n := m.arg("dst"), m.arg("won"), m.arg("n")
	units := []gp{m.arg("u0"), m.arg("u1"), m.arg("u2"), m.arg("u3")}
	wonLeft := m.eighthBehind(won, n)
	m.prepare()
	m.loop(n, 16, func() {
		for i := range vec(4) {
			for k, u := range units {
				m.loadNext(20+vec(k), u)
			}
			left, lower, top := i, 4+i, 16+i
			larger := func(d, is, x, y vec) {
				m.do(fcmge, is, x, y)
				m.move(d, is)
				m.do(bsl, d, x, y)
			}
			larger(24, left, 20, 21)
			larger(25, lower, 22, 23)
			larger(26, top, 24, 25)
			m.storeNext(dst, 26)
			m.move(25, top)
			m.do(bsl, 25, left, lower)
			m.move(left, 25)
		}
		m.writeBits(won, 16)
		m.writeBits(wonLeft, 0)
		m.advanceBy(won, 2)
		m.advanceBy(wonLeft, 2)
	})
	m.end()
}

// eighthBehind is n/8 bytes behind x.
func (m *neon) eighthBehind(x, n gp) gp {
	y := m.x()
	m.line("ADD R%d>>3, R%d, R%d", n, x, y)
	return y
}

// unpool is as x86's: registers 0 to 3 are the gradient, 4 to 7 the masks of top, and
// 16 to 19 those of left.
func (m *neon) unpool() {
	m.begin("unpool", unpoolParameters)
	n, slopes, won := m.arg("n"), m.arg("slopes"), m.arg("won")
	wonLeft := m.eighthBehind(won, n)
	place := m.number(0)
	m.prepare()
	m.loop(n, 16, func() {
		for i := range vec(4) {
			m.loadNext(i, slopes)
		}
		m.masks(4, won)
		m.masks(16, wonLeft)
		for k := range 4 {
			m.scope(func() { m.winner(k, place) })
		}
		m.advanceBy(place, 16)
		m.advanceBy(won, 2)
		m.advanceBy(wonLeft, 2)
	})
	m.end()
}

// winner writes the gradient of one of the four units, at a place.
func (m *neon) winner(k int, place gp) {
	for i := range vec(4) {
		first, then := and, and
		if k >= 2 {
			first = bic
		}
		if k%2 == 1 {
			then = bic
		}
		m.do(first, 20+i, i, 4+i)
		m.do(then, 20+i, 20+i, 16+i)
	}
	all := m.label("all")
	bits := m.arg(fmt.Sprint("b", k)).(xreg)
	m.line("CBZ R%d, %s", bits, all)
	m.line("ADD R%d>>3, R%d, R%d", place, bits, bits)
	m.masks(maskOf, bits)
	for i := range vec(4) {
		m.do(and, 20+i, 20+i, maskOf+i)
	}
	m.put(all)
	to := m.arg(fmt.Sprint("u", k)).(xreg)
	m.line("ADD R%d<<2, R%d, R%d", place, to, to)
	for i := range vec(4) {
		m.store(mem{base: to, disp: 16 * int(i)}, 20+i)
	}
}

// accumulate is as x86's.
func (m *neon) accumulate() {
	m.begin("accumulate", accumulateParameters)
	dst, src, n := m.arg("dst"), m.arg("src"), m.arg("n")
	x := m.x()
	m.line("MOVW %s, R%d", m.place("a"), x)
	m.spread(2, x, 4)
	m.loop(n, 4, func() {
		m.loadNext(0, src)
		m.load(1, mem{base: dst})
		m.do(fmul, 0, 0, 2)
		m.add(1, 1, 0)
		m.storeNext(dst, 1)
	})
	m.end()
}

// turn is as x86's, by squares of 4x4.
func (m *neon) turn() {
	m.begin("turn", turnParameters)
	out, d, outApart, apart := m.arg("out"), m.arg("d"), m.bytesOf("outApart"), m.bytesOf("apart")
	m.advanceBy(out, 8*64)
	m.loop(m.number(9), 1, func() {
		from, toColumn := m.copyOf(d), m.copyOf(out)
		m.loop(m.number(4), 1, func() { // four rows of d become four columns of out
			to := m.copyOf(toColumn)
			for right := range 4 {
				m.scope(func() {
					at := m.copyOf(from)
					for i := range vec(4) {
						m.load(i, mem{base: at, disp: 16 * right})
						m.advance(at, apart)
					}
				})
				for i, op := range []operation{trn1s, trn2s} {
					m.do(op, 4+vec(i), 0, 1)
					m.do(op, 6+vec(i), 2, 3)
				}
				for i := range vec(4) {
					m.do([]operation{trn1d, trn2d}[i/2], 16, 4+i%2, 6+i%2)
					m.store(mem{base: to}, 16)
					m.advance(to, outApart)
				}
			}
			m.advanceBy(toColumn, 16)
			for range 4 {
				m.advance(from, apart)
			}
		})
		m.advanceBy(d, 64)
		m.line("SUB $64, R%d, R%d", out, out)
	})
	m.end()
}
