// Package plugins fetches XLA's PJRT plugins into a folder where dreamlib and
// go-xla find them.
//
//	path, err := plugins.Install(ctx, "cpu", plugins.InstallOptions{Report: func(line string) { log.Print(line) }})
//	if err != nil {
//		return err // why each source failed
//	}
//
// Package pjrt of dreamlib does the finding.
package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/seed2310110f/godream/dreamlib/pjrt"
)

const (
	// cpuFile is the name that an installed CPU plugin gets. go-xla finds it
	// under "cpu", on every system.
	cpuFile = "pjrt_c_api_cpu_plugin.so"

	// workPrefix marks the folders of unfinished installs, beside the plugins so
	// that the last step is a rename.
	workPrefix = ".godream-install-"

	lockPoll = 200 * time.Millisecond
)

// InstallOptions says where to install and whom to tell. The zero value is
// ready to use.
type InstallOptions struct {
	// Folder receives the plugin; a cuda plugin and its libraries go to nvidia in
	// it. Default pjrt.Folders()[0], the first place where go-xla looks: the first
	// folder of $PJRT_PLUGIN_LIBRARY_PATH if that is set, else the user's go-xla
	// folder, ~/.local/lib/go-xla on Linux.
	Folder string

	// Report is told each step, one line a call without the line break, from the
	// installing goroutine. Default: nobody is told.
	Report func(line string)

	// Python is the interpreter whose pip is asked. Default "python3".
	Python string
}

// Install fetches the plugin of a kind, "cpu" or "cuda", and returns its path.
// One that is there already (in Folder if given, else in any of Folders) is
// returned at once. Installs into one folder wait for each other.
//
// The CPU plugin comes from go-xla's releases or, where their host does not
// answer within seconds, from the Python package index: "python3 -m pip
// download", so that the user's mirrors and proxies apply, of a wheel whose
// SHA-256 this package knows (linux/amd64 only). It appears in the folder in
// one step, synced and looked into as by Find; a failed or cancelled install
// leaves nothing. The error gives the reason of each source.
//
// The CUDA plugin and its libraries, several GB, come through go-xla's own
// installer, which prints its progress to standard output, cannot be
// interrupted (a cancelled Install returns, the download ends with the process)
// and wants the folder to be called go-xla. It is installed with or without a
// GPU.
func Install(ctx context.Context, kind string, opt InstallOptions) (path string, err error) {
	return published.install(ctx, kind, opt)
}

// sources says where plugins come from. Tests have their own.
type sources struct {
	platform string // "linux/amd64"
	release  func(platform string) (url string)
	wheel    wheel
	cuda     func(folder string) error
}

var published = sources{
	platform: runtime.GOOS + "/" + runtime.GOARCH,
	release:  releaseURL,
	wheel:    cpuWheel,
	cuda:     installCUDA,
}

func (s sources) install(ctx context.Context, kind string, opt InstallOptions) (string, error) {
	opt.Python = cmp.Or(opt.Python, "python3")
	if opt.Report == nil {
		opt.Report = func(string) {}
	}
	folders := pjrt.Folders()
	if opt.Folder != "" {
		folders = []string{opt.Folder, filepath.Join(opt.Folder, "nvidia")}
	}
	var missing *pjrt.NotFoundError
	if path, err := pjrt.FindIn(kind, folders); err == nil || !errors.As(err, &missing) {
		return path, err
	}
	if len(folders) == 0 {
		return "", fmt.Errorf("plugins: install %s: $%s is set but names no folder", kind, pjrt.PathEnv)
	}
	folder, err := filepath.Abs(folders[0])
	if err != nil {
		return "", fmt.Errorf("plugins: install %s: %w", kind, err)
	}
	path, err := s.into(ctx, folder, kind, opt)
	if err != nil {
		return "", fmt.Errorf("plugins: install %s: %w", kind, err)
	}
	opt.Report("installed " + path)
	return path, nil
}

// into installs into one folder while it holds the folder's lock.
func (s sources) into(ctx context.Context, folder, kind string, opt InstallOptions) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(folder, ".godream-install.lock"))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	defer lock.Close()
	nvidia := filepath.Join(folder, "nvidia")
	if path, err := pjrt.FindIn(kind, []string{folder, nvidia}); err == nil {
		return path, nil // by the one we waited for
	}
	if kind == "cpu" {
		return s.cpu(ctx, folder, opt)
	}
	if err := s.installCUDA(ctx, folder); err != nil {
		return "", err
	}
	return pjrt.FindIn(kind, []string{nvidia})
}

// cpu asks the releases, then the Python package index.
func (s sources) cpu(ctx context.Context, folder string, opt InstallOptions) (string, error) {
	stale, _ := filepath.Glob(filepath.Join(folder, workPrefix+"*")) // of installs that were killed
	for _, old := range stale {
		os.RemoveAll(old)
	}
	work, err := os.MkdirTemp(folder, workPrefix)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)

	plugin := filepath.Join(work, cpuFile)
	err = s.fromRelease(ctx, work, plugin, opt)
	if err != nil && ctx.Err() == nil {
		first := fmt.Errorf("go-xla's releases: %w", err)
		opt.Report(first.Error())
		if err = s.fromIndex(ctx, work, plugin, opt); err != nil {
			err = fmt.Errorf("%w; the Python package index: %w", first, err)
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, cpuFile)
	if err := os.Rename(plugin, path); err != nil {
		return "", err
	}
	if dir, err := os.Open(folder); err == nil {
		dir.Sync() // not every system can; the rename is done all the same
		dir.Close()
	}
	return path, nil
}

// installCUDA runs go-xla's installer, which takes no context, until it is done or ctx
// is: then it goes on alone.
func (s sources) installCUDA(ctx context.Context, folder string) error {
	if filepath.Base(folder) != "go-xla" {
		return fmt.Errorf("CUDA's libraries link to go-xla/nvidia: expected a folder called go-xla, found %s", folder)
	}
	done := make(chan error, 1)
	go func() { done <- s.cuda(folder) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
