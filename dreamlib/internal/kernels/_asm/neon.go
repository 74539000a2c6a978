package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// neon is a machine of arm64's vector instructions. Go's assembler lacks most of
// those for floats, so all are written as words, with the mnemonic beside. (Arm
// Architecture Reference Manual, DDI 0487, C7.2.)
type neon struct {
	code   bytes.Buffer
	stubs  bytes.Buffer
	name   string
	args   []string
	used   int // general registers
	kept   int // vector registers of constants
	labels int
}

// xreg is a general register.
type xreg int

// free are the general registers that functions use: those that neither Go nor its
// linker has a use for.
var free = []xreg{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25}

// inFlight is the register of a number on its way from memory.
const inFlight = vec(23)

func (m *neon) lanes() int { return 4 }
func (m *neon) bytes() int { return 16 }

// line writes a line of assembly.
func (m *neon) line(format string, args ...any) { fmt.Fprintf(&m.code, "\t"+format+"\n", args...) }

// word writes an instruction that Go's assembler lacks.
func (m *neon) word(code uint32, format string, args ...any) {
	m.line("WORD $0x%08x // %s", code, fmt.Sprintf(format, args...))
}

func (m *neon) begin(name, parameters string) { m.beginWith(name, 0, parameters) }

// beginWith begins a function that has memory to work in.
func (m *neon) beginWith(name string, frame int, parameters string) {
	m.name, m.args, m.used, m.kept = name+"NEON", nil, 0, 0
	for _, p := range strings.Split(parameters, ", ") {
		arg, _, _ := strings.Cut(p, " ")
		m.args = append(m.args, arg)
	}
	flags := "NOSPLIT"
	if frame > 0 {
		flags = "0"
	}
	fmt.Fprintf(&m.code, "\n// func %s(%s)\nTEXT ·%s(SB), %s, $%d-%d\n", m.name, parameters, m.name, flags, frame, 8*len(m.args))
	fmt.Fprintf(&m.stubs, "\n//go:noescape\nfunc %s(%s)\n", m.name, parameters)
}

func (m *neon) end() { m.line("RET") }

// x is a general register that is free. All are at the end of a scope.
func (m *neon) x() xreg {
	if m.used == len(free) {
		panic(m.name + ": no general register is free")
	}
	m.used++
	return free[m.used-1]
}

// scope frees the general registers that do takes.
func (m *neon) scope(do func()) {
	used := m.used
	do()
	m.used = used
}

// place is an argument where it was passed: each takes 8 bytes there, a float32 behind
// pointers and before a count too.
func (m *neon) place(name string) string {
	return fmt.Sprintf("%s+%d(FP)", name, 8*slices.Index(m.args, name))
}

func (m *neon) arg(name string) gp {
	x := m.x()
	m.line("MOVD %s, R%d", m.place(name), x)
	return x
}

func (m *neon) bytesOf(name string) gp {
	x := m.arg(name)
	m.line("LSL $2, R%d, R%d", x, x)
	return x
}

func (m *neon) copyOf(x gp) gp {
	y := m.x()
	m.line("MOVD R%d, R%d", x, y)
	return y
}

func (m *neon) number(n int) gp {
	x := m.x()
	m.line("MOVD $%d, R%d", n, x)
	return x
}

func (m *neon) times(x gp, n int) gp {
	y := m.number(n)
	m.line("MUL R%d, R%d, R%d", x, y, y)
	return y
}

func (m *neon) advance(x, by gp)       { m.line("ADD R%d, R%d, R%d", by, x, x) }
func (m *neon) advanceBy(x gp, by int) { m.line("ADD $%d, R%d, R%d", by, x, x) }

func (m *neon) multiples(one gp) stride {
	two, three, four, five := m.x(), m.x(), m.x(), m.x()
	m.line("LSL $1, R%d, R%d", one, two)
	m.line("ADD R%d, R%d, R%d", one, two, three)
	m.line("LSL $2, R%d, R%d", one, four)
	m.line("ADD R%d, R%d, R%d", one, four, five)
	return stride{one, two, three, four, five}
}

func (m *neon) label(what string) string {
	m.labels++
	return fmt.Sprintf("%s%d", what, m.labels)
}

func (m *neon) put(label string) { fmt.Fprintf(&m.code, "\n%s:\n", label) }

func (m *neon) loop(count gp, step int, body func()) {
	again := m.label("loop")
	m.put(again)
	m.scope(body)
	m.line("SUBS $%d, R%d, R%d", step, count, count)
	m.line("BGT %s", again)
}

// constants are in registers from the last one down.
func (m *neon) constants(values ...float64) []constant {
	list := make([]constant, len(values))
	m.scope(func() {
		for i, v := range values {
			m.kept++
			c := vec(32 - m.kept)
			x := m.number(int(math.Float32bits(float32(v))))
			m.spread(c, x.(xreg), 4)
			list[i] = c
		}
	})
	return list
}

// spread is the number in a general register in all lanes, of so many bytes.
func (m *neon) spread(d vec, x xreg, bytes int) {
	m.word(0x4e000c00|uint32(bytes)<<16|uint32(x)<<5|uint32(d), "dup v%d.%s, w%d", d, map[int]string{1: "16b", 2: "8h", 4: "4s"}[bytes], x)
}

// Words of three registers, and their mnemonics.
type operation struct {
	code uint32
	name string
	of   string
}

var (
	fmla  = operation{0x4e20cc00, "fmla", "4s"}
	fmls  = operation{0x4ea0cc00, "fmls", "4s"}
	fadd  = operation{0x4e20d400, "fadd", "4s"}
	fsub  = operation{0x4ea0d400, "fsub", "4s"}
	fmul  = operation{0x6e20dc00, "fmul", "4s"}
	fcmge = operation{0x6e20e400, "fcmge", "4s"}
	and   = operation{0x4e201c00, "and", "16b"}
	bic   = operation{0x4e601c00, "bic", "16b"}
	bsl   = operation{0x6e601c00, "bsl", "16b"}
	addp  = operation{0x4e20bc00, "addp", "16b"}
	cmtst = operation{0x4e208c00, "cmtst", "16b"}
	uzp1h = operation{0x4e401800, "uzp1", "8h"}
	uzp1b = operation{0x4e001800, "uzp1", "16b"}
	trn1s = operation{0x4e802800, "trn1", "4s"}
	trn2s = operation{0x4e806800, "trn2", "4s"}
	trn1d = operation{0x4ec02800, "trn1", "2d"}
	trn2d = operation{0x4ec06800, "trn2", "2d"}
)

func (m *neon) do(op operation, d, x, y vec) {
	m.word(op.code|uint32(y)<<16|uint32(x)<<5|uint32(d), "%s v%d.%s, v%d.%s, v%d.%s", op.name, d, op.of, x, op.of, y, op.of)
}

// Words of two registers.
type operation2 struct {
	code   uint32
	format string
}

var (
	fcmle  = operation2{0x6ea0d800, "fcmle v%d.4s, v%d.4s, #0.0"}
	mvn    = operation2{0x6e205800, "mvn v%d.16b, v%d.16b"}
	sxtlh  = operation2{0x0f08a400, "sxtl v%d.8h, v%d.8b"}
	sxtl2h = operation2{0x4f08a400, "sxtl2 v%d.8h, v%d.16b"}
	sxtls  = operation2{0x0f10a400, "sxtl v%d.4s, v%d.4h"}
	sxtl2s = operation2{0x4f10a400, "sxtl2 v%d.4s, v%d.8h"}
)

func (m *neon) do2(op operation2, d, x vec) {
	m.word(op.code|uint32(x)<<5|uint32(d), op.format, d, x)
}

// mulAddLane is d += x times one lane of y.
func (m *neon) mulAddLane(d, x, y vec, lane int) {
	m.word(0x4f801000|uint32(lane&1)<<21|uint32(lane>>1)<<11|uint32(y)<<16|uint32(x)<<5|uint32(d), "fmla v%d.4s, v%d.4s, v%d.s[%d]", d, x, y, lane)
}

func (m *neon) load(d vec, at mem) {
	base := at.base.(xreg)
	if at.index != nil {
		m.word(0x3ce06800|uint32(at.index.(xreg))<<16|uint32(base)<<5|uint32(d), "ldr q%d, [x%d, x%d]", d, base, at.index)
		return
	}
	m.word(0x3dc00000|uint32(at.disp/16)<<10|uint32(base)<<5|uint32(d), "ldr q%d, [x%d%s]", d, base, displaced(at.disp))
}

func (m *neon) store(at mem, x vec) {
	base := at.base.(xreg)
	if at.index != nil {
		m.word(0x3ca06800|uint32(at.index.(xreg))<<16|uint32(base)<<5|uint32(x), "str q%d, [x%d, x%d]", x, base, at.index)
		return
	}
	m.word(0x3d800000|uint32(at.disp/16)<<10|uint32(base)<<5|uint32(x), "str q%d, [x%d%s]", x, base, displaced(at.disp))
}

// displaced is a displacement as mnemonics have it.
func displaced(by int) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf(", #%d", by)
}

// loadNext loads d and advances x behind it.
func (m *neon) loadNext(d vec, x gp) {
	m.word(0x3cc10400|uint32(x.(xreg))<<5|uint32(d), "ldr q%d, [x%d], #16", d, x)
}

// storeNext stores d and advances x behind it.
func (m *neon) storeNext(x gp, d vec) {
	m.word(0x3c810400|uint32(x.(xreg))<<5|uint32(d), "str q%d, [x%d], #16", d, x)
}

func (m *neon) move(d, x vec) {
	m.word(0x4ea01c00|uint32(x)<<16|uint32(x)<<5|uint32(d), "mov v%d.16b, v%d.16b", d, x)
}

func (m *neon) add(d, x, y vec) { m.do(fadd, d, x, y) }
func (m *neon) sub(d, x, y vec) { m.do(fsub, d, x, y) }
func (m *neon) clear(d vec)     { m.word(0x6f00e400|uint32(d), "movi v%d.2d, #0x0", d) }

func (m *neon) addFrom(d, x vec, at mem) { m.load(inFlight, at); m.add(d, x, inFlight) }
func (m *neon) subFrom(d, x vec, at mem) { m.load(inFlight, at); m.sub(d, x, inFlight) }

func (m *neon) mul(d, x vec, c constant)    { m.do(fmul, d, x, c.(vec)) }
func (m *neon) mulAdd(d, x vec, c constant) { m.do(fmla, d, x, c.(vec)) }
func (m *neon) mulSub(d, x vec, c constant) { m.do(fmls, d, x, c.(vec)) }

func (m *neon) mulFrom(d vec, at mem, c constant)    { m.load(inFlight, at); m.mul(d, inFlight, c) }
func (m *neon) mulAddFrom(d vec, at mem, c constant) { m.load(inFlight, at); m.mulAdd(d, inFlight, c) }
func (m *neon) mulSubFrom(d vec, at mem, c constant) { m.load(inFlight, at); m.mulSub(d, inFlight, c) }
