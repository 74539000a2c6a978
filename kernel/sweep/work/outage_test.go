package work

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// ailing is a run that holds its first dream, and a fault that its server's health has
// from then on until healed: a folder among the streams that is none.
type ailing struct {
	*running
	h     *holding
	looks chan struct{} // one for each report without a record
	fault string
}

func ail(t *testing.T, f *folder.Folder) *ailing {
	t.Helper()
	a := &ailing{h: holdingGo(t), looks: make(chan struct{}), fault: filepath.Join(f.Path(), folder.QueueDir, storeDir, "$G", "streams", "lost")}
	o := quickly("")
	o.Workers, o.dream = 1, a.h.hold
	ctx := patiently(t)
	a.running = &running{t, f, make(chan folder.Record, 1000), make(chan error, 1)}
	o.OnProgress = func(p Progress) {
		if p.Record == nil {
			select {
			case a.looks <- struct{}{}:
			default:
			}
		}
	}
	go func() { a.ended <- Run(ctx, f, o) }()
	<-a.h.begins
	if err := os.Mkdir(a.fault, 0o700); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *ailing) heal() {
	a.t.Helper()
	if err := os.Remove(a.fault); err != nil {
		a.t.Fatal(err)
	}
}

// look waits until the run has gone on after another look at its server.
func (a *ailing) look() {
	a.t.Helper()
	select {
	case <-a.looks:
	case err := <-a.ended:
		a.t.Fatal("the run ended: ", err)
	}
}

// A sweep outlives a server that is unhealthy for some seconds.
func TestServerUnhealthyForAMoment(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	a := ail(t, f)
	for range 4 { // the first may have begun before the fault
		a.look()
	}
	a.heal()
	a.h.goOn <- struct{}{}
	for range len(f.Jobs) - 1 {
		<-a.h.begins
		a.h.goOn <- struct{}{}
	}
	a.mustEnd()
	wantWhole(t, f, want)
}

// A fault that lasts ends it, and is what it ends with.
func TestServerUnhealthyForGood(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	a := ail(t, f)
	err := a.end()
	if !errors.Is(err, queue.ErrDown) || !strings.HasPrefix(err.Error(), "sweep: queue: the server is down: ") || !strings.Contains(err.Error(), "'$G > lost' could not be recovered") {
		t.Errorf("the run ended with %v", err)
	}
	a.heal()
	mustRun(t, f, quickly(""))
	wantWhole(t, f, want)
}
