package jpeg

// Multipliers of the transform, with 13 bits behind the point: square roots of 2
// times sums of cosines, from Loeffler, Ligtenberg and Moschytz, "Practical fast
// 1-D DCT algorithms with 11 multiplications", ICASSP 1989, figure 1.
const (
	fractionBits = 13

	m0298 = 2446  // 0.298631336
	m0390 = 3196  // 0.390180644
	m0541 = 4433  // 0.541196100
	m0765 = 6270  // 0.765366865
	m0899 = 7373  // 0.899976223
	m1175 = 9633  // 1.175875602
	m1501 = 12299 // 1.501321110
	m1847 = 15137 // 1.847759065
	m1961 = 16069 // 1.961570560
	m2053 = 16819 // 2.053119869
	m2562 = 20995 // 2.562915447
	m3072 = 25172 // 3.072711026
)

// idct writes the 8 x 8 samples of a block to out, stride bytes a row.
// The columns are transformed first, and keep 2 bits behind the point, as in
// libjpeg: where one rounds is what makes decoders differ.
func idct(block *[64]int16, quant *[64]int32, out []uint8, stride int) {
	const columnBits = 2
	var rows [64]int32
	for x := range 8 {
		var c [8]int32
		var ac int16
		for y := range 8 {
			v := block[8*y+x]
			c[y] = int32(v) * quant[8*y+x]
			if y > 0 {
				ac |= v
			}
		}
		if ac == 0 { // a flat column, of which most pictures have many
			for y := range 8 {
				rows[8*y+x] = c[0] << columnBits
			}
			continue
		}
		transform(&c)
		for y, v := range c {
			rows[8*y+x] = round(v, fractionBits-columnBits)
		}
	}
	for y := range 8 {
		r := (*[8]int32)(rows[8*y:])
		transform(r)
		line := out[y*stride : y*stride+8]
		for x, v := range r {
			// The eighth is the gain of two transforms of 8 points.
			line[x] = clamp(round(v, fractionBits+columnBits+3) + 128)
		}
	}
}

// round divides by a power of two, halves up.
func round(v int32, bits int) int32 { return (v + 1<<(bits-1)) >> bits }

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// transform is the inverse cosine transform of 8 points in place, with
// fractionBits more bits behind the point than v has, and 2*sqrt(2) times as large.
func transform(v *[8]int32) {
	// Even coefficients: a rotation of 2 and 6, a butterfly of 0 and 4.
	z := (v[2] + v[6]) * m0541
	e2, e3 := z-v[6]*m1847, z+v[2]*m0765
	e0, e1 := (v[0]+v[4])<<fractionBits, (v[0]-v[4])<<fractionBits
	a0, a1, a2, a3 := e0+e3, e1+e2, e1-e2, e0-e3

	// Odd ones: four sums of two, and multiplications shared between them.
	z1, z2, z3, z4 := -(v[7]+v[1])*m0899, -(v[5]+v[3])*m2562, v[7]+v[3], v[5]+v[1]
	z5 := (z3 + z4) * m1175
	z3, z4 = z5-z3*m1961, z5-z4*m0390
	b3, b2 := v[7]*m0298+z1+z3, v[5]*m2053+z2+z4
	b1, b0 := v[3]*m3072+z2+z3, v[1]*m1501+z1+z4

	*v = [8]int32{a0 + b0, a1 + b1, a2 + b2, a3 + b3, a3 - b3, a2 - b2, a1 - b1, a0 - b0}
}
