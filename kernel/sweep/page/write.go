package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"
	"sync"
	"text/template"

	"github.com/seed2310110f/godream/dreamlib"
)

//go:embed assets
var assets embed.FS

// scripts are the page's program, in the order in which they run.
var scripts = []string{"items", "view", "layout", "grid", "tools", "zoom", "viewer", "live", "main"}

// parts are what every page is made of besides its data.
type parts struct {
	frame                 *template.Template
	style, script, policy string
}

// assembled are they, read when the first page is written.
var assembled = sync.OnceValue(func() parts {
	p := parts{frame: template.Must(template.New("page").Parse(asset("page.html"))), style: asset("page.css")}
	p.script = "'use strict';\n{\n" // whose names nobody else sees
	for _, name := range scripts {
		p.script += asset(name + ".js")
	}
	p.script += "}\n"
	p.policy = fmt.Sprintf("default-src 'none'; img-src 'self' data:; style-src %s; script-src %s; connect-src 'self'; base-uri 'none'; form-action 'none'",
		digest(p.style), digest(p.script))
	return p
})

func asset(name string) string {
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is not part of the program
	}
	return string(data)
}

// Policy is the content security policy that a page needs: its own style and
// script and no other, pictures from beside it, and news from whence it came.
func Policy() string { return assembled().policy }

// digest names a text in a policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Write checks the page and writes it as HTML, in UTF-8.
func (p Page) Write(w io.Writer) error {
	if err := p.Check(); err != nil {
		return err
	}
	data, err := p.whole().encode()
	if err != nil {
		return err
	}
	a := assembled()
	return a.frame.Execute(w, map[string]string{
		"Title":   html.EscapeString(strings.ToValidUTF8(p.Title, "\ufffd")),
		"Version": dreamlib.Version,
		"Policy":  a.policy,
		"Style":   a.style,
		"Script":  a.script,
		"Data":    string(data),
	})
}

// Fragment is the data of an event that tells a page of items: those that it has
// are replaced, others added.
func (p Page) Fragment(items ...Item) ([]byte, error) {
	places := p.places()
	for _, item := range items {
		if err := p.check(item, places); err != nil {
			return nil, fmt.Errorf("page: item %q: %w", item.ID, err)
		}
	}
	return p.part(items, places).encode()
}
