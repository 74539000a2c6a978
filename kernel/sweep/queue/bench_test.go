package queue

import (
	"fmt"
	"sync"
	"testing"
)

// BenchmarkJobs is what the queue takes of a job's time when the job itself takes
// none: put, handed out, done and collected. A picture of 100 kB comes with it in one
// of the two.
func BenchmarkJobs(b *testing.B) {
	for _, bytes := range []int{0, 100_000} {
		b.Run(fmt.Sprintf("picture=%d", bytes), func(b *testing.B) { benchmarkJobs(b, bytes) })
	}
}

func benchmarkJobs(b *testing.B, bytes int) {
	q := local(b, Terms{})
	list := make([]Item, b.N)
	for i := range list {
		list[i] = Item{fmt.Sprint("job", i), fmt.Sprint("group", i/1000), make([]byte, 1000)}
	}
	b.ResetTimer()
	var working sync.WaitGroup
	working.Go(func() {
		h := worker(b, q)
		for range b.N {
			task := next(b, h)
			if bytes > 0 {
				if err := q.PutObject(b.Context(), task.ID, make([]byte, bytes)); err != nil {
					b.Error(err)
				}
			}
			if err := task.Done(b.Context(), make([]byte, 1000)); err != nil {
				b.Error(err)
			}
		}
	})
	if err := q.Put(b.Context(), list); err != nil {
		b.Fatal(err)
	}
	results, err := q.Results(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer results.Close()
	for range b.N {
		r, err := results.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if bytes > 0 {
			if data, err := q.Object(b.Context(), r.ID); err != nil || len(data) != bytes {
				b.Fatal(len(data), err)
			}
			if err := q.DeleteObject(b.Context(), r.ID); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Ack(); err != nil {
			b.Fatal(err)
		}
	}
	working.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/job")
}
