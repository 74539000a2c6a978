package models

import (
	"encoding/binary"
	"math"
)

// itemSize is the size in bytes of one value of each dtype that a weight file
// may hold, by the name that safetensors gives it.
var itemSize = map[string]int{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1,
	"U16": 2, "I16": 2, "F16": 2, "BF16": 2,
	"U32": 4, "I32": 4, "F32": 4,
	"U64": 8, "I64": 8, "F64": 8, "C64": 8,
}

// decoders turn little-endian values of the dtypes that weights come in into
// float32. raw holds at least len(dst) values.
var decoders = map[string]func(dst []float32, raw []byte){
	"F32": func(dst []float32, raw []byte) {
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	},
	"F16": func(dst []float32, raw []byte) {
		for i := range dst {
			dst[i] = fromHalf(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	},
	"BF16": func(dst []float32, raw []byte) { // the upper half of a float32
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	},
}

// encoders append values to dst, little-endian, in a dtype that
// WriteSafetensors writes.
var encoders = map[string]func(dst []byte, values []float32) []byte{
	"F32": func(dst []byte, values []float32) []byte {
		for _, v := range values {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
		}
		return dst
	},
	"F16": func(dst []byte, values []float32) []byte {
		for _, v := range values {
			dst = binary.LittleEndian.AppendUint16(dst, toHalf(v))
		}
		return dst
	},
}

// fromHalf widens an IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias
// 15, 10 fraction bits. Every value is exact.
func fromHalf(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero or subnormal: a multiple of 2^-24
		v := float32(fraction) * 0x1p-24
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31: // infinite or NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// toHalf rounds to the nearest binary16, ties to even. What is beyond the
// largest one becomes infinite.
func toHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, bits := uint16(bits>>31)<<15, bits&math.MaxInt32
	switch {
	case bits > 255<<23: // NaN
		return sign | 0x7e00
	case bits >= (127+16)<<23: // 65536 and more
		return sign | 0x7c00
	case bits < (127-14)<<23: // subnormal: a multiple of 2^-24
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(bits))*0x1p24))
	}
	bits += 1<<12 - 1 + bits>>13&1              // round the 13 bits that go, ties to even
	return sign | uint16(bits>>13-(127-15)<<10) // a carry into the exponent is right, up to infinity
}
