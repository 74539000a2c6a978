package jpeg

var (
	errCode = error(FormatError("want a Huffman code of the table, found another"))
	errRun  = error(FormatError("want coefficients within their block, found more"))
)

// coding is how a scan codes the blocks of its component i.
func (s *scan) coding(progressive bool) func(i int, block *[64]int16) error {
	switch {
	case !progressive:
		return s.sequential
	case s.first == 0 && s.high == 0:
		return s.firstDC
	case s.first == 0:
		return s.refineDC
	case s.high == 0:
		return s.firstAC
	}
	return s.refineAC
}

// difference reads a DC coefficient, coded as the difference to the one before
// (T.81 section F.2.2.1).
func (s *scan) difference(i int) (int, error) {
	size := s.symbol(s.dc[i])
	if size < 0 || size > 15 {
		return 0, errCode
	}
	s.components[i].pred += s.signed(size)
	return s.components[i].pred, nil
}

// sequential reads a whole block (T.81 section F.2.2).
func (s *scan) sequential(i int, block *[64]int16) error {
	dc, err := s.difference(i)
	if err != nil {
		return err
	}
	block[0] = int16(dc)
	table := s.ac[i]
	for k := 1; k <= 63; k++ {
		symbol := s.symbol(table)
		if symbol < 0 {
			return errCode
		}
		run, size := symbol>>4, symbol&15
		if size == 0 && run < 15 { // end of block
			return nil
		}
		if k += run; k > 63 {
			return errRun
		}
		if size > 0 {
			block[zigzag[k]] = int16(s.signed(size))
		}
	}
	return nil
}

// firstDC reads the DC coefficient but for its low bits (T.81 section G.1.2.1).
func (s *scan) firstDC(i int, block *[64]int16) error {
	dc, err := s.difference(i)
	block[0] = int16(dc << s.low)
	return err
}

// refineDC reads one more bit of the DC coefficient.
func (s *scan) refineDC(_ int, block *[64]int16) error {
	if s.bit() {
		block[0] |= 1 << s.low
	}
	return nil
}

// firstAC reads a band of AC coefficients but for their low bits (T.81 section
// G.1.2.2).
func (s *scan) firstAC(i int, block *[64]int16) error {
	if s.endRun > 0 {
		s.endRun--
		return nil
	}
	for k := s.first; k <= s.last; k++ {
		symbol := s.symbol(s.ac[i])
		if symbol < 0 {
			return errCode
		}
		run, size := symbol>>4, symbol&15
		if size == 0 && run < 15 { // nothing more in this block nor in some after it
			s.endRun = 1<<run - 1 + s.take(run)
			return nil
		}
		if k += run; k > s.last {
			return errRun
		}
		if size > 0 {
			block[zigzag[k]] = int16(s.signed(size) << s.low)
		}
	}
	return nil
}

// refineAC reads one more bit of a band of AC coefficients: of each that is
// known not to be zero, its own; of the others, which become 1 or -1 (T.81
// section G.1.2.3).
func (s *scan) refineAC(i int, block *[64]int16) error {
	k := s.first
	for s.endRun == 0 && k <= s.last {
		symbol := s.symbol(s.ac[i])
		if symbol < 0 {
			return errCode
		}
		run, value := symbol>>4, int16(0)
		switch size := symbol & 15; {
		case size > 1:
			return errCode
		case size == 1 && s.take(1) == 1:
			value = 1 << s.low
		case size == 1:
			value = -1 << s.low
		case run < 15:
			s.endRun = 1<<run + s.take(run) // this block is the first of the run
			continue
		}
		if k = s.refine(block, k, run); k > s.last {
			return errRun
		}
		block[zigzag[k]] = value
		k++
	}
	if s.endRun > 0 {
		s.refine(block, k, 64)
		s.endRun--
	}
	return nil
}

// refine reads a bit of each coefficient from k on that is known not to be
// zero, up to a zero that has zeros more before it, and returns its place.
func (s *scan) refine(block *[64]int16, k, zeros int) int {
	for ; k <= s.last; k++ {
		c := &block[zigzag[k]]
		if *c == 0 {
			if zeros == 0 {
				break
			}
			zeros--
		} else if s.bit() {
			*c += sign(*c) << s.low
		}
	}
	return k
}

func sign(c int16) int16 { return c>>15 | 1 }
