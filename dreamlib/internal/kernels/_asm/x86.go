package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// x86 is a machine of AVX-512, or of AVX2 with multiply-adds.
type x86 struct {
	*build.Context
	set    string
	wide   bool // AVX-512
	labels int
	kept   int // registers of constants
	known  map[float64]operand.Mem
	bits   *operand.Mem
}

func (m *x86) lanes() int {
	if m.wide {
		return 16
	}
	return 8
}

func (m *x86) bytes() int { return 4 * m.lanes() }

var (
	narrowRegisters = []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}
	wideRegisters   = []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}
)

func (m *x86) v(x vec) reg.VecPhysical {
	if m.wide {
		return wideRegisters[x]
	}
	return narrowRegisters[x]
}

// between is AVX2's register for a number on its way from memory.
const between = vec(15)

func (m *x86) begin(name, parameters string) {
	m.Function(name + m.set)
	m.Attributes(attr.NOSPLIT)
	m.Pragma("noescape")
	m.SignatureExpr("func(" + parameters + ")")
	m.kept = 0
}

func (m *x86) end() {
	m.VZEROUPPER()
	m.RET()
}

func (m *x86) arg(name string) gp { return m.Load(m.Param(name), m.GP64()) }

func (m *x86) bytesOf(name string) gp {
	x := m.Load(m.Param(name), m.GP64())
	m.SHLQ(operand.Imm(2), x)
	return x
}

// inFrame is an argument where it was passed.
func (m *x86) inFrame(name string) operand.Mem {
	at, err := m.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return at.Addr
}

func (m *x86) copyOf(x gp) gp {
	y := m.GP64()
	m.MOVQ(x.(reg.Register), y)
	return y
}

func (m *x86) number(n int) gp {
	x := m.GP64()
	m.MOVQ(operand.U32(n), x)
	return x
}

func (m *x86) times(x gp, n int) gp {
	y := m.GP64()
	m.IMUL3Q(operand.U32(n), x.(reg.Register), y)
	return y
}

func (m *x86) advance(x, by gp)       { m.ADDQ(by.(reg.Register), x.(reg.Register)) }
func (m *x86) advanceBy(x gp, by int) { m.ADDQ(operand.U32(by), x.(reg.Register)) }

func (m *x86) multiples(one gp) stride {
	three, five := m.GP64(), m.GP64()
	m.LEAQ(m.mem(mem{base: one, index: one, scale: 2}), three)
	m.LEAQ(m.mem(mem{base: one, index: one, scale: 4}), five)
	return stride{one: one, three: three, five: five}
}

// label is a new name for a place in the code.
func (m *x86) label(what string) string {
	m.labels++
	return fmt.Sprintf("%s%d", what, m.labels)
}

func (m *x86) loop(count gp, step int, body func()) {
	again := m.label("loop")
	m.Label(again)
	body()
	m.SUBQ(operand.U32(step), count.(reg.Register))
	m.JG(operand.LabelRef(again))
}

// mem is m as avo has it.
func (m *x86) mem(at mem) operand.Mem {
	x := operand.Mem{Base: at.base.(reg.Register), Disp: at.disp}
	if at.index != nil {
		x.Index, x.Scale = at.index.(reg.Register), uint8(at.scale)
	}
	return x
}

// constants are in registers from the last one down with AVX-512, else in memory.
func (m *x86) constants(values ...float64) []constant {
	list := make([]constant, len(values))
	for i, v := range values {
		at, ok := m.known[v]
		if !ok {
			at = m.lanesOf(fmt.Sprintf("constant%d", len(m.known)), m.repeated(operand.F32(float32(v))))
			m.known[v] = at
		}
		list[i] = at
		if m.wide {
			m.kept++
			x := m.v(vec(32 - m.kept))
			m.VBROADCASTSS(at, x)
			list[i] = x
		}
	}
	return list
}

// repeated is a constant for all lanes, or for AVX-512, which spreads it, once.
func (m *x86) repeated(v operand.Constant) []operand.Constant {
	n := 8
	if m.wide {
		n = 1
	}
	list := make([]operand.Constant, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// lanesOf are numbers of 4 bytes in memory.
func (m *x86) lanesOf(name string, values []operand.Constant) operand.Mem {
	at := m.StaticGlobal(name + m.set)
	m.DataAttributes(attr.RODATA | attr.NOPTR)
	for i, v := range values {
		m.AddDatum(4*i, v)
	}
	return at
}

func (m *x86) load(d vec, at mem)  { m.VMOVUPS(m.mem(at), m.v(d)) }
func (m *x86) store(at mem, x vec) { m.VMOVUPS(m.v(x), m.mem(at)) }
func (m *x86) move(d, x vec)       { m.VMOVAPS(m.v(x), m.v(d)) }
func (m *x86) add(d, x, y vec)     { m.VADDPS(m.v(y), m.v(x), m.v(d)) }
func (m *x86) sub(d, x, y vec)     { m.VSUBPS(m.v(y), m.v(x), m.v(d)) }

func (m *x86) addFrom(d, x vec, at mem) { m.VADDPS(m.mem(at), m.v(x), m.v(d)) }
func (m *x86) subFrom(d, x vec, at mem) { m.VSUBPS(m.mem(at), m.v(x), m.v(d)) }

func (m *x86) mul(d, x vec, c constant)    { m.VMULPS(c.(operand.Op), m.v(x), m.v(d)) }
func (m *x86) mulAdd(d, x vec, c constant) { m.VFMADD231PS(c.(operand.Op), m.v(x), m.v(d)) }
func (m *x86) mulSub(d, x vec, c constant) { m.VFNMADD231PS(c.(operand.Op), m.v(x), m.v(d)) }

func (m *x86) mulFrom(d vec, at mem, c constant)    { m.from(m.VMULPS, d, at, c) }
func (m *x86) mulAddFrom(d vec, at mem, c constant) { m.from(m.VFMADD231PS, d, at, c) }
func (m *x86) mulSubFrom(d vec, at mem, c constant) { m.from(m.VFNMADD231PS, d, at, c) }

// from does an operation on a constant and what is in memory. With AVX2 both are.
func (m *x86) from(op func(ops ...operand.Op), d vec, at mem, c constant) {
	if m.wide {
		op(m.mem(at), c.(operand.Op), m.v(d))
		return
	}
	m.load(between, at)
	op(c.(operand.Op), m.v(between), m.v(d))
}
