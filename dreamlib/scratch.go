package dreamlib

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Pictures that do not fit in memory lie in files. The files are mapped, so that
// one code serves both and gives the same pixels, and work on them goes by bands
// of rows: after each band the pages go back to the system, which keeps what it
// likes of them in its cache and lets go of them when others need memory. Reading
// and writing the rows by hand would bound memory no better, and every operation
// would be there twice.

// A scratch is a folder in which pictures lie in files. The files have no names,
// so they are gone when the process is, however it ends. A nil scratch is memory.
type scratch struct {
	folder string
	mu     sync.Mutex
	maps   map[unsafe.Pointer][]byte // by where they begin
	taken  int64                     // bytes now
	most   int64                     // and at most so far
}

// bandBytes is how much of one picture a band is. Operations touch up to four.
const bandBytes = 4 << 20

func newScratch(folder string) *scratch {
	return &scratch{folder: folder, maps: map[unsafe.Pointer][]byte{}}
}

// A scratchError is why there is no room in a scratch. It is checked for before
// any work; another program may fill the disk meanwhile.
type scratchError struct {
	folder string
	size   int64
	err    error
}

func (e scratchError) Error() string {
	return fmt.Sprintf("dreamlib: scratch folder %s: no room for %s: %v", e.folder, gigabytes(e.size), e.err)
}

func (e scratchError) Unwrap() error { return e.err }

// room makes n zeros. It panics with a scratchError.
func room[S uint8 | float32](s *scratch, n int) []S {
	if s == nil {
		return make([]S, n)
	}
	size := int64(n) * int64(unsafe.Sizeof(S(0)))
	data, err := mapFile(s.folder, size)
	if err != nil {
		panic(scratchError{s.folder, size, err})
	}
	at := unsafe.Pointer(unsafe.SliceData(data))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.maps[at] = data
	s.taken += size
	s.most = max(s.most, s.taken)
	return unsafe.Slice((*S)(at), n)
}

// vacate gives up values that room made, and leaves others to the garbage
// collector.
func vacate[S uint8 | float32](s *scratch, values []S) {
	if s == nil || len(values) == 0 {
		return
	}
	at := unsafe.Pointer(unsafe.SliceData(values))
	s.mu.Lock()
	defer s.mu.Unlock()
	if data := s.maps[at]; data != nil {
		delete(s.maps, at)
		s.taken -= int64(len(data))
		unmapFile(data)
	}
}

// rows is parallel.Runs over n rows of so many bytes, in bands.
func (s *scratch) rows(n, bytes int, work func(lo, hi int)) {
	if s == nil {
		parallel.Runs(n, work)
		return
	}
	band := max(bandBytes/max(bytes, 1), 1)
	for at := 0; at < n; at += band {
		parallel.Runs(min(band, n-at), func(lo, hi int) { work(at+lo, at+hi) })
		s.drop()
	}
}

// drop lets the system have all pages back; what was written to them stays.
func (s *scratch) drop() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, data := range s.maps {
		dropPages(data)
	}
}
