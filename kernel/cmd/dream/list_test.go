package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/pjrt"
	"github.com/seed2310110f/godream/dreamlib/pjrt/pjrttest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/nets"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// wantRow checks that one line of text has these fields.
func wantRow(t *testing.T, text string, fields ...string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if slices.Equal(strings.Fields(line), fields) {
			return
		}
	}
	t.Errorf("no line %q in\n%s", fields, text)
}

func parse[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestLayers(t *testing.T) {
	o := must(t, dream(t, "layers", "--model", "random"))
	if n := strings.Count(o.stdout, "\n"); n != 38 || o.stderr != "" {
		t.Errorf("%d lines, want a head and 37 layers; also printed %q", n, o.stderr)
	}
	wantRow(t, o.stdout, "1", "conv1_1", "features.0", "1", "16", "1", "3", "1")
	wantRow(t, o.stdout, "19", "pool3", "features.18", "block3_pool", "19", "64", "8", "52", "8")
	wantRow(t, must(t, dream(t, "layers", "--model", narrowNet)).stdout, "2", "relu1_1", "features.1", "block1_conv1", "2", "8", "1", "3", "1")

	if unsaid := must(t, dream(t, "layers")); unsaid != must(t, dream(t, "layers", "--model", "embedded")) || strings.Count(unsaid.stdout, "\n") != 38 {
		t.Errorf("without --model the layers are not those of the embedded net: %s", unsaid.stdout)
	}

	rows := parse[[]nets.LayerRow](t, must(t, dream(t, "layers", "--model", "random:variant=vgg11,divide=8", "--json")).stdout)
	if len(rows) != 21 {
		t.Fatalf("%d layers, want 21", len(rows))
	}
	last := rows[20]
	if last.Count != 21 || last.Name != "pool5" || last.Channels != 64 || last.Stride != 32 || last.MinSize != 32 ||
		!slices.Equal(last.Aliases, []string{"features.20", "block5_pool", "21"}) {
		t.Errorf("the last layer is %+v", last)
	}
}

func TestModels(t *testing.T) {
	o := must(t, dream(t, "models"))
	for _, name := range []string{"embedded", "random", "vgg16", "vgg19", "timm/vgg19.tv_in1k"} {
		if !strings.Contains(o.stdout, "\n"+name+" ") {
			t.Errorf("%s is not listed:\n%s", name, o.stdout)
		}
	}
	if !regexp.MustCompile(`\nembedded +yes +\d+\.\d MB +Apache-2\.0 +narrow VGG19 trained by the project`).MatchString(o.stdout) {
		t.Errorf("the embedded net is not described:\n%s", o.stdout)
	}
	wantMistake(t, dream(t, "models", "info", "vgg19"), terminal.ExitFailed, `vgg19 is not in the cache: run "dream models pull vgg19" (575 MB)`)
	wantMistake(t, dream(t, "models", "info", "embeded"), terminal.ExitUsage, `unknown network "embeded": did you mean "embedded"?`)
	wantMistake(t, dream(t, "models", "pull", "vgg18"), terminal.ExitUsage, `unknown network "vgg18": did you mean "vgg1`)
	wantMistake(t, dream(t, "models", "pull", "embedded"), terminal.ExitUsage, "embedded comes with the program: there is nothing to download")
	wantMistake(t, dream(t, "models", "pull"), terminal.ExitUsage, "found 0 arguments")
}

func TestEngines(t *testing.T) {
	o := must(t, dream(t, "engines"))
	for _, name := range vgg.EngineNames {
		if !strings.Contains(o.stdout, "\n"+name+" ") {
			t.Errorf("%s is not listed:\n%s", name, o.stdout)
		}
	}
	list := parse[[]vgg.EngineStatus](t, must(t, dream(t, "engines", "--json")).stdout)
	if here := slices.IndexFunc(list, func(s vgg.EngineStatus) bool { return s.Name == "go" && s.Found }); len(list) != len(vgg.EngineNames) || here < 0 {
		t.Errorf("got %+v, want the go engine to be here", list)
	}
}

func TestEnginesInstallKeepsWhatIsThere(t *testing.T) {
	folder := t.TempDir()
	plugin := pjrttest.Put(t, pjrttest.Plugin(t), folder, "pjrt_c_api_cpu_plugin.so")
	t.Setenv(pjrt.PathEnv, folder)
	for _, args := range [][]string{{"engines", "install"}, {"engines", "install", "cpu"}} {
		if o := must(t, dream(t, args...)); o.stdout != plugin+"\n" || o.stderr != "" {
			t.Errorf("%q: printed %q and %q", args, o.stdout, o.stderr)
		}
	}
	if len(files(t, folder)) != 1 {
		t.Error("something was installed")
	}
	wantMistake(t, dream(t, "engines", "install", "tpu"), terminal.ExitUsage, `want cpu or cuda, found "tpu"`)
	wantMistake(t, dream(t, "engines", "install", "cpu", "cuda"), terminal.ExitUsage, "want cpu or cuda")
}

func TestVersionAndHelp(t *testing.T) {
	if o := must(t, dream(t, "--version")); o.stdout != "dream version "+dreamlib.Version+"\n" {
		t.Errorf("printed %q", o.stdout)
	}
	long := must(t, dream(t)).stdout
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}} {
		if o := must(t, dream(t, args...)); o.stdout != long {
			t.Errorf("%q: printed %q", args, o.stdout)
		}
	}
	for _, command := range []string{"run", "plan", "ladder", "redo", "layers", "models", "engines", "bench", "completion"} {
		if !strings.Contains(long, "\n  "+command+" ") {
			t.Errorf("%s is missing from\n%s", command, long)
		}
		o := must(t, dream(t, command, "--help"))
		if !strings.Contains(o.stdout, "Usage:\n  dream "+command) || o != must(t, dream(t, "help", command)) {
			t.Errorf("%s --help: printed %q", command, o.stdout)
		}
	}
}

func TestMisspeltCommandsAndFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"rum photo.jpg", `unknown command "rum": did you mean run? see "dream --help"`},
		{"photo.jpg", `unknown command "photo.jpg": see "dream --help"`},
		{"models pul vgg19", `unknown command "pul": did you mean pull? see "dream models --help"`},
		{"engines instal", "did you mean install?"},
		{"help rum", "did you mean run?"},
		{"completion dash", "did you mean bash?"},
		{"completion bash more", `unknown command "more"`},
		{"--model x", "unknown flag: --model"},
		{"run", `want one picture, found 0 arguments: see "dream run --help"`},
		{"run a b", "want one picture, found 2 arguments"},
		{"run a --layers relu1_1", "unknown flag: --layers: did you mean --layer?"},
		{"run a -z", "unknown shorthand flag: 'z'"},
		{"run a --layer", "flag needs an argument: --layer"},
		{"layers relu1_1", "want no arguments, found 1 argument:"},
		{"redo", "want one dreamt picture, found 0 arguments"},
		{"models info", "want one network, found 0 arguments"},
	} {
		t.Run(c.args, func(t *testing.T) {
			wantMistake(t, dream(t, strings.Fields(c.args)...), terminal.ExitUsage, c.want)
		})
	}
}

func TestCompletion(t *testing.T) {
	for shell, want := range map[string]string{"bash": "__start_dream", "zsh": "#compdef dream", "fish": "complete -c dream", "powershell": "Register-ArgumentCompleter"} {
		if o := must(t, dream(t, "completion", shell)); !strings.Contains(o.stdout, want) || o.stderr != "" {
			t.Errorf("%s: no %q in its script", shell, want)
		}
	}
	for _, c := range []struct {
		args string
		want []string // some of what is offered
	}{
		{"", []string{"run", "plan", "redo", "layers"}},
		{"run --layer", []string{"conv1_1", "relu4_2", "pool5"}},
		{"run --model random:variant=vgg11 --layer", []string{"relu3_2"}},
		{"run --preset", dreamlib.Presets()},
		{"run --engine", []string{"auto", "xla:cpu", "go"}},
		{"run --lowering", []string{"direct", "winograd"}},
		{"plan --precision", []string{"float32", "tf32", "bfloat16", "float16"}},
		{"run --measure", []string{"mean-square", "l2"}},
		{"run --pyramid", []string{"detail", "carry", "article"}},
		{"run --units", []string{"pixel", "net"}},
		{"run --rule", []string{"mean-abs", "std", "none", "accumulate"}},
		{"run --model", []string{"embedded", "random", "vgg19"}},
		{"redo --engine", []string{"go"}},
		{"redo --model", []string{"vgg16"}},
		{"layers --model", []string{"vgg16"}},
		{"models info", []string{"embedded", "vgg16"}},
		{"models pull", []string{"vgg16", "timm/vgg19.tv_in1k"}},
		{"engines install", []string{"cpu", "cuda"}},
	} {
		wantOffered(t, append(strings.Fields(c.args), ""), c.want...)
	}
	if o := must(t, dream(t, "__complete", "run", "--model", "random:variant=vgg11", "--layer", "")); strings.Contains(o.stdout, "relu3_3") {
		t.Error("a layer is offered that the network does not have")
	}
	if o := dream(t, "__complete", "run", "--model", "nonsense", "--layer", ""); strings.Contains(o.stdout, "relu") {
		t.Errorf("layers of an unknown network: %s", o.stdout)
	}
	if o := must(t, dream(t, "__complete", "models", "pull", "")); strings.Contains(o.stdout, "embedded") {
		t.Errorf("what is here is offered for download: %s", o.stdout)
	}
}

// wantOffered checks some of what is offered for the last of args.
func wantOffered(t *testing.T, args []string, want ...string) {
	t.Helper()
	o := must(t, dream(t, append([]string{"__complete"}, args...)...))
	offered := map[string]bool{}
	for line := range strings.Lines(o.stdout) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		offered[word] = true
	}
	for _, w := range want {
		if !offered[w] {
			t.Errorf("dream %q: %s is not offered:\n%s", args, w, o.stdout)
		}
	}
}

// Layers and classes are offered for the term that is being typed.
func TestCompletionOfObjectives(t *testing.T) {
	last := "logit:" + embeddedNet(t).Labels[len(embeddedNet(t).Labels)-1]
	for _, c := range []struct{ typed, before string }{{"", ""}, {"lo", ""}, {"relu3_1+", "relu3_1+"}, {"relu3_1 - 0.5*re", "relu3_1 - 0.5*"}} {
		for _, args := range [][]string{{"run"}, {"run", "--model", "embedded"}} {
			wantOffered(t, append(args, "--objective", c.typed), c.before+"relu4_2", c.before+last)
			wantOffered(t, append(args, "--layer", c.typed), c.before+"pool5", c.before+last)
		}
	}
	if o := must(t, dream(t, "__complete", "run", "--model", "random", "--layer", "")); strings.Contains(o.stdout, "logit") {
		t.Errorf("classes are offered that the network does not have:\n%s", o.stdout)
	}
}

// Nothing but a download needs the user's folders.
func TestWithoutHome(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the variables are other ones")
	}
	t.Chdir(t.TempDir())
	picture := photo(t)
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "") // so that it is restored
		os.Unsetenv(name)
	}
	for _, args := range [][]string{{"models"}, {"layers"}, {"engines"}} {
		must(t, dream(t, args...))
	}
	must(t, dreamQuickly(t, picture))
	wantMistake(t, dream(t, "models", "pull", "vgg19"), terminal.ExitFailed, "no cache folder")
	wantMistake(t, dream(t, "layers", "--model", "vgg19"), terminal.ExitFailed, "vgg19 is not in the cache")
	cache := put(t, ".", "file", nil)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), cache))
	wantMistake(t, dream(t, "layers", "--model", "vgg19"), terminal.ExitFailed, "vgg19 is not in the cache")
}
