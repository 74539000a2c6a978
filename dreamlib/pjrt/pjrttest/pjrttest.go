// Package pjrttest makes files for tests of package pjrt and of what installs
// for it.
package pjrttest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// SharedObject returns a small ELF file of a type for a machine that defines
// one symbol: header, one segment that is the whole file, .dynsym, .dynstr and
// the section table.
func SharedObject(t *testing.T, kind elf.Type, machine elf.Machine, symbol string) []byte {
	t.Helper()
	const head, segment, entry, symbolSize = 64, 56, 64, 24
	text := "\x00" + symbol + "\x00.dynsym\x00.dynstr\x00"
	symbols := make([]byte, 2*symbolSize) // the first is the null symbol
	binary.LittleEndian.PutUint32(symbols[symbolSize:], 1)
	symbols[symbolSize+4] = 0x12 // a global function
	symbols[symbolSize+6] = 1    // defined, in section 1
	table := head + segment + len(symbols) + len(text)
	at := uint32(len(symbol) + 2) // of ".dynsym" in text

	var b bytes.Buffer
	put := func(v any) {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	put(elf.Header64{
		Ident:   [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1},
		Type:    uint16(kind),
		Machine: uint16(machine), Version: 1, Ehsize: head,
		Phoff: head, Phentsize: segment, Phnum: 1,
		Shoff: uint64(table), Shentsize: entry, Shnum: 3, Shstrndx: 2,
	})
	put(elf.Prog64{Type: uint32(elf.PT_LOAD), Filesz: uint64(table + 3*entry)})
	b.Write(symbols)
	b.WriteString(text)
	put(elf.Section64{})
	put(elf.Section64{Name: at, Type: uint32(elf.SHT_DYNSYM), Off: head + segment, Size: uint64(len(symbols)), Link: 2, Entsize: symbolSize})
	put(elf.Section64{Name: at + 8, Type: uint32(elf.SHT_STRTAB), Off: uint64(head + segment + len(symbols)), Size: uint64(len(text))})
	return b.Bytes()
}

// Plugin returns a file that passes for a plugin on this machine.
func Plugin(t *testing.T) []byte {
	t.Helper()
	machine, ok := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	if !ok || runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skipf("no ELF plugin is known for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return SharedObject(t, elf.ET_DYN, machine, "GetPjrtApi")
}

// Put writes a file and the folders above it and returns its path.
func Put(t *testing.T, content []byte, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
