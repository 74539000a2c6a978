package jupyter

import "github.com/seed2310110f/godream/kernel/display"

// The kernel's process and its session's process speak in lines of JSON: orders
// go to the session's stdin, events come from its file descriptor 3. What cells
// print is on its stdout and stderr, as is what the runtime says when it crashes.
// So that output and events stay in order, the session writes a mark into both
// before an event that has a number, and the kernel reads up to it first.

// An order is what the kernel tells the session.
type order struct {
	Kind        string            // run, interrupt, complete, inspect, answer
	Number      int               `json:",omitempty"` // run: of the cell
	Code        string            `json:",omitempty"`
	Cursor      int               `json:",omitempty"` // complete, inspect: in bytes
	Detail      int               `json:",omitempty"` // inspect
	Expressions map[string]string `json:",omitempty"` // run: to be evaluated when the cell has run
	Text        string            `json:",omitempty"` // answer
	Failed      string            `json:",omitempty"` // answer: why there is none
}

// An event is what the session tells the kernel.
type event struct {
	Kind   string // ready, result, show, clear, ask, done, completed, inspected, exit
	Mark   int    // output up to this mark comes before it; 0 for none
	ID     string `json:",omitempty"` // show
	Update bool   `json:",omitempty"`
	Wait   bool   `json:",omitempty"` // clear
	Text   string `json:",omitempty"` // ask: the prompt; exit: why
	Secret bool   `json:",omitempty"` // ask

	Bundle      display.Bundle        `json:",omitempty"` // result, show, inspected
	Fault       *fault                `json:",omitempty"` // done
	Names       []string              `json:",omitempty"` // done: what is declared
	Expressions map[string]expression `json:",omitempty"` // done
	Page        display.Bundle        `json:",omitempty"` // done: for the pager
	Matches     []string              `json:",omitempty"` // completed
	Kinds       []string              `json:",omitempty"` // completed: of each match
	From        int                   `json:",omitempty"` // completed: of what they replace, in bytes
	To          int                   `json:",omitempty"`
}

// A fault is an error as Jupyter shows it.
type fault struct {
	Name  string   `json:"ename"`
	Value string   `json:"evalue"`
	Trace []string `json:"traceback"`
}

// An expression is the value of one of an order's expressions.
type expression struct {
	Bundle display.Bundle
	Fault  *fault
}
