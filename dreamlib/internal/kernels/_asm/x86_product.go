package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// product writes a [rows, k] times b [k, width] to c [rows, width], or adds it. rows
// is even, k a multiple of four, and width 16, 32 or 64.
//
// A tile of c stays in registers: with AVX-512 6 rows of 64 numbers or 12 of fewer,
// with AVX2 6 rows of 16. Meanwhile the next tile's rows of a and c are on their way to
// the nearest cache, and what lies behind b, which is the b of the next product.
func (m *x86) product() {
	m.begin("product", productParameters)
	if !m.wide {
		m.columns(2, []int{6, 4, 2})
		m.end()
		return
	}
	for _, vectors := range []int{4, 2} {
		narrower := m.label("narrower")
		m.CMPQ(m.inFrame("width"), operand.U32(vectors*m.lanes()))
		m.JL(operand.LabelRef(narrower))
		m.tiles(vectors, map[int][]int{4: {6, 4, 2}, 2: {12, 4, 2}}[vectors], m.arg("c"), m.arg("b"), nil)
		m.end()
		m.Label(narrower)
	}
	m.tiles(1, []int{12, 4, 2}, m.arg("c"), m.arg("b"), nil)
	m.end()
}

// columns goes through b by columns of some vectors.
func (m *x86) columns(vectors int, heights []int) {
	c, b, width, left := m.arg("c"), m.arg("b"), m.bytesOf("width"), m.arg("width")
	m.loop(left, vectors*m.lanes(), func() {
		m.tiles(vectors, heights, c, b, width)
		m.advanceBy(c, vectors*m.bytes())
		m.advanceBy(b, vectors*m.bytes())
	})
}

// tiles computes some vectors of each row, tile after tile, the highest first. The
// rows of b are ldb bytes apart, or if that is nil as long as the vectors.
func (m *x86) tiles(vectors int, heights []int, c, b, ldb gp) {
	c, a, rows := m.copyOf(c), m.arg("a"), m.arg("rows")
	ldc, lda := m.bytesOf("ldc"), m.bytesOf("lda")
	var nextB gp // where the next product's b is fetched; nil where b is too small to pay
	if m.wide && vectors > 1 {
		nextB = m.times(m.arg("k"), vectors*m.bytes())
		m.advance(nextB, b)
	}
	for _, height := range heights {
		again, lower := m.label("tile"), m.label("lower")
		m.Label(again)
		m.CMPQ(rows.(reg.Register), operand.U32(height))
		m.JL(operand.LabelRef(lower))
		m.tile(height, vectors, c, ldc, a, lda, b, ldb, nextB)
		m.SUBQ(operand.U32(height), rows.(reg.Register))
		m.JMP(operand.LabelRef(again))
		m.Label(lower)
	}
}

// tile computes some rows of some vectors, and advances c and a behind them.
func (m *x86) tile(height, vectors int, c, ldc, a, lda, b, ldb, nextB gp) {
	sum := func(row, j int) vec { return vec(row*vectors + j) }
	loaded := vec(height * vectors)

	// Pointers to every third row of a.
	starts := []gp{a}
	for row := 3; row < height; row += 3 {
		next := m.copyOf(starts[len(starts)-1])
		for range 3 {
			m.advance(next, lda)
		}
		starts = append(starts, next)
	}
	rowOf := func(row, k int) operand.Mem {
		at := mem{base: starts[row/3], disp: 4 * k}
		if row%3 > 0 {
			at.index, at.scale = lda, row%3
		}
		return m.mem(at)
	}

	zero, begun := m.label("zero"), m.label("begun")
	m.CMPQ(m.inFrame("add"), operand.Imm(0))
	m.JE(operand.LabelRef(zero))
	from := m.copyOf(c)
	for row := range height {
		for j := range vectors {
			m.load(sum(row, j), mem{base: from, disp: j * m.bytes()})
		}
		m.advance(from, ldc)
	}
	m.JMP(operand.LabelRef(begun))
	m.Label(zero)
	for i := range vec(height * vectors) {
		m.clear(i)
	}
	m.Label(begun)

	k, by := m.arg("k"), m.copyOf(b)
	var ahead []gp
	if nextB != nil {
		nextA, nextC := m.times(lda, height), m.times(ldc, height)
		m.advance(nextA, a)
		m.advance(nextC, c)
		ahead = []gp{nextA, nextC, nextB}
	}
	m.loop(k, 4, func() {
		for i, x := range ahead {
			lines := 2
			if i == 0 {
				lines = (height + 3) / 4
			}
			for line := range lines {
				m.PREFETCHT0(m.mem(mem{base: x, disp: 64 * line}))
			}
			m.advanceBy(x, 64*lines)
		}
		for i := range 4 {
			for j := range vectors {
				at := mem{base: by, disp: (i*vectors + j) * m.bytes()}
				if ldb != nil {
					at.disp = j * m.bytes()
				}
				m.load(loaded+vec(j), at)
			}
			if ldb != nil {
				m.advance(by, ldb)
			}
			for row := range height {
				if vectors == 1 && m.wide {
					m.VFMADD231PS_BCST(rowOf(row, i), m.v(loaded), m.v(sum(row, 0)))
					continue
				}
				x := loaded + vec(vectors+row%2)
				if !m.wide {
					x = loaded + vec(vectors)
				}
				m.VBROADCASTSS(rowOf(row, i), m.v(x))
				for j := range vectors {
					m.VFMADD231PS(m.v(loaded+vec(j)), m.v(x), m.v(sum(row, j)))
				}
			}
		}
		if ldb == nil {
			m.advanceBy(by, 4*vectors*m.bytes())
		}
		for _, start := range starts {
			m.advanceBy(start, 16)
		}
	})

	for row := range height {
		for j := range vectors {
			m.store(mem{base: c, disp: j * m.bytes()}, sum(row, j))
		}
		m.advance(c, ldc)
	}
	// a is k numbers further; the next tile begins height rows below where it was.
	back := m.bytesOf("k")
	m.SUBQ(back.(reg.Register), a.(reg.Register))
	down := m.times(lda, height)
	m.advance(a, down)
}
