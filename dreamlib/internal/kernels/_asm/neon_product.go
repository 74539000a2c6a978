package main

// product is as x86's. A tile of 4 rows of 16 numbers of c stays in registers 0 to
// 15; b takes 16 to 23, and a 24 to 27.
func (m *neon) product() {
	m.begin("product", productParameters)
	c, b, width, left := m.arg("c"), m.arg("b"), m.bytesOf("width"), m.arg("width")
	ldc, lda := m.bytesOf("ldc"), m.bytesOf("lda")
	m.loop(left, 16, func() {
		to, a, rows := m.copyOf(c), m.arg("a"), m.arg("rows")
		for _, height := range []int{4, 2} {
			again, lower := m.label("tile"), m.label("lower")
			m.put(again)
			m.line("CMP $%d, R%d", height, rows)
			m.line("BLT %s", lower)
			m.scope(func() { m.tile(height, to, ldc, a, lda, b, width) })
			m.line("SUB $%d, R%d, R%d", height, rows, rows)
			m.line("B %s", again)
			m.put(lower)
		}
		m.advanceBy(c, 64)
		m.advanceBy(b, 64)
	})
	m.end()
}

// tile computes some rows of 16 numbers, and advances c and a behind them.
func (m *neon) tile(height int, c, ldc, a, lda, b, ldb gp) {
	sum := func(row, j int) vec { return vec(4*row + j) }
	from := []gp{m.copyOf(a)}
	for row := range height {
		m.advance(a, lda)
		if row+1 < height {
			from = append(from, m.copyOf(a))
		}
	}
	begun, clear := m.label("begun"), m.label("zero")
	m.scope(func() {
		m.line("CBZ R%d, %s", m.arg("add"), clear)
		at := m.copyOf(c)
		for row := range height {
			for j := range 4 {
				m.load(sum(row, j), mem{base: at, disp: 16 * j})
			}
			m.advance(at, ldc)
		}
		m.line("B %s", begun)
		m.put(clear)
		for i := range vec(4 * height) {
			m.clear(i)
		}
		m.put(begun)
	})
	k, by := m.arg("k"), m.copyOf(b)
	m.loop(k, 4, func() {
		for row, x := range from {
			m.loadNext(24+vec(row), x)
		}
		for i := range 4 {
			first := 16 + 4*(i%2)
			m.line("VLD1.P (R%d)(R%d), [V%d.S4, V%d.S4, V%d.S4, V%d.S4]", by, ldb, first, first+1, first+2, first+3)
			for row := range height {
				for j := range 4 {
					m.mulAddLane(sum(row, j), vec(first+j), 24+vec(row), i)
				}
			}
		}
	})
	for row := range height {
		for j := range 4 {
			m.store(mem{base: c, disp: 16 * j}, sum(row, j))
		}
		m.advance(c, ldc)
	}
}
