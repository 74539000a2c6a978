package plugins

import (
	"context"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gomlx/go-xla/installer"

	"github.com/seed2310110f/godream/dreamlib/pjrt"
	"github.com/seed2310110f/godream/models/hub"
)

// releaseVersion is the release of github.com/gomlx/pjrt-cpu-binaries that
// go-xla v0.4.5 was tested with (its pjrt.DefaultCPUVersion).
const releaseVersion = "v0.114.0"

// releaseWait is how long the release host may take to answer, and to stay
// silent, before the next source is asked.
const releaseWait = 5 * time.Second

// releaseURL is where the plugin for a platform is. The CPUInstall of go-xla's installer
// is not used: it draws on standard output, takes an error page for the file and cannot
// be cancelled.
func releaseURL(platform string) string {
	archive := "pjrt_cpu_" + strings.ReplaceAll(platform, "/", "_") + ".tar.gz"
	if strings.HasPrefix(platform, "windows/") {
		archive = strings.TrimSuffix(archive, ".tar.gz") + ".zip"
	}
	return "https://github.com/" + installer.BinaryCPUReleasesRepo + "/releases/download/" + releaseVersion + "/" + archive
}

// fromRelease fetches the plugin of go-xla's release. The release states no
// hash, so HTTPS and a look into the file must do, as for go-xla itself.
func (s sources) fromRelease(ctx context.Context, work, plugin string, opt InstallOptions) error {
	opt.Report("asking go-xla's releases for the CPU plugin " + releaseVersion)
	url := s.release(s.platform)
	archive := filepath.Join(work, path.Base(url))
	if err := hub.Fetch(ctx, hub.Source{URL: url}, archive, hub.FetchOptions{Stall: releaseWait, Tries: 1}); err != nil {
		return err
	}
	return unpack(archive, func(name string) bool { return strings.HasPrefix(pjrt.PluginName(path.Base(name)), "cpu") }, plugin)
}
