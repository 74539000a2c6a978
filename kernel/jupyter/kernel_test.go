package jupyter

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

func newClient(t *testing.T) *client {
	t.Helper()
	c := startKernel(t, 4<<30)
	return c.begin()
}

func (c *client) want(o output, result, fault string) {
	c.t.Helper()
	if o.result != result || !strings.Contains(o.fault(), fault) || (fault == "") != (o.fault() == "") {
		c.t.Errorf("found result %q, error %q; want %q, %q", o.result, o.fault(), result, fault)
	}
}

func TestExecute(t *testing.T) {
	c := newClient(t)
	c.want(c.run("x := 20\nx + 1"), "21", "")
	o := c.run("fmt.Println(\"out\")\nfmt.Fprintln(os.Stderr, \"err\")\nprintln(\"more\")\nx")
	if o.texts["stdout"] != "out\nmore\n" && o.texts["stdout"]+o.texts["stderr"] != "out\nerr\nmore\n" || !strings.Contains(o.texts["stderr"], "err\n") {
		t.Errorf("found %v", o.texts)
	}
	if o.reply["execution_count"] != 2.0 {
		t.Errorf("count %v, want 2", o.reply["execution_count"])
	}

	o = c.run("fmt.Print(\"a\")\nd, err := display.Text(\"one\")\nfmt.Print(\"b\")\nd.HTML(\"<i>two</i>\")\nfmt.Print(\"c\")\ndisplay.Clear(true)")
	var kinds []string
	for _, m := range o.all {
		kinds = append(kinds, m.Header.Type)
	}
	if want := []string{"stream", "display_data", "stream", "update_display_data", "stream", "clear_output"}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("found %v, want %v", kinds, want)
	} else if a, b := asDict(o.all[1].Content), asDict(o.all[3].Content); !reflect.DeepEqual(a["transient"], b["transient"]) {
		t.Errorf("%v was to replace %v", b, a)
	}

	o = c.run("m := picture.New(2, 1)\nm")
	picture, _ := base64.StdEncoding.DecodeString(asDict(o.all[0].Content)["data"].(dict)["image/png"].(string))
	if !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("found %q, want a PNG", picture)
	}
	c.want(c.run("strconv.Atoi(\"no\")"), "", "Error: cell 5, line 1: strconv.Atoi")
	c.want(c.run("type P struct{ A int; B string }\n[]P{{1, \"x\"}, {2, \"y\"}}"), "A  B\n1  x\n2  y", "")
	c.want(c.run("for i := range 3 { fmt.Println(i) }"), "", "InterpreterError: cell 7, line 1")
}

func TestRequests(t *testing.T) {
	c := newClient(t)
	id := c.send(c.shell, "execute_request", dict{"code": "y := 4; fmt.Println(y)", "silent": true})
	o := c.finish(id)
	if len(o.all) > 0 || o.reply["execution_count"] != 0.0 {
		t.Errorf("a silent cell said %v, count %v", o.all, o.reply["execution_count"])
	}

	code := "é := cfg.Oct"
	c.run("cfg, _ := dreamlib.Preset(\"google\")")
	r := c.request(c.shell, "complete_request", dict{"code": code, "cursor_pos": 12})
	if fmt.Sprint(r["matches"]) != "[OctaveScale Octaves]" || r["cursor_start"] != 9.0 || r["cursor_end"] != 12.0 {
		t.Errorf("completed to %v", r)
	}
	r = c.request(c.shell, "complete_request", dict{"code": "cfg2 := cfg\ncfg2.Jit", "cursor_pos": 20})
	if fmt.Sprint(r["matches"]) != "[Jitter]" {
		t.Errorf("a name of the same cell completed to %v", r)
	}
	for code, want := range map[string]string{
		"dreamlib.Dream(ctx, ": "calls onStep", "cfg.Octaves": "Octaves", "cfg": "Config", "dreamlib": "package", "display.Image": "func Image", "strings.ToUpper": "pkg.go.dev/strings#ToUpper", "cfg.Check": "func (",
		"sweep.Axis": "Zipped are axes", "sweep.Grid{}.Axes": "what is swept",
	} {
		r := c.request(c.shell, "inspect_request", dict{"code": code, "cursor_pos": len(code), "detail_level": 0})
		text, _ := r["data"].(dict)["text/plain"].(string)
		if r["found"] != true || !strings.Contains(text, want) {
			t.Errorf("%s: found %v, want %q", code, r, want)
		}
	}
	if r := c.request(c.shell, "inspect_request", dict{"code": "nobody", "cursor_pos": 3}); r["found"] != false || r["status"] != "ok" {
		t.Errorf("inspected %v", r)
	}
	r = c.request(c.shell, "is_complete_request", dict{"code": "if x {"})
	if r["status"] != "incomplete" || r["indent"] != "\t" {
		t.Errorf("is_complete: %v", r)
	}
	r = c.request(c.shell, "history_request", dict{"hist_access_type": "tail", "n": 5, "output": false})
	if fmt.Sprint(r["history"]) != "[[1 1 cfg, _ := dreamlib.Preset(\"google\")]]" {
		t.Errorf("history: %v", r)
	}
	if r := c.request(c.shell, "history_request", dict{"hist_access_type": "all"}); r["status"] != "error" {
		t.Errorf("history: %v", r)
	}
	if r := c.request(c.shell, "comm_info_request", nil); r["status"] != "ok" {
		t.Errorf("comm_info: %v", r)
	}
	if r := c.request(c.control, "kernel_info_request", nil); r["implementation"] != "dream" {
		t.Errorf("kernel_info: %v", r)
	}
}

func TestAbort(t *testing.T) {
	c := newClient(t)
	ids := []string{c.start("a := 1\ntime.Sleep(300 * time.Millisecond)\npanic(\"stop\")"), c.start("b := 2"), c.start("c := 3")}
	c.want(c.finish(ids[0]), "", "Panic: cell 1, line 3: panic: stop")
	for _, id := range ids[1:] {
		if o := c.finish(id); o.reply["status"] != "aborted" {
			t.Errorf("found %v, want aborted", o.reply)
		}
	}
	c.want(c.run("a"), "1", "")
}

func TestStdin(t *testing.T) {
	c := newClient(t)
	id := c.start("var n int\nfmt.Print(\"how many? \")\nfmt.Scanln(&n)\nname, err := display.Ask(\"name: \")\nfmt.Sprintf(\"%d %s %v\", n, name, err)")
	for _, want := range []struct{ prompt, answer string }{{"", "12"}, {"name: ", "Ada"}} {
		m := c.receive(c.stdin)
		if m.Header.Type != "input_request" || asDict(m.Content)["prompt"] != want.prompt {
			t.Fatalf("found %s %s", m.Header.Type, m.Content)
		}
		c.send(c.stdin, "input_reply", dict{"value": want.answer})
	}
	o := c.finish(id)
	c.want(o, `"12 Ada <nil>"`, "")
	if o.texts["stdout"] != "how many? " {
		t.Errorf("stdout %q", o.texts["stdout"])
	}
	id = c.send(c.shell, "execute_request", dict{"code": "display.Ask(\"?\")", "allow_stdin": false})
	c.want(c.finish(id), "", "this client does not answer questions")

	id = c.start("display.AskSecret(\"password: \")")
	if m := c.receive(c.stdin); asDict(m.Content)["password"] != true {
		t.Errorf("found %s", m.Content)
	}
	c.request(c.control, "interrupt_request", nil)
	c.want(c.finish(id), "", "interrupted")
}

const model = `net, err := models.Random(1, "vgg19", 16)
engine, err := vgg.OpenEngine("go")
model, err := vgg.NewModel(engine, net, vgg.Options{})
cfg, err := dreamlib.Preset("google")
cfg.Objective = dreamlib.Layer("relu2_1")
cfg.Octaves, cfg.Iterations = 1, 3
result, err := dreamlib.Dream(ctx, model, picture.New(40, 32), cfg, nil)
err`

// TestDream dreams, interrupts a longer dream, whose picture so far is kept, and
// dreams again on the same model.
func TestDream(t *testing.T) {
	c := newClient(t)
	c.want(c.run(model), "", "")
	c.want(c.run("len(result.Values)"), "3", "")
	id := c.start("cfg.Iterations = 1000000\nsteps := 0\nlong, err := dreamlib.Dream(context.Background(), model, picture.New(40, 32), cfg, func(dreamlib.Progress) error {\n steps++\n if steps == 2 { fmt.Println(\"under way\") }\n return nil\n})\nlong.Image")
	c.await("under way")
	c.request(c.control, "interrupt_request", nil)
	o := c.finish(id)
	if o.result != "picture of 40x32 pixels" || !strings.Contains(o.fault(), "Interrupted: cell 3, line") {
		t.Errorf("found %q, %q", o.result, o.fault())
	}
	c.want(c.run("err == context.Canceled || errors.Is(err, context.Canceled)"), "true", "")
	c.want(c.run("cfg.Iterations = 2\nagain, err := dreamlib.Dream(ctx, model, long.Image, cfg, nil)\nlen(again.Values)"), "2", "")
}

// TestSweep interrupts a sweep, whose dreams so far are kept and shown, and does the rest
// of a smaller one.
func TestSweep(t *testing.T) {
	c := newClient(t)
	c.want(c.run("err := picture.Write(\"a.png\", picture.New(40, 32), picture.Options{})\nerr"), "", "")
	const axes = "[]sweep.Axis{sweep.Over(\"layer\", \"relu1_1\"), sweep.Over(\"octaves\", 1), sweep.Over(\"seed\", \"0..%d\")}"
	c.want(c.run("grid := sweep.Grid{Pictures: []string{\"a.png\"}, Nets: []string{\"random:divide=32\"}, Axes: "+fmt.Sprintf(axes, 1999)+"}"), "", "")
	id := c.start("folder, err := sweep.Dream(ctx, \"s\", grid, sweep.Options{OnProgress: func(p sweep.Progress) {\n if p.Done == 2 { fmt.Println(\"under way\") }\n}})\nfolder")
	c.await("under way")
	c.request(c.control, "interrupt_request", nil)
	o := c.finish(id)
	const slow = "dream: interrupted, but the cell is in a call that does not look: interrupt again to end the session, with all that it holds\n"
	printed := strings.TrimSuffix(o.texts["stderr"], slow) // which comes where the sheets take long
	if !strings.HasPrefix(o.result, "picture of ") || !strings.Contains(o.fault(), "Interrupted: cell 3, line") || !strings.HasSuffix(printed, "of 2000 dreams are done and kept in s: the same call goes on\n") {
		t.Errorf("found %q, %q, %q", o.result, o.fault(), o.texts)
	}
	c.want(c.run("done, _ := folder.Tally()\ndone >= 2 && errors.Is(err, context.Canceled)"), "true", "")
	c.want(c.run("grid.Axes = "+fmt.Sprintf(axes, 3)+"\nfolder, err = sweep.Dream(ctx, \"s\", grid, sweep.Options{})\nlen(folder.Missing())"), "0", "")
	c.want(c.run("sweep.Dream(ctx, \"/tmp/outside\", grid, sweep.Options{})"), "", "permission denied")
}

func TestInterrupt(t *testing.T) {
	c := newClient(t)
	c.run("n := 7")
	id := c.start("n = 8\nfmt.Println(\"begun\")\nfor { n = 8 }")
	c.await("begun")
	c.request(c.control, "interrupt_request", nil)
	c.want(c.finish(id), "", "Interrupted: cell 2, line ") // its end, when the loop has not begun
	c.want(c.run("n"), "8", "")

	// Nothing can end this but the end of its process.
	id = c.start("fmt.Println(\"stuck\")\nselect {}")
	c.await("stuck")
	c.request(c.control, "interrupt_request", nil)
	c.await("interrupt again to end the session")
	c.request(c.control, "interrupt_request", nil)
	c.want(c.finish(id), "", "it was interrupted twice. A clean one takes its place; lost: n")
	c.want(c.run("n"), "", "undefined: n")
}

// await waits until something is printed.
func (c *client) await(text string) {
	c.t.Helper()
	for {
		select {
		case m := <-c.iopub:
			if m.Header.Type == "stream" && strings.Contains(string(m.Content), text) {
				return
			}
		case <-time.After(patience):
			c.t.Fatalf("%q was never printed", text)
		}
	}
}

// TestBadCells runs cells that would take a process along, or want what they
// must not have; each is reported and the next cell runs.
func TestBadCells(t *testing.T) {
	c := newClient(t)
	for _, bad := range []struct {
		code, want string
		lost       bool
	}{
		{"go func() { panic(\"in a goroutine\") }()\ntime.Sleep(time.Minute)", "panic: in a goroutine", true},
		{"func f(n int) int { return f(n+1) + 1 }\nf(0)", "stack overflow", true},
		{"b := make([]byte, 10<<30)\nlen(b)", "out of memory", true},
		{"os.Exit(3)", "os.Exit(3)", true},
		{"log.Fatal(\"the end\")", "os.Exit(1) or log.Fatal", true},
		{"os.ReadFile(\"/etc/passwd\")", "permission denied", false},
		{"os.WriteFile(\"/tmp/outside\", nil, 0o666)", "permission denied", false},
		{"import \"os/exec\"", "ImportError", false},
		{"import \"syscall\"", "ImportError", false},
		{"x := (", "SyntaxError: cell", false},
		{"var p *int\n*p = 1", "Panic: cell", false},
	} {
		c.run("kept := 1")
		c.want(c.run(bad.code), "", bad.want)
		want := "undefined: kept"
		if o := c.run("kept"); bad.lost && !strings.Contains(o.fault(), want) || !bad.lost && o.result != "1" {
			t.Errorf("after %s: %q, %q", bad.code, o.result, o.fault())
		}
	}
	o := c.run("lostName := 1\nos.Exit(0)")
	if !strings.Contains(o.fault(), "nothing was declared yet") && !strings.Contains(o.fault(), "kept") {
		t.Errorf("found %q", o.fault())
	}
}

// TestHostile sends what no client should.
func TestHostile(t *testing.T) {
	c := newClient(t)
	if r := c.request(c.shell, "make_coffee_request", nil); r["status"] != "error" || !strings.Contains(fmt.Sprint(r["evalue"]), "make_coffee_request") {
		t.Errorf("found %v", r)
	}
	c.send(c.shell, "nonsense", nil)
	good := c.signer
	c.signer = wire.NewSigner("wrong")
	c.start("forged := 1")
	c.signer = good
	for _, frames := range [][][]byte{{[]byte("half")}, {[]byte("<IDS|MSG>"), nil}} {
		if err := c.shell.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
			t.Fatal(err)
		}
	}
	if o := c.finish(c.send(c.shell, "execute_request", []int{1})); !strings.Contains(o.fault(), "BadRequest") {
		t.Errorf("found %v", o.reply)
	}
	c.want(c.run("forged"), "", "undefined: forged")
	c.want(c.run("1"), "1", "")
	for _, want := range []string{"unknown message make_coffee_request", `unknown message "nonsense"`, "its signature is not", "half a message"} {
		if !strings.Contains(c.stderr.String(), want) {
			t.Errorf("want %q in %s", want, c.stderr.String())
		}
	}
}

// TestEnd shuts a kernel down, and kills one: neither leaves a process.
func TestEnd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("finds processes in /proc")
	}
	for name, end := range map[string]func(c *client){
		"shutdown": func(c *client) {
			if r := c.request(c.control, "shutdown_request", dict{"restart": true}); r["restart"] != true || r["status"] != "ok" {
				t.Errorf("found %v", r)
			}
		},
		"shutdown of a busy one": func(c *client) {
			c.start("for {}")
			c.request(c.control, "shutdown_request", dict{"restart": false})
		},
		"kill":      func(c *client) { _ = c.cmd.Process.Kill() },
		"terminate": func(c *client) { _ = c.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t)
			c.run("1")
			children := childrenOf(c.cmd.Process.Pid)
			if len(children) != 1 {
				t.Fatalf("found children %v, want one", children)
			}
			end(c)
			select {
			case <-c.ended:
			case <-time.After(patience):
				t.Fatal("the kernel goes on")
			}
			for deadline := time.Now().Add(patience); alive(children[0]); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the session's process goes on")
				}
			}
		})
	}
}

func childrenOf(pid int) (list []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if parent, _ := strconv.Atoi(fields[1]); parent == pid {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			list = append(list, child)
		}
	}
	return list
}

func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text), ") Z ")
}
