package sweeps

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
)

// gpusFlag adds --gpus.
func gpusFlag(f *pflag.FlagSet, gpus *string) {
	f.StringVar(gpus, "gpus", "", "one worker for each of these NVIDIA `GPUs`, in processes of their own: all, or numbers as in 0,2\n(default one worker, on the first)")
}

// cudaDevices is where CUDA reads which GPUs it may use, and under which numbers.
const cudaDevices = "CUDA_VISIBLE_DEVICES"

// chosenGPUs are those of --gpus, or none.
func chosenGPUs(flag, engine string) ([]string, error) {
	if flag == "" {
		return nil, nil
	}
	if engine != "auto" && engine != "xla:cuda" {
		return nil, terminal.Usage(fmt.Errorf("--gpus with --engine %s: want xla:cuda", engine))
	}
	here := visibleGPUs()
	if flag == "all" {
		if len(here) == 0 {
			return nil, errors.New("--gpus all: no NVIDIA GPU is here")
		}
		return here, nil
	}
	list := strings.Split(flag, ",")
	for i, gpu := range list {
		if n, err := strconv.Atoi(gpu); err != nil || n < 0 || slices.Contains(list[:i], gpu) {
			return nil, terminal.Usage(fmt.Errorf("--gpus %s: want all, or numbers that differ, as in 0,2", flag))
		}
		if !slices.Contains(here, gpu) {
			return nil, terminal.Usage(fmt.Errorf("--gpus %s: there is no GPU %s, want of %s", flag, gpu, strings.Join(here, ",")))
		}
	}
	return list, nil
}

// visibleGPUs are the numbers of the GPUs that CUDA may use.
func visibleGPUs() []string {
	if set, ok := os.LookupEnv(cudaDevices); ok {
		return strings.FieldsFunc(set, func(r rune) bool { return r == ',' || r == ' ' })
	}
	found, _ := filepath.Glob("/proc/driver/nvidia/gpus/*") // a malformed pattern is its only error
	list := make([]string, len(found))
	for i := range found {
		list[i] = strconv.Itoa(i)
	}
	return list
}

// workOnGPUs runs this program once more for each GPU, with the same arguments but for
// --gpus, and passes on what they print.
func workOnGPUs(ctx context.Context, gpus []string, stdout, stderr io.Writer) error {
	return eachGPU(ctx, gpus, withoutGPUs(os.Args[1:]), nil, stdout, stderr)
}

// withoutGPUs are arguments without --gpus and its value.
func withoutGPUs(args []string) (list []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--gpus":
			i++
		case !strings.HasPrefix(args[i], "--gpus="):
			list = append(list, args[i])
		}
	}
	return list
}

// eachGPU runs this program with args for each GPU until all have ended. When one fails,
// or ctx is done, the others are interrupted.
func eachGPU(ctx context.Context, gpus, args, env []string, stdout, stderr io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var printing sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for _, gpu := range gpus {
		group.Go(func() error {
			cmd := exec.CommandContext(ctx, self, args...)
			cmd.Env = append(append(os.Environ(), env...), cudaDevices+"="+gpu)
			cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
			cmd.WaitDelay = time.Minute // for a dream's last step
			apart(cmd)
			out, errs := &lineWriter{to: stdout, mu: &printing}, &lineWriter{to: stderr, mu: &printing, before: "GPU " + gpu + ": "}
			cmd.Stdout, cmd.Stderr = out, errs
			if err := cmd.Run(); err != nil && ctx.Err() == nil {
				return fmt.Errorf("the worker on GPU %s ended: %w", gpu, err)
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// lineWriter passes on whole lines, with a word before each.
type lineWriter struct {
	to     io.Writer
	mu     *sync.Mutex
	before string
	rest   string
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := bufio.NewReader(strings.NewReader(w.rest + string(p)))
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			w.rest = line
			return len(p), nil
		}
		if _, err := io.WriteString(w.to, w.before+line); err != nil {
			return 0, err
		}
	}
}
