package jpeg

// A plane is one component as samples, each of which covers fx x fy pixels.
type plane struct {
	pix           []uint8
	stride        int // bytes a row
	width, height int // samples
	fx, fy        int
	x0, y0        int // of the picture's first pixel in the enlarged plane
}

// row returns row y of the plane enlarged to pixels, width*fx of them. The
// result lies in buffer, or in the plane where nothing needs enlarging.
//
// Factors of two are enlarged with a triangle filter: the nearer sample counts
// 3/4 and the farther 1/4, in each direction, with the outermost samples
// repeated beyond the edge. Halves are rounded up and down in turn, so that no
// shade is favoured. Other factors repeat samples, and so does a factor of two
// across planes of one or two columns. All this is libjpeg's choice.
func (p plane) row(y int, buffer []uint8, sums []uint16) []uint8 {
	near := p.line(y / p.fy)
	smoothX := p.fx == 2 && p.fy <= 2 && p.width > 2
	smoothY := p.fy == 2 && (p.fx == 1 || smoothX)
	if p.fx == 1 && !smoothY {
		return near
	}
	out := buffer[:p.width*p.fx]
	if !smoothX && !smoothY {
		for x := range out {
			out[x] = near[x/p.fx]
		}
		return out
	}
	sums = sums[:p.width]
	switch {
	case !smoothY:
		for x := range sums {
			sums[x] = uint16(near[x])
		}
		widen(out, sums, 1, 2, 2)
	case smoothX:
		p.blend(sums, y)
		widen(out, sums, 8, 7, 4)
	default:
		p.blend(sums, y)
		bias := uint16(1 + y%2)
		for x, s := range sums {
			out[x] = uint8((s + bias) >> 2)
		}
	}
	return out
}

// blend sums, for row y of a picture of twice the height, three times the
// nearer samples and once the farther ones.
func (p plane) blend(sums []uint16, y int) {
	near, far := p.line(y/2), p.line(y/2-1+y%2*2)
	for x := range sums {
		sums[x] = 3*uint16(near[x]) + uint16(far[x])
	}
}

// line returns row y of the samples; outside the plane, the nearest one.
func (p plane) line(y int) []uint8 {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride:][:p.width]
}

// widen makes two pixels of each sum. Before the low bits are shifted out, left
// is added to the first of them and right to the second.
func widen(out []uint8, sums []uint16, left, right uint16, bits int) {
	before := sums[0]
	for x, s := range sums {
		after := sums[min(x+1, len(sums)-1)]
		out[2*x] = uint8((3*s + before + left) >> bits)
		out[2*x+1] = uint8((3*s + after + right) >> bits)
		before = s
	}
}
