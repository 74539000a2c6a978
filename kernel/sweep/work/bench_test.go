package work

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// seeds is a folder of n jobs that differ in their seed.
func seeds(b *testing.B, n int) *folder.Folder {
	b.Helper()
	dir := b.TempDir()
	g := grid.Grid{
		Pictures: []string{gridtest.WriteImage(b, dir, "a.png", 90)}, Nets: []string{gridtest.Narrow},
		Axes: []grid.Axis{grid.Over("seed", fmt.Sprintf("0..%d", max(n-1, 1)))},
	}
	jobs, err := grid.Jobs(b.Context(), g)
	if err != nil {
		b.Fatal(err)
	}
	f, err := folder.Create(filepath.Join(dir, "sweep"), g, jobs[:n])
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return f
}

// BenchmarkOverhead is what a sweep takes of a job's time when the dream itself takes
// none: from the folder through the queue and back, with a picture of 10 kB and
// everything on the disk.
func BenchmarkOverhead(b *testing.B) {
	f := seeds(b, b.N)
	b.ResetTimer()
	o := Options{dream: func(_ context.Context, j grid.Job, _ []byte, _ func(float64)) ([]byte, folder.Record, error) {
		return append([]byte(j.ID), make([]byte, 10_000)...), folder.Record{Seconds: 1e-9, Objective: []float64{1}}, nil
	}}
	if err := Run(b.Context(), f, o); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/job")
}

// BenchmarkWorkers is how much faster workers are together, on jobs that keep one
// processor busy for 20 ms each.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := seeds(b, b.N)
			b.ResetTimer()
			o := Options{Workers: n, dream: func(_ context.Context, j grid.Job, _ []byte, _ func(float64)) ([]byte, folder.Record, error) {
				busy()
				return append([]byte(j.ID), make([]byte, 10_000)...), folder.Record{Seconds: 1e-9, Objective: []float64{1}}, nil
			}}
			if err := Run(b.Context(), f, o); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

// rounds is how often busy goes round in 20 ms.
var rounds = sync.OnceValue(func() int {
	const some = 10_000_000
	started := time.Now()
	spin(some)
	return int(some * 0.020 / time.Since(started).Seconds())
})

func busy() { spin(rounds()) }

var sink uint64

func spin(n int) {
	x := uint64(n)
	for range n {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink = x
}
