package jupyter

import "github.com/seed2310110f/godream/kernel/display"

// The kernel's process and its session's process speak in lines of JSON: orders
// go to the session's stdin, events come among what cells print to stdout, each
// behind a mark. A mark without an event on stderr shows what was printed there
// before the event.

// An order is what the kernel tells the session.
type order struct {
	Kind   string // run, interrupt, complete, inspect, answer
	Number int    `json:",omitempty"` // run: of the cell
	Code   string `json:",omitempty"`
	Cursor int    `json:",omitempty"` // complete, inspect: in bytes
	Detail int    `json:",omitempty"` // inspect
	Text   string `json:",omitempty"` // answer
	Failed string `json:",omitempty"` // answer: why there is none
}

// An event is what the session tells the kernel.
type event struct {
	Kind   string // ready, result, show, clear, ask, done, completed, inspected, exit
	ID     string `json:",omitempty"` // show
	Update bool   `json:",omitempty"`
	Wait   bool   `json:",omitempty"` // clear
	Text   string `json:",omitempty"` // ask: the prompt; exit: why
	Secret bool   `json:",omitempty"` // ask

	Bundle  display.Bundle `json:",omitempty"` // result, show, inspected
	Fault   *fault         `json:",omitempty"` // done
	Names   []string       `json:",omitempty"` // done: what is declared
	Page    display.Bundle `json:",omitempty"` // done: for the pager
	Matches []string       `json:",omitempty"` // completed
	Kinds   []string       `json:",omitempty"` // completed: of each match
	From    int            `json:",omitempty"` // completed: of what they replace, in bytes
	To      int            `json:",omitempty"`
}

// A fault is an error as Jupyter shows it.
type fault struct {
	Name  string   `json:"ename"`
	Value string   `json:"evalue"`
	Trace []string `json:"traceback"`
}
