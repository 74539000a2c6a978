package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// Mistakes in flags are found before any dreaming, and nothing is written.
func TestRunRefusesBadValues(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "out.png", []byte("old"))
	put(t, ".", "out.jpg", []byte("old"))
	picture, before := photo(t), files(t, ".")
	for _, c := range []struct{ flags, want string }{
		{"--layer relu4_9", `unknown layer "relu4_9": did you mean relu4_4? valid: conv1_1..2 relu1_1..2 pool1..5`},
		{"--layer 38", `unknown layer "38": did you mean 37?`},
		{"--layer relu3_1+", `objective "relu3_1+": cannot read "+": want [weight*]layer, [weight*]layer:channel or [weight*]logit:class, joined by + or -`},
		{"--layer=", "objective: is empty, want a layer"},
		{"--objective 1e300*relu1_1", "weight 1e+300: want a finite number"},
		{"--objective relu3_1+relu8_1", `unknown layer "relu8_1"`},
		{"--layer logit:0", "the net has no classifier that takes pictures of any size (the embedded net has one)"},
		{"--objective relu3_1+logit:0", "the net has no classifier"},
		{"--layer logit:", `objective "logit:": logit:: want a class's label or number, as in logit:3`},
		{"--layer relu3_1 --objective relu3_1", "--layer and --objective: want one of them, found both"},
		{"--preset gogle", `--preset "gogle": want classic, default, google or pytorch`},
		{"--engine tpu", `--engine "tpu": want auto, xla:cuda, `},
		{"--lowering fft", `--lowering "fft": want direct or winograd`},
		{"--precision float8", `--precision "float8": want float32, tf32, bfloat16 or float16`},
		{"--engine go --precision tf32", "precision tf32: engine go cannot compute in it, want engine xla:cuda"},
		{"--measure l1", `--measure "l1": want mean-square or l2`},
		{"--pyramid cheops", `--pyramid "cheops": want article, carry or detail`},
		{"--units inch", `--units "inch": want pixel or net`},
		{"--rule max", `--rule "max": want accumulate, adam, mean-abs, none or std`},
		{"--model vgg20", `unknown network "vgg20": did you mean "vgg1`},
		{"--model embeded", `unknown network "embeded": did you mean "embedded"?`},
		{"--model random:divide=0", "divide: want 1 or more, found 0"},
		{"--model random:variant=vgg12", "variant: want vgg11, vgg13, vgg16, vgg19"},
		{"--model random:size=3", `found "size=3"`},
		{"--octave-scale 1", "octave scale 1: want more than 1"},
		{"--octave-scale 0.5", "octave scale 0.5: want more than 1"},
		{"--octave-scale nan", "--octave-scale nan: want a finite number"},
		{"--octaves 0", "octaves 0: want 1 to 10000"},
		{"--octaves 10001", "octaves 10001: want 0 to 10000"},
		{"--octaves 99999999999999999999", `--octaves "99999999999999999999": is too large`},
		{"--octaves two", `--octaves "two": want a whole number`},
		{"--iterations -1", "iterations -1: want 0 to 1000000000"},
		{"--iterations 1.5", `--iterations "1.5": want a whole number`},
		{"--step 1e300", "step 1e+300: want a finite number, at most 3.4e38"},
		{"--step inf", "--step inf: want a finite number"},
		{"--step big", `--step "big": want a number`},
		{"--jitter -1", "jitter -1: want 0 to 1000000 pixels"},
		{"--smooth -1", "smooth -1: want 0 to 1000 pixels"},
		{"--width -1", "width -1: want 0 to 1000000 pixels"},
		{"--width 1000000", "width 1000000: makes a picture of 1000000x750000, want at most 268435456 pixels"},
		{"--seed -1", `--seed "-1": want a whole number, 0 or more`},
		{"--clip=maybe", `--clip "maybe": want true or false`},
		{"--depth 12", "--depth 12: want 8 or 16"},
		{"--quality 0", "--quality 0: want 1 to 100"},
		{"--quality 101", "--quality 101: want 1 to 100"},
		{"--depth 16 -o out.jpg", "only .png holds more"},
		{"-o out.gif", `want a name that ends in .png, .jpg or .jpeg, found ".gif"`},
		{"-o out", `want a name that ends in .png, .jpg or .jpeg, found ""`},
		{"--preset classic --octaves -1", "octaves -1: want 0 to"},
		{"--smooth nan", "--smooth nan: want a finite number"},
		{"--tile -1", "--tile -1: want 0 to 1000000 pixels"},
	} {
		t.Run(c.flags, func(t *testing.T) {
			args := append([]string{"run", picture, "--engine", "go", "--model", "random:divide=32", "-o", "out.png"}, strings.Fields(c.flags)...)
			wantMistake(t, dream(t, args...), terminal.ExitUsage, c.want)
		})
	}
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// Odd values that mean something.
func TestRunTakesExtremeValues(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	for _, flags := range []string{
		"--iterations 0", "--octave-scale 1.0000001", "--octave-scale 1e6", "--step 0", "--step -2", "--step 1e38",
		"--jitter 5000", "--smooth 999", "--seed 18446744073709551615", "--octaves 10000", "--objective -2*relu2_1",
	} {
		o := must(t, dreamQuickly(t, append(strings.Fields(flags), picture)...))
		if m, _ := readDream(t, "photo-dream.png"); m.Width != 40 || m.Height != 30 {
			t.Errorf("%s: came out as %dx%d: %s", flags, m.Width, m.Height, o.stderr)
		}
	}
}
