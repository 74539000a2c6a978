package vgg

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Precision is the number format of the convolutions: of weights, activations and
// the gradients between layers. The picture, the objective, the picture's gradient
// and its update are in float32 always.
type Precision string

const (
	// PrecisionFloat32 is the default, and what an empty Precision stands for.
	PrecisionFloat32 Precision = "float32"

	// PrecisionTF32 keeps float32, but a GPU's tensor cores multiply its leading
	// 10 bits of fraction and add up in float32. xla:cuda only.
	PrecisionTF32 Precision = "tf32"

	// PrecisionBFloat16 has 7 bits of fraction and the exponents of float32.
	PrecisionBFloat16 Precision = "bfloat16"

	// PrecisionFloat16 has 10 bits of fraction, and numbers up to 65504: gradients
	// are scaled to fit on their way back, activations are not.
	PrecisionFloat16 Precision = "float16"
)

// Precisions lists them, the most exact first.
var Precisions = []Precision{PrecisionFloat32, PrecisionTF32, PrecisionBFloat16, PrecisionFloat16}

// dtype is what activations are kept in.
func (p Precision) dtype() dtypes.DType {
	switch p {
	case PrecisionBFloat16:
		return dtypes.BFloat16
	case PrecisionFloat16:
		return dtypes.Float16
	default:
		return dtypes.Float32
	}
}

// engines are those that compute in it. The pure-Go engine's kernels are float32's.
func (p Precision) engines() []string {
	switch p {
	case PrecisionFloat32, "":
		return EngineNames
	case PrecisionTF32:
		return []string{"xla:cuda"}
	default:
		return []string{"xla:cuda", "xla:cpu"}
	}
}

// unsupportedError names what an engine cannot do. It is an errors.ErrUnsupported.
type unsupportedError string

func (e unsupportedError) Error() string      { return string(e) }
func (unsupportedError) Is(target error) bool { return target == errors.ErrUnsupported }

// resolve fills in the defaults of a precision and a lowering for an engine and
// refuses what the engine cannot do.
func (o Options) resolve(e *Engine) (Options, error) {
	if err := o.Check(); err != nil {
		return o, err
	}
	o.Precision = cmp.Or(o.Precision, PrecisionFloat32)
	if o.Precision != PrecisionFloat32 {
		o.Lowering = LoweringDirect
	}
	if engines := o.Precision.engines(); !slices.Contains(engines, e.Name) {
		return o, unsupportedError(fmt.Sprintf("vgg: precision %s: engine %s cannot compute in it, want engine %s", o.Precision, e.Name, strings.Join(engines, " or ")))
	}
	return o, nil
}

// Check reports what is wrong with the options on every engine, or nil. Among it is
// what rounds too much: Winograd's transforms amplify rounding.
func (o Options) Check() error {
	if !slices.Contains([]Lowering{LoweringAuto, LoweringDirect, LoweringWinograd}, o.Lowering) {
		return fmt.Errorf("vgg: lowering %q: unknown, want direct or winograd, or none for the faster", o.Lowering)
	}
	precision := cmp.Or(o.Precision, PrecisionFloat32)
	if !slices.Contains(Precisions, precision) {
		return fmt.Errorf("vgg: precision %q: unknown, want one of %q", precision, Precisions)
	}
	if precision != PrecisionFloat32 && o.Lowering == LoweringWinograd {
		return fmt.Errorf("vgg: precision %s: lowering winograd would amplify its rounding, want direct", precision)
	}
	if o.Memory < 0 {
		return fmt.Errorf("vgg: memory %d: want 0 or more bytes", o.Memory)
	}
	if o.Tile < 0 || o.Tile > 1e6 {
		return fmt.Errorf("vgg: tile %d: want 0 to 1000000 pixels", o.Tile)
	}
	return nil
}

// native reports whether the engine's own convolution serves, rather than matrix
// products. On a GPU it is never better than TF32: cuDNN may use it unless asked
// for the highest precision, which go-xla v0.4.5 asks for in matrix products only.
func (m *Model) native() bool {
	return m.Engine.compiles && (m.Engine.Name != "xla:cuda" || m.options.Precision != PrecisionFloat32)
}

// weight makes a tensor in the model's precision on the engine.
func (m *Model) weight(fill func(flat []float32), dims ...int) (*tensors.Tensor, error) {
	switch m.options.Precision.dtype() {
	case dtypes.BFloat16:
		return tensorOf(m.Engine, 0, rounding(fill, bfloat16.FromFloat32), dims...)
	case dtypes.Float16:
		return tensorOf(m.Engine, 0, rounding(fill, toFloat16), dims...)
	default:
		return m.Engine.tensor(fill, dims...)
	}
}

// rounding makes fill write another type of number.
func rounding[T any](fill func([]float32), round func(float32) T) func([]T) {
	return func(flat []T) {
		exact := make([]float32, len(flat))
		fill(exact)
		parallel.Runs(len(flat), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				flat[i] = round(exact[i])
			}
		})
	}
}

// toFloat16 rounds to the nearest float16. The library's own conversion makes 0 of
// subnormal numbers.
func toFloat16(x float32) float16.Float16 {
	if magnitude := math.Abs(float64(x)); magnitude < 0x1p-14 {
		sign := uint16(math.Float32bits(x) >> 16 & 0x8000)
		return float16.FromBits(sign | uint16(math.RoundToEven(magnitude*0x1p24)))
	}
	return float16.FromFloat32(x)
}

// gradient is one on its way back through a chain: scaled / scale. float16 could
// hold few gradients as they are: an objective's is of the order of 1e-5, below its
// normal numbers, and grows or shrinks with each layer. So before each convolution
// the scale becomes the power of two that brings the largest value to 1..2, which
// is exact but for what is 2^24 times smaller; a convolution's sums stay far from
// 65504. In other formats, which have float32's exponents, there is no scale.
type gradient struct {
	scaled *Node // [n, h, w, c]; nil for no gradient yet
	scale  *Node // scalar in float32; nil for 1
}

// plus adds another gradient of the same shape, in float32.
func (g gradient) plus(own *Node, p Precision) gradient {
	if p == PrecisionFloat16 {
		if g.scaled != nil {
			own = Add(own, g.unscaled())
		}
		scale := unitScale(own)
		return gradient{ConvertDType(Mul(own, scale), p.dtype()), scale}
	}
	own = ConvertDType(own, p.dtype())
	if g.scaled != nil {
		own = Add(g.scaled, own)
	}
	return gradient{scaled: own}
}

// rescaled is the same gradient at a new scale, if it has one.
func (g gradient) rescaled() gradient {
	if g.scale == nil {
		return g
	}
	exact := ConvertDType(g.scaled, dtypes.Float32)
	by := unitScale(exact)
	return gradient{ConvertDType(Mul(exact, by), g.scaled.DType()), Mul(g.scale, by)}
}

// unscaled is the gradient itself, in float32.
func (g gradient) unscaled() *Node {
	whole := ConvertDType(g.scaled, dtypes.Float32)
	if g.scale == nil {
		return whole
	}
	return Div(whole, g.scale)
}

// unitScale is the power of two that brings the largest value of x, in float32, to
// 1..2; it is 1 where all are zero. It is made of the value's own exponent, whose
// 8 bits begin at bit 23 and stand at 127 for 2^0.
func unitScale(x *Node) *Node {
	most := ReduceAllMax(Abs(x))
	exponent := BitwiseAnd(Bitcast(most, dtypes.Int32), Const(x.Graph(), int32(255<<23)))
	scale := Bitcast(Sub(Const(x.Graph(), int32(254<<23)), exponent), dtypes.Float32)
	return Where(GreaterThan(most, ZerosLike(most)), scale, OnesLike(most))
}
