package dreamlib

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Large pictures are dreamt in tiles, and the gradient is that of the whole
// picture. An objective is a sum over units, so its gradient is the sum of
// theirs. Every unit is counted in one tile: the one whose core it begins in.
// Around its core a tile has a halo, as wide as what the units of the core see;
// so these are the whole picture's units, zero padding included, because tiles
// at the border end there. Units of the halo may see a padding that is not the
// picture's, but nothing counts them. What a tile's core says about the pixels
// of the halo is added to what the neighbours say about them.
//
// All tiles have one size, so one program serves them: the last of a row is
// moved back into the picture rather than cut off, and overlaps more.

// A tiling lays tiles over a picture.
type tiling struct {
	Picture, Tile picture.Size
	rows, columns []span // down and across
}

// span is one tile along one axis, in pixels of the picture. Its core is what
// lies from "from" up to "to".
type span struct{ at, from, to int }

// patchSide is the side of Winograd's patches. Tiles begin at multiples of it in
// units of the deepest layer, so that patches, and with them rounding, are the
// whole picture's too.
const patchSide = 4

// halo is how many pixels beyond its own block a unit of a layer sees on each
// side, rounded up to blocks.
func halo(l models.Layer) int {
	reach := (l.ReceptiveField - l.Stride + 1) / 2
	return (reach + l.Stride - 1) / l.Stride * l.Stride
}

// leastTile is the side, in pixels, that tiles for layer i must at least have.
func leastTile(l models.Layer) int { return 2*halo(l) + 2*patchSide*l.Stride }

// tile lays out tiles of at most some size for objectives whose deepest layer
// is l. No side of theirs is below leastTile.
func tile(img, most picture.Size, l models.Layer) tiling {
	t := tiling{Picture: img}
	t.Tile.Height, t.rows = spans(img.Height, most.Height, l)
	t.Tile.Width, t.columns = spans(img.Width, most.Width, l)
	return t
}

// spans lays tiles of at most most pixels along n, as few as possible and then
// as small as possible. They begin at multiples of align and, so that the last
// one can end with the picture, differ from n by a multiple of it.
func spans(n, most int, l models.Layer) (size int, list []span) {
	if n <= most {
		return n, []span{{0, 0, n}}
	}
	align, halo := patchSide*l.Stride, halo(l)
	advance := func(size int) int { return (size - 2*halo) / align * align }
	count := func(size int) int { return 1 + (n-size+advance(size)-1)/advance(size) }
	size = most - (most-n%align)%align
	for least := count(size); advance(size-align) > 0 && count(size-align) == least; {
		size -= align
	}
	for k := range count(size) {
		at := min(k*advance(size), n-size)
		list = append(list, span{at: at, from: at + halo, to: n})
		if k == 0 {
			list[0].from = 0
		} else {
			list[k-1].to = list[k].from
		}
	}
	return size, list
}

// A side is one that tiles may have along an axis, and how many of them it takes.
type side struct{ size, count int }

// sides are those along n pixels, from the largest down: for each number of tiles
// the smallest.
func sides(n int, l models.Layer) []side {
	list := []side{{n, 1}}
	for most := n - 1; most >= leastTile(l); most = list[len(list)-1].size - 1 {
		size, spans := spans(n, most, l)
		list = append(list, side{size, len(spans)})
	}
	return list
}

// count is how many tiles there are.
func (t tiling) count() int { return len(t.rows) * len(t.columns) }

// place is where tile i lies, counted row by row.
func (t tiling) place(i int) (row, column span) {
	return t.rows[i/len(t.columns)], t.columns[i%len(t.columns)]
}

// tileSums are what one tile counts: the sum of squares for each layer term and,
// where classes are read, the classifier's row times the sum of its layer.
type tileSums []float32

// sums is how many tileSums there are.
func (goal aim) sums() int {
	if goal.classifier >= 0 {
		return len(goal.layers) + 1
	}
	return len(goal.layers)
}

// sumTile runs a tile's pixels x [1, h, w, 3] forward on the device where they are.
// Its core is given by its first and last row and column in the tile, in pixels.
func (m *Model) sumTile(on device, x *tensors.Tensor, core [4]int32, goal aim) (tileSums, error) {
	call := sumCall(x, core, goal)
	out, err := m.runOn(on, call.task, call.inputs)
	if err != nil {
		return nil, err
	}
	defer release(out[0])
	return tensors.CopyFlatData[float32](out[0])
}

// climbTile is sumTile, and the gradient of the sums, each times its slope, with
// respect to x. Release the gradient after use.
func (m *Model) climbTile(on device, x *tensors.Tensor, core [4]int32, goal aim, slopes []float32) (tileSums, *tensors.Tensor, error) {
	call := climbCall(x, core, goal, slopes)
	out, err := m.runOn(on, call.task, call.inputs)
	if err != nil {
		return nil, nil, err
	}
	defer release(out[0])
	sums, err := tensors.CopyFlatData[float32](out[0])
	if err != nil {
		release(out[1])
		return nil, nil, err
	}
	return sums, out[1], nil
}

// sumCall is what sumTile calls; x may be a shape.
func sumCall(x any, core [4]int32, goal aim) call {
	return call{task{
		key: programKey{kind: "sums", layers: goal.key()}, reads: goal.reads(),
		measure: func(c *chain, in []*Node) ([]*Node, map[int]*Node) {
			return []*Node{c.sums(c.leaves(), goal, in[1], in[2])}, nil
		},
	}, []any{x, core[:], goal.classRow()}}
}

// climbCall is what climbTile calls; x may be a shape.
func climbCall(x any, core [4]int32, goal aim, slopes []float32) call {
	return call{task{
		key: programKey{kind: "tile", layers: goal.key()}, reads: goal.reads(), gradient: true,
		measure: func(c *chain, in []*Node) ([]*Node, map[int]*Node) {
			read := c.leaves()
			sums := c.sums(read, goal, in[1], in[2])
			return []*Node{sums}, read.gradients(ReduceAllSum(Mul(sums, in[3])))
		},
	}, []any{x, core[:], goal.classRow(), slopes}}
}

// classRow is the row, or where no class is read one that nothing reads.
func (goal aim) classRow() []float32 {
	if goal.classifier < 0 {
		return []float32{0}
	}
	return goal.row
}

// sums builds the tileSums of a core [4], [terms] or where classes are read
// [terms+1].
func (c *chain) sums(read *leaves, goal aim, core, row *Node) *Node {
	counted := func(i int) *Node {
		act := read.leaf(i)
		return Mul(act, inCore(core, c.layers[i].Stride, act.Shape()))
	}
	var sums []*Node
	for _, i := range goal.layers {
		sums = append(sums, Reshape(total(Mul(counted(i), read.leaf(i))), 1))
	}
	if goal.classifier >= 0 {
		sums = append(sums, Reshape(classScores(counted(goal.classifier), row), 1))
	}
	return Concatenate(sums, 0)
}

// inCore is 1 at the units of a layer, of shape [1, h, w, c], that begin in the
// core, and 0 elsewhere: [1, h, w, 1].
func inCore(core *Node, stride int, layer shapes.Shape) *Node {
	g, d := core.Graph(), layer.Dimensions
	within := func(axis int) *Node {
		at := MulScalar(Iota(g, shapes.Make(dtypes.Int32, 1, d[1], d[2], 1), axis), stride)
		bound := func(i int) *Node { return Reshape(Slice(core, AxisElem(2*(axis-1)+i))) }
		return LogicalAnd(GreaterOrEqual(at, bound(0)), LessThan(at, bound(1)))
	}
	return ConvertDType(LogicalAnd(within(1), within(2)), dtypes.Float32)
}
