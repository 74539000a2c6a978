package grid

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Setting is one of a job's settings.
type Setting struct {
	Name  string // as flags have it: octave-scale
	Value string
	Own   bool // differs from the preset's
}

// Key is the setting's name as JSON has it: octave_scale.
func (s Setting) Key() string { return strings.ReplaceAll(s.Name, "-", "_") }

// Settings are all of the job's, in the order of Config, then of ModelOptions.
func (j Job) Settings() []Setting {
	own, preset := j.unusual()
	s := j.settings()
	list := make([]Setting, len(fields))
	for i, f := range fields {
		list[i] = Setting{f.name, f.text(f.of(&s)), slices.ContainsFunc(own, func(o field) bool { return o.key == f.key })}
		if f.key == presetKey {
			list[i].Own = preset != "default"
		}
	}
	return list
}

// unusual are the job's settings that differ from its preset's, in the order of Config.
// The preset is "default" where the job has none that a command line could name.
func (j Job) unusual() (list []field, preset string) {
	preset = j.Config.Preset
	usual, err := dreamlib.Preset(preset)
	if err != nil {
		preset = "default"
		usual, _ = dreamlib.Preset(preset)
	}
	own, from := j.settings(), settings{usual, vgg.Options{Precision: vgg.PrecisionFloat32}}
	for _, f := range fields {
		if f.key != presetKey && f.text(f.of(&own)) != f.text(f.of(&from)) {
			list = append(list, f)
		}
	}
	return list, preset
}

// settings are the job's, with the number format spelt out.
func (j Job) settings() settings {
	s := settings{j.Config, j.Options}
	if s.Precision == "" {
		s.Precision = vgg.PrecisionFloat32
	}
	return s
}

// Command is the command line that dreams the job again, on an engine, in the folder
// where the sweep was begun: only the flags that differ from the preset's settings. It
// is quoted for a POSIX shell.
func (j Job) Command(engine string) string {
	words := []string{"dream", "run", j.Picture.Source}
	if strings.HasPrefix(j.Picture.Source, "-") {
		words[2] = "./" + words[2]
	}
	flag := func(name, value string) {
		if strings.HasPrefix(value, "-") || value == "false" { // no word of its own
			words = append(words, "--"+name+"="+value)
			return
		}
		words = append(words, "--"+name, value)
	}
	list, preset := j.unusual()
	if preset != "default" {
		flag("preset", preset)
	}
	s := j.settings()
	for _, f := range list {
		name := f.name
		if f.kind == reflect.TypeFor[dreamlib.Objective]() && layerAlone(j.Config.Objective) {
			name = layerField
		}
		flag(name, f.text(f.of(&s)))
	}
	if j.Net.Source != "embedded" {
		flag("model", j.Net.Source)
	}
	if engine != "" {
		flag("engine", engine)
	}
	words = append(words, "-o", path.Base(j.File()))
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// layerAlone reports whether an objective is one layer and nothing else.
func layerAlone(o dreamlib.Objective) bool { return o == dreamlib.Layer(o.String()) }

// plainWord is what a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=,+@%-]+$`)

// shellWord quotes a word for a POSIX shell where that is needed.
func shellWord(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// program is what Code writes, with what differs in it.
const program = `//go:build ignore

// Dream as job %[1]s of a sweep did.
package main

import (
	"context"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
%[9]s)

var (
	photo = %[2]s // set file: what to dream on
	out   = %[3]s // set: where to write it
)

func main() {
	ctx := context.Background()
	model, err := dreamlib.Open(ctx, %[5]s, dreamlib.Options{Engine: %[4]s%[6]s})
	check(err)
	defer model.Close()
	input, err := picture.Read(photo)
	check(err)

	cfg, err := dreamlib.Preset(%[7]s)
	check(err)
%[8]s
	result, err := dreamlib.Dream(ctx, model, input, cfg, nil)
	check(err)
	check(picture.Write(out, result.Image, picture.Options{}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
`

// Code is a Go program that dreams the job again, on an engine: a recipe, for "dream
// recipe run" or, in a checkout, for "go run", in the folder where the sweep was
// begun.
func (j Job) Code(engine string) string {
	if engine == "" {
		engine = "auto"
	}
	list, preset := j.unusual()
	s := j.settings()
	var options []string
	var config strings.Builder
	for _, f := range list {
		name, value := reflect.TypeFor[settings]().FieldByIndex(f.index).Name, f.text(f.of(&s))
		_, isOption := reflect.TypeFor[vgg.Options]().FieldByName(name)
		if f.kind.Kind() == reflect.String || f.kind.Kind() == reflect.Interface {
			value = strconv.Quote(value)
		}
		switch {
		case layerAlone(j.Config.Objective) && f.kind == reflect.TypeFor[dreamlib.Objective]():
			fmt.Fprintf(&config, "\tcfg.%s = dreamlib.Layer(%s)\n", name, value)
		case f.kind == reflect.TypeFor[dreamlib.Objective]():
			fmt.Fprintf(&config, "\tcfg.%s, err = dreamlib.ParseObjective(%s)\n\tcheck(err)\n", name, value)
		case f.kind == reflect.TypeFor[dreamlib.Transform]():
			fmt.Fprintf(&config, "\tcfg.%s, err = dreamlib.ParseTransform(%s)\n\tcheck(err)\n", name, value)
		case f.kind.Kind() == reflect.Interface:
			fmt.Fprintf(&config, "\tcfg.%s = dreamlib.%ss[%s]\n", name, name, value)
		case isOption:
			options = append(options, name+": "+value)
		default:
			fmt.Fprintf(&config, "\tcfg.%s = %s\n", name, value)
		}
	}
	given, imports := "", ""
	if len(options) > 0 {
		imports = "\t\"github.com/seed2310110f/godream/dreamlib/vgg\"\n"
		given = ", Options: vgg.Options{" + strings.Join(options, ", ") + "}"
	}
	return fmt.Sprintf(program, j.ID, strconv.Quote(j.Picture.Source), strconv.Quote(path.Base(j.File())), strconv.Quote(engine),
		strconv.Quote(j.Net.Source), given, strconv.Quote(preset), config.String(), imports)
}
