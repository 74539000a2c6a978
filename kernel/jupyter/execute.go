package jupyter

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

// executeRequest is what clients send to run a cell.
type executeRequest struct {
	Code         string `json:"code"`
	Silent       bool   `json:"silent"`
	StoreHistory *bool  `json:"store_history"` // default true, unless silent
	AllowStdin   *bool  `json:"allow_stdin"`   // default true
	StopOnError  *bool  `json:"stop_on_error"` // default true
}

func or(p *bool, usual bool) bool {
	if p == nil {
		return usual
	}
	return *p
}

// execute runs a cell and answers.
func (k *kernel) execute(m wire.Message) {
	request, err := read[executeRequest](m)
	if err != nil {
		k.sockets.Reply(wire.Shell, m, "execute_reply", failure(&fault{Name: "BadRequest", Value: err.Error()}))
		return
	}
	counted := !request.Silent && or(request.StoreHistory, true)
	k.begin(m, request, counted)
	done := k.perform(request)
	k.mu.Lock()
	k.running, k.stopped = false, time.Time{}
	if done.Names != nil {
		k.names = done.Names
	}
	count, result := k.count, k.result
	k.mu.Unlock()
	if counted {
		k.history = append(k.history, entry{line: count, input: request.Code, output: result})
	}
	payload := []any{}
	if done.Page != nil {
		payload = append(payload, map[string]any{"source": "page", "data": done.Page, "start": 0})
	}
	reply := map[string]any{"status": "ok", "payload": payload, "user_expressions": map[string]any{}}
	if done.Fault != nil {
		reply = failure(done.Fault)
		if !request.Silent {
			k.sockets.Publish(m, "error", map[string]any{"ename": done.Fault.Name, "evalue": done.Fault.Value, "traceback": reply["traceback"]})
		}
		if or(request.StopOnError, true) {
			k.aborting = 1 + len(k.sockets.Requests[wire.Shell])
		}
	}
	reply["execution_count"] = count
	k.sockets.Reply(wire.Shell, m, "execute_reply", reply)
}

// begin notes which cell is running.
func (k *kernel) begin(m wire.Message, request executeRequest, counted bool) {
	k.mu.Lock()
	if counted {
		k.count++
	}
	k.parent, k.request, k.result, k.running, k.stopped = m, request, "", true, time.Time{}
	count := k.count
	k.mu.Unlock()
	if !request.Silent {
		k.sockets.Publish(m, "execute_input", map[string]any{"code": request.Code, "execution_count": count})
	}
}

// perform gives the cell to the session and waits until it is done or the
// session is gone.
func (k *kernel) perform(request executeRequest) event {
	if k.session() == nil {
		if err := k.start(); err != nil {
			return event{Fault: &fault{Name: "SessionLost", Value: err.Error()}}
		}
	}
	c := k.session()
	if err := c.send(order{Kind: "run", Number: k.count, Code: request.Code}); err != nil {
		k.log.Print(err) // it is gone, as the replies will tell
	}
	done, alive := <-c.replies
	if !alive {
		return event{Fault: k.replace(c)}
	}
	return done
}

// replace puts a clean session in the place of one that is gone.
func (k *kernel) replace(c *child) *fault {
	reason := c.reason()
	k.mu.Lock()
	if k.killed {
		reason = "it was interrupted twice"
	}
	lost := "nothing was declared yet"
	if len(k.names) > 0 {
		lost = "lost: " + strings.Join(k.names, ", ")
	}
	f := &fault{Name: "SessionLost", Value: fmt.Sprintf("the session's process is gone: %s. A clean one takes its place; %s", reason, lost)}
	k.child, k.names = nil, []string{}
	k.mu.Unlock()
	if err := k.start(); err != nil {
		f.Value += ". But none could be started: " + err.Error()
	}
	return f
}

// pass tells clients what the session shows, while a cell runs or, from a
// goroutine that it left behind, after it.
func (k *kernel) pass(c *child, e event) {
	k.mu.Lock()
	m, request, count := k.parent, k.request, k.count
	if text, ok := e.Bundle["text/plain"].(string); ok && e.Kind == "result" {
		k.result = text
	}
	k.mu.Unlock()
	if e.Kind == "ask" {
		if or(request.AllowStdin, true) {
			k.sockets.Reply(wire.Stdin, m, "input_request", map[string]any{"prompt": e.Text, "password": e.Secret})
		} else if err := c.send(order{Kind: "answer", Failed: "this client does not answer questions"}); err != nil {
			k.log.Print(err)
		}
		return
	}
	if request.Silent {
		return
	}
	content := data(e.Bundle)
	switch e.Kind {
	case "clear":
		k.sockets.Publish(m, "clear_output", map[string]any{"wait": e.Wait})
	case "result":
		content["execution_count"] = count
		k.sockets.Publish(m, "execute_result", content)
	case "show":
		content["transient"] = map[string]any{}
		kind := "display_data"
		if e.ID != "" {
			content["transient"] = map[string]any{"display_id": e.ID}
		}
		if e.Update {
			kind = "update_display_data"
		}
		k.sockets.Publish(m, kind, content)
	}
}

// answers passes on to the session what users answer to its questions.
func (k *kernel) answers() {
	for m := range k.sockets.Requests[wire.Stdin] {
		reply, err := read[struct {
			Value string `json:"value"`
		}](m)
		if m.Header.Type != "input_reply" || err != nil {
			k.log.Printf("dropped %s on the stdin channel: want input_reply", m.Header.Type)
			continue
		}
		if c := k.session(); c != nil {
			if err := c.send(order{Kind: "answer", Text: reply.Value}); err != nil {
				k.log.Print(err)
			}
		}
	}
}
