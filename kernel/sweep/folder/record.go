package folder

import (
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// State is how a job ended.
type State string

const (
	Done State = "done"
	Dead State = "dead" // given up after its last try, because of Error
)

// Record is what became of a job: a line of the manifest.
type Record struct {
	grid.Job
	State State `json:"state"`

	File   string `json:"file,omitempty"`   // the dream, below the sweep's folder, with slashes
	SHA256 string `json:"sha256,omitempty"` // of File, in hex

	// Objective is the objective's value at the last step of each octave.
	Objective []float64 `json:"objective,omitempty"`

	Seconds  float64   `json:"seconds"` // that the dream took
	Engine   string    `json:"engine"`
	Worker   string    `json:"worker"` // host, process and number in it
	Tries    int       `json:"tries"`  // deliveries until it ended, from 1
	Finished time.Time `json:"finished"`
	Error    string    `json:"error,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // the dream's
}
