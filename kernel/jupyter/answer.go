package jupyter

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/jupyter/session"
	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

// answer replies to what is not about running cells.
func (k *kernel) answer(on wire.Channel, m wire.Message) {
	answers := map[string]func(wire.Message) (any, error){
		"kernel_info_request": k.info,
		"complete_request":    k.complete,
		"inspect_request":     k.inspect,
		"is_complete_request": isComplete,
		"history_request":     k.past,
		"comm_info_request":   func(wire.Message) (any, error) { return map[string]any{"status": "ok", "comms": map[string]any{}}, nil },
		"shutdown_request":    k.shutdown,
	}
	make, known := answers[m.Header.Type]
	if on == wire.Control && m.Header.Type != "kernel_info_request" && m.Header.Type != "shutdown_request" {
		known = false // the others wait for the cell that runs, on the shell channel
	}
	switch kind, isRequest := strings.CutSuffix(m.Header.Type, "_request"); {
	case known:
		reply, err := make(m)
		if err != nil {
			k.log.Print(err)
			reply = failure(&fault{Name: "BadRequest", Value: err.Error()})
		}
		k.sockets.Reply(on, m, kind+"_reply", reply)
	case m.Header.Type == "comm_open": // there is nobody here to talk to
		if open, err := read[map[string]any](m); err == nil {
			k.sockets.Publish(m, "comm_close", map[string]any{"comm_id": open["comm_id"], "data": map[string]any{}})
		}
	case m.Header.Type == "comm_msg", m.Header.Type == "comm_close":
	case isRequest:
		k.log.Printf("unknown message %s", m.Header.Type)
		k.sockets.Reply(on, m, kind+"_reply", failure(&fault{Name: "UnknownMessage", Value: "the dream kernel knows no " + m.Header.Type}))
	default:
		k.log.Printf("unknown message %q", m.Header.Type)
	}
}

// banner is what consoles print at the beginning.
const banner = `dream ` + dreamlib.Version + `: cells of Go that keep their state. dreamlib, models, sweep, display and much of
the standard library need no import; NAME? tells about a name; ctx ends with an interrupt.`

func (k *kernel) info(wire.Message) (any, error) {
	return map[string]any{
		"status": "ok", "protocol_version": wire.ProtocolVersion, "implementation": "dream", "implementation_version": dreamlib.Version,
		"language_info": map[string]any{"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "mimetype": "text/x-go",
			"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": ""},
		"banner": banner, "debugger": false,
		"help_links": []any{map[string]string{"text": "The Go language", "url": "https://go.dev/ref/spec"}},
	}, nil
}

func (k *kernel) shutdown(m wire.Message) (any, error) {
	request, err := read[struct {
		Restart bool `json:"restart"`
	}](m)
	k.end()
	return map[string]any{"status": "ok", "restart": request.Restart}, err
}

// position is a place in code as clients give it, in characters, as one in bytes.
func position(code string, characters int) int {
	list := []rune(code)
	return len(string(list[:max(0, min(characters, len(list)))]))
}

// characters is the way back.
func characters(code string, position int) int { return utf8.RuneCountInString(code[:position]) }

// consult asks the session something that is not a cell. Where the session is
// gone the answer is empty: the next cell tells why.
func (k *kernel) consult(o order) event {
	c := k.session()
	if c == nil || c.send(o) != nil {
		return event{}
	}
	return <-c.replies
}

type cursorRequest struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"`
	Detail int    `json:"detail_level"`
}

func (r cursorRequest) at() int {
	if r.Cursor == nil {
		return len(r.Code)
	}
	return position(r.Code, *r.Cursor)
}

func (k *kernel) complete(m wire.Message) (any, error) {
	request, err := read[cursorRequest](m)
	if err != nil {
		return nil, err
	}
	e := k.consult(order{Kind: "complete", Code: request.Code, Cursor: request.at()})
	matches, kinds := []string{}, []any{}
	from, to := characters(request.Code, e.From), characters(request.Code, e.To)
	for i, name := range e.Matches {
		matches = append(matches, name)
		kinds = append(kinds, map[string]any{"text": name, "type": e.Kinds[i], "start": from, "end": to})
	}
	return map[string]any{"status": "ok", "matches": matches, "cursor_start": from, "cursor_end": to,
		"metadata": map[string]any{"_jupyter_types_experimental": kinds}}, nil
}

func (k *kernel) inspect(m wire.Message) (any, error) {
	request, err := read[cursorRequest](m)
	if err != nil {
		return nil, err
	}
	e := k.consult(order{Kind: "inspect", Code: request.Code, Cursor: request.at(), Detail: request.Detail})
	reply := data(e.Bundle)
	reply["status"], reply["found"] = "ok", e.Bundle != nil
	return reply, nil
}

func isComplete(m wire.Message) (any, error) {
	request, err := read[cursorRequest](m)
	if err != nil {
		return nil, err
	}
	status, indent := session.IsComplete(request.Code)
	reply := map[string]any{"status": status}
	if status == "incomplete" {
		reply["indent"] = indent
	}
	return reply, nil
}

// An entry is one cell of the past.
type entry struct {
	line          int
	input, output string
}

// past answers what cells there have been. All are of session 1: earlier kernels
// leave nothing.
func (k *kernel) past(m wire.Message) (any, error) {
	request, err := read[struct {
		Output  bool   `json:"output"`
		Kind    string `json:"hist_access_type"`
		Session int    `json:"session"`
		Start   int    `json:"start"`
		Stop    int    `json:"stop"` // not included; 0 for the end
		N       int    `json:"n"`
		Pattern string `json:"pattern"`
		Unique  bool   `json:"unique"`
	}](m)
	if err != nil {
		return nil, err
	}
	var list []entry
	switch request.Kind {
	case "tail":
		list = tail(k.history, request.N)
	case "range":
		for _, e := range k.history {
			if request.Session <= 1 && e.line >= request.Start && (request.Stop <= 0 || e.line < request.Stop) {
				list = append(list, e)
			}
		}
	case "search":
		list = tail(matching(k.history, request.Pattern, request.Unique), request.N)
	default:
		return nil, fmt.Errorf("jupyter: history_request: want hist_access_type tail, range or search, found %q", request.Kind)
	}
	past := []any{}
	for _, e := range list {
		if request.Output {
			past = append(past, []any{1, e.line, []any{e.input, e.output}})
		} else {
			past = append(past, []any{1, e.line, e.input})
		}
	}
	return map[string]any{"status": "ok", "history": past}, nil
}

// tail is the last n entries, all of them for 0.
func tail(list []entry, n int) []entry {
	if n <= 0 {
		return list
	}
	return list[max(0, len(list)-n):]
}

// matching are the entries whose input matches a pattern of * and ?; with unique
// each input once, where it was last.
func matching(list []entry, pattern string, unique bool) (found []entry) {
	quoted := regexp.QuoteMeta(pattern)
	wanted := regexp.MustCompile("(?s)^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted) + "$")
	last := map[string]int{}
	for i, e := range list {
		last[e.input] = i
	}
	for i, e := range list {
		if wanted.MatchString(e.input) && (!unique || last[e.input] == i) {
			found = append(found, e)
		}
	}
	return found
}
