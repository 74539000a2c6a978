package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"
	"text/template"

	"github.com/seed2310110f/godream/dreamlib"
)

//go:embed assets
var assets embed.FS

// scripts are the page's program, in the order in which they run.
var scripts = []string{"items", "view", "layout", "grid", "tools", "zoom", "viewer", "live", "main"}

// The parts of every page.
var (
	frame  = template.Must(template.New("page").Parse(asset("page.html")))
	style  = asset("page.css")
	script = program()
)

func asset(name string) string {
	data, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is not part of the program
	}
	return string(data)
}

// program is the scripts as one, whose names nobody else sees.
func program() string {
	var b strings.Builder
	b.WriteString("'use strict';\n{\n")
	for _, name := range scripts {
		b.WriteString(asset(name + ".js"))
	}
	b.WriteString("}\n")
	return b.String()
}

// Policy is the content security policy that a page needs: its own style and
// script and no other, pictures from beside it, and news from whence it came.
func Policy() string {
	return fmt.Sprintf("default-src 'none'; img-src 'self' data:; style-src %s; script-src %s; connect-src 'self'; base-uri 'none'; form-action 'none'",
		digest(style), digest(script))
}

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
	var b bytes.Buffer
	err = frame.Execute(&b, map[string]string{
		"Title":   html.EscapeString(strings.ToValidUTF8(p.Title, "\ufffd")),
		"Version": dreamlib.Version,
		"Policy":  Policy(),
		"Style":   style,
		"Script":  script,
		"Data":    string(data),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// Fragment is the data of an event that tells a page of items: those that it has
// are replaced, others added.
func (p Page) Fragment(items ...Item) ([]byte, error) {
	for _, item := range items {
		if err := p.check(item); err != nil {
			return nil, fmt.Errorf("page: item %q: %w", item.ID, err)
		}
	}
	return p.part(items).encode()
}
