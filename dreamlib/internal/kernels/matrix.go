package kernels

// A matrix [k, n] is packed in panels of columns, each [k, width], in the order
// in which products read it. n is a multiple of Lanes, and k of four.
type matrix struct {
	k, n   int
	packed []float32
	panels []panel
}

// panel is where some of a matrix's columns lie.
type panel struct{ column, width int }

// newMatrix makes room for a matrix, all zeros.
func newMatrix(k, n int) matrix {
	return matrix{k: k, n: n, packed: make([]float32, k*n), panels: panels(n)}
}

// panels divides n columns, the widest panels first.
func panels(n int) (list []panel) {
	column := 0
	for _, width := range widths {
		for ; n-column >= width; column += width {
			list = append(list, panel{column, width})
		}
	}
	return list
}

// panelOf is the panel that holds a column.
func (m *matrix) panelOf(column int) panel {
	i := 0
	for column >= m.panels[i].column+m.panels[i].width {
		i++
	}
	return m.panels[i]
}

// place is where a number lies in packed.
func (m *matrix) place(row, column int) int {
	p := m.panelOf(column)
	return p.column*m.k + row*p.width + column - p.column
}

// multiply writes a [rows, k] times the matrix's panels from..to-1 to their
// columns of c [rows, n], which has room for a multiple of rowsAtOnce rows, as
// has a.
func (m *matrix) multiply(from, to int, c []float32, ldc int, a []float32, lda, rows int) {
	for _, p := range m.panels[from:to] {
		cpu.product(c[p.column:], ldc, a, lda, m.packed[p.column*m.k:], m.k, p.width, rows, false)
	}
}
