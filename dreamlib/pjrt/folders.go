package pjrt

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// PathEnv, where set, is the list of all folders that go-xla searches.
const PathEnv = "PJRT_PLUGIN_LIBRARY_PATH"

// Folders returns where go-xla v0.4.5 looks for plugins, first place first
// (its pjrt/dynamiclib_*.go): the folders of $PJRT_PLUGIN_LIBRARY_PATH, separated by ":",
// if that is set. Else go-xla's folders in the user's home and in /usr/local,
// and the folders where the system looks for libraries. They need not exist.
func Folders() []string {
	if list, set := os.LookupEnv(PathEnv); set {
		return slices.DeleteFunc(strings.Split(list, ":"), func(f string) bool { return f == "" })
	}
	home, _ := os.UserHomeDir() // without one, go-xla searches the rest
	switch runtime.GOOS {
	case "windows":
		return under(home, "AppData/Local/go-xla")
	case "darwin":
		folders := under(home, "Library/Application Support/go-xla", "Library/Application Support/GoMLX/PJRT")
		folders = append(folders, "/usr/local/lib/go-xla", "/usr/local/lib/gomlx/pjrt")
		folders = append(folders, absolute(os.Getenv("DYLD_LIBRARY_PATH"))...)
		return append(folders, absolute(os.Getenv("LD_LIBRARY_PATH"))...)
	}
	folders := under(home, ".local/lib/go-xla", ".local/lib/go-xla/nvidia", ".local/lib/gomlx/pjrt")
	folders = append(folders, under("/usr/local", "lib/go-xla", "lib/go-xla/nvidia", "lib/gomlx/pjrt")...)
	folders = append(folders, absolute(os.Getenv("LD_LIBRARY_PATH"))...)
	return append(folders, loaderFolders("/etc/ld.so.conf", 0)...)
}

// under returns the paths in base, or nothing where base is unknown.
func under(base string, paths ...string) []string {
	if base == "" {
		return nil
	}
	for i, p := range paths {
		paths[i] = filepath.Join(base, filepath.FromSlash(p))
	}
	return paths
}

// absolute returns the absolute folders of a list such as $LD_LIBRARY_PATH.
func absolute(list string) []string {
	return slices.DeleteFunc(filepath.SplitList(list), func(f string) bool { return !filepath.IsAbs(f) })
}

// loaderFolders reads the folders that a file in the form of ld.so.conf(5)
// names, with what it includes. An unreadable file names none. Files that
// include each other end at depth 8.
func loaderFolders(file string, depth int) []string {
	f, err := os.Open(file)
	if err != nil || depth == 8 {
		return nil
	}
	defer f.Close()
	var folders []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if pattern, ok := strings.CutPrefix(line, "include"); ok {
			included, _ := filepath.Glob(strings.TrimSpace(pattern))
			for _, name := range included {
				folders = append(folders, loaderFolders(name, depth+1)...)
			}
		} else if line != "" && line[0] != '#' {
			folders = append(folders, line)
		}
	}
	return folders
}
