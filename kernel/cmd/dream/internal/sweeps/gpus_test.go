package sweeps

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// asWorker makes the test binary a worker.
const asWorker = "GODREAM_TEST_AS_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) == "" {
		os.Exit(m.Run())
	}
	cmd := NewWorkerCommand()
	cmd.Version, cmd.SilenceErrors, cmd.SilenceUsage = "1", true, true
	if err := cmd.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "dream:", err)
		os.Exit(terminal.ExitFailed)
	}
}

func TestGPUs(t *testing.T) {
	t.Setenv(cudaDevices, "0,2,3")
	for flag, want := range map[string]string{"": "", "all": "0,2,3", "3,0": "3,0"} {
		got, err := chosenGPUs(flag, "auto")
		if err != nil || strings.Join(got, ",") != want {
			t.Errorf("--gpus %q: %q, %v, want %q", flag, got, err, want)
		}
	}
	for _, flag := range []string{"1", "x", "0,0", "-1", "0,"} {
		if _, err := chosenGPUs(flag, "auto"); !terminal.IsUsage(err) {
			t.Errorf("--gpus %q: %v", flag, err)
		}
	}
	if got := withoutGPUs([]string{"worker", "--gpus", "all", "--once", "--gpus=0"}); !slices.Equal(got, []string{"worker", "--once"}) {
		t.Errorf("without --gpus: %q", got)
	}
}

// One process a GPU, each told which is its own.
func TestEachGPU(t *testing.T) {
	t.Setenv(asWorker, "1")
	var stdout, stderr bytes.Buffer
	if err := eachGPU(context.Background(), []string{"0", "2"}, []string{"--version"}, nil, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "worker version "); n != 2 {
		t.Errorf("printed %q", stdout.String())
	}
	err := eachGPU(context.Background(), []string{"2"}, nil, nil, &stdout, &stderr)
	if err == nil || !strings.HasPrefix(err.Error(), "the worker on GPU 2 ended: ") || !strings.HasPrefix(stderr.String(), "GPU 2: dream: want --nats") {
		t.Errorf("%v, printed %q", err, stderr.String())
	}
}
