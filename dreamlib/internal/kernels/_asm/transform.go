package main

// The transforms of Winograd's F(4x4, 3x3), as winograd.go has them in plain Go:
// both axes at once, in registers. Along the first axis one or two rows of the
// result are computed at a time, and transformed along the second right away.

// The points, and the factors of a kernel's transform.
const (
	p, q       = 5. / 8, 3. / 2
	a, b       = p * p, q * q
	g0         = 1 / (a * b)
	p0, p1, p2 = 1 / (2 * a * (a - b)), p * p0, a * p0
	q0, q1, q2 = 1 / (2 * b * (b - a)), q * q0, b * q0
)

// kernelLanes is how many output channels of a kernel's tap lie beside each other.
const kernelLanes = 16

// Two rows of up to six vectors are kept in registers 0 to 11, and the next three
// are for what is between.
const (
	second = 6
	t0     = vec(12)
	t1     = vec(13)
	t2     = vec(14)
)

// patch writes the transform of the channels of 6x6 pixels, BᵀdB.
func patch(m machine) {
	m.begin("patch", patchParameters)
	c := m.constants(a*b, a+b, a, b, p, q)
	ab, sum, a, b, p, q := c[0], c[1], c[2], c[3], c[4], c[5]
	out, d, n := m.arg("out"), m.arg("d"), m.arg("n")
	row, pixel, plane := m.multiples(m.bytesOf("row")), m.bytesOf("pixel"), m.multiples(m.bytesOf("plane"))

	// outer is row 0 or 5 of an axis: the value at 0 or at infinity.
	outer := func(y vec, from gp, i int) {
		m.load(y, row.at(from, i+4))
		m.mulSubFrom(y, row.at(from, i+2), sum)
		m.mulAddFrom(y, row.at(from, i), ab)
	}
	// pair is rows 1 and 2, or 3 and 4: the values at a point and its negative.
	pair := func(y, y2 vec, from gp, square, point constant) {
		m.load(y2, row.at(from, 4))
		m.mulSubFrom(y2, row.at(from, 2), square)
		m.load(t0, row.at(from, 3))
		m.mulSubFrom(t0, row.at(from, 1), square)
		m.move(y, y2)
		m.mulAdd(y, t0, point)
		m.mulSub(y2, t0, point)
	}
	// along transforms six vectors from y on and stores them.
	along := func(y vec, to gp) {
		for i := range 2 {
			t := t0 + vec(i)
			m.move(t, y+4+vec(i))
			m.mulSub(t, y+2+vec(i), sum)
			m.mulAdd(t, y+vec(i), ab)
			m.store(plane.at(to, 5*i), t)
		}
		for i, by := range [][2]constant{{b, p}, {a, q}} {
			m.move(t0, y+4)
			m.mulSub(t0, y+2, by[0])
			m.move(t1, y+3)
			m.mulSub(t1, y+1, by[0])
			m.move(t2, t0)
			m.mulAdd(t2, t1, by[1])
			m.mulSub(t0, t1, by[1])
			m.store(plane.at(to, 1+2*i), t2)
			m.store(plane.at(to, 2+2*i), t0)
		}
		m.advance(to, plane.three)
		m.advance(to, plane.three)
	}

	m.loop(n, m.lanes(), func() {
		to := m.copyOf(out)
		for _, rows := range [][]int{{0}, {1, 2}, {3, 4}, {5}} {
			from := m.copyOf(d)
			for j := range vec(6) {
				switch rows[0] {
				case 0:
					outer(j, from, 0)
				case 1:
					pair(j, j+second, from, b, p)
				case 3:
					pair(j, j+second, from, a, q)
				case 5:
					outer(j, from, 1)
				}
				if j < 5 {
					m.advance(from, pixel)
				}
			}
			for i := range rows {
				along(vec(second*i), to)
			}
		}
		m.advanceBy(out, 4*m.lanes())
		m.advanceBy(d, 4*m.lanes())
	})
	m.end()
}

// kernel writes the transforms of kernels, GgGᵀ; n counts those of kernelLanes
// output channels.
func kernel(m machine) {
	m.begin("kernel", kernelParameters)
	c := m.constants(g0, p0, p1, p2, q0, q1, q2)
	out, w, n := m.arg("out"), m.arg("w"), m.arg("n")
	plane := m.multiples(m.bytesOf("plane"))
	tap := func(y int, x vec) mem { return mem{base: w, disp: 4 * kernelLanes * (3*y + int(x))} }

	along := func(y vec, to gp) {
		m.mul(t0, y, c[0])
		m.store(plane.at(to, 0), t0)
		m.store(plane.at(to, 5), y+2)
		for i, by := range [][]constant{c[1:4], c[4:7]} {
			m.mul(t0, y, by[0])
			m.mulAdd(t0, y+2, by[2])
			m.move(t1, t0)
			m.mulAdd(t0, y+1, by[1])
			m.mulSub(t1, y+1, by[1])
			m.store(plane.at(to, 1+2*i), t0)
			m.store(plane.at(to, 2+2*i), t1)
		}
		m.advance(to, plane.three)
		m.advance(to, plane.three)
	}

	m.loop(n, 1, func() {
		inner := func() {
			to := m.copyOf(out)
			for x := range vec(3) {
				m.mulFrom(x, tap(0, x), c[0])
			}
			along(0, to)
			for _, by := range [][]constant{c[1:4], c[4:7]} {
				for x := range vec(3) {
					y2 := x + second
					m.mulFrom(y2, tap(0, x), by[0])
					m.mulAddFrom(y2, tap(2, x), by[2])
					m.move(x, y2)
					m.mulAddFrom(x, tap(1, x), by[1])
					m.mulSubFrom(y2, tap(1, x), by[1])
				}
				along(0, to)
				along(second, to)
			}
			for x := range vec(3) {
				m.load(x, tap(2, x))
			}
			along(0, to)
			m.advanceBy(out, 4*m.lanes())
			m.advanceBy(w, 4*m.lanes())
		}
		if times := kernelLanes / m.lanes(); times > 1 {
			m.loop(m.number(times), 1, inner)
		} else {
			inner()
		}
		m.advanceBy(w, 8*4*kernelLanes)
	})
	m.end()
}

// interpolate transforms 6x6 vectors from at on back to 4x4, AᵀmA, and hands each
// to emit, row by row: first rows 0 and 2, then 1 and 3. plane is the distance of
// vectors, in an argument. begin comes before each row.
func interpolate(m machine, c []constant, at gp, begin func(i int), emit func(i, j int, z vec), end func(i int)) {
	a, b, p, q, pa, qb := c[0], c[1], c[2], c[3], c[4], c[5]
	even := func(y, y2 vec, row stride, from gp) {
		m.load(t0, row.at(from, 1))
		m.addFrom(t0, t0, row.at(from, 2))
		m.load(t1, row.at(from, 3))
		m.addFrom(t1, t1, row.at(from, 4))
		m.add(y, t0, t1)
		m.addFrom(y, y, row.at(from, 0))
		m.mul(y2, t0, a)
		m.mulAdd(y2, t1, b)
	}
	odd := func(y, y2 vec, row stride, from gp) {
		m.load(t0, row.at(from, 1))
		m.subFrom(t0, t0, row.at(from, 2))
		m.load(t1, row.at(from, 3))
		m.subFrom(t1, t1, row.at(from, 4))
		m.mul(y, t0, p)
		m.mulAdd(y, t1, q)
		m.load(y2, row.at(from, 5))
		m.mulAdd(y2, t0, pa)
		m.mulAdd(y2, t1, qb)
	}
	along := func(i int, y vec) {
		begin(i)
		m.add(t0, y+1, y+2)
		m.sub(y+1, y+1, y+2)
		m.add(t1, y+3, y+4)
		m.sub(y+3, y+3, y+4)
		m.add(y, y, t0)
		m.add(y, y, t1)
		emit(i, 0, y)
		m.mul(y+2, y+1, p)
		m.mulAdd(y+2, y+3, q)
		emit(i, 1, y+2)
		m.mul(t0, t0, a)
		m.mulAdd(t0, t1, b)
		emit(i, 2, t0)
		m.mulAdd(y+5, y+1, pa)
		m.mulAdd(y+5, y+3, qb)
		emit(i, 3, y+5)
		end(i)
	}
	for i, rows := range []func(y, y2 vec, row stride, from gp){even, odd} {
		plane := m.bytesOf("plane")
		row := m.multiples(m.times(plane, 6))
		from := m.copyOf(at)
		for j := range vec(6) {
			rows(j, j+second, row, from)
			if j < 5 {
				m.advance(from, plane)
			}
		}
		along(i, 0)
		along(i+2, second)
	}
}

// interpolation are the constants of interpolate.
var interpolation = []float64{a, b, p, q, p * a, q * b}
