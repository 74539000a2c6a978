package display

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

const maxRows = 60 // of a table that is shown; the rest is counted

// Shown is a value that is shown as another one: a sweep's folder as its contact
// sheets.
type Shown interface{ Shown() any }

// Of is how a value is shown: pictures as PNG, slices of structs as tables, a network as
// the table of its layers, bundles unchanged, a Shown as the value that it returns,
// everything else as text.
func Of(value any) Bundle {
	if s, ok := value.(Shown); ok {
		value = s.Shown()
	}
	if b, ok := value.(Bundle); ok {
		return b
	}
	if b, err := pictureBundle(value); err == nil {
		return b
	}
	if net, ok := value.(*models.Net); ok && net != nil {
		value = layers(net)
	}
	if b, ok := table(value); ok {
		return b
	}
	return Bundle{"text/plain": text(value)}
}

var errNoPicture = errors.New("want a *picture.Image, a *dreamlib.Result, an image.Image or a slice of these")

// imageOf is the image that a value holds.
func imageOf(value any) (image.Image, error) {
	switch v := value.(type) {
	case *picture.Image:
		if v != nil && v.Width > 0 && v.Height > 0 && len(v.Pix) == 3*v.Width*v.Height {
			return v.NRGBA(), nil
		}
		return nil, errors.New("display: picture: it is empty")
	case *dreamlib.Result:
		if v == nil {
			return nil, errors.New("display: picture: there is no result")
		}
		return imageOf(v.Image)
	case image.Image:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() || v.Bounds().Empty() {
			return nil, errors.New("display: picture: it is empty")
		}
		return v, nil
	}
	return nil, fmt.Errorf("display: picture: %w, found %T", errNoPicture, value)
}

// pictureBundle is a picture, or several side by side, as PNG.
func pictureBundle(value any) (Bundle, error) {
	m, err := imageOf(value)
	if r := reflect.ValueOf(value); err != nil && errors.Is(err, errNoPicture) && r.Kind() == reflect.Slice && r.Len() > 0 {
		var cells []Cell
		for i := range r.Len() {
			cells = append(cells, Cell{Picture: r.Index(i).Interface()})
		}
		m, err = beside(cells)
	}
	if err != nil {
		return nil, err
	}
	return imageBundle(m)
}

func imageBundle(m image.Image) (Bundle, error) {
	file, err := encode(m)
	if err != nil {
		return nil, err
	}
	size := m.Bounds().Size()
	return Bundle{"image/png": file, "text/plain": fmt.Sprintf("picture of %dx%d pixels", size.X, size.Y)}, nil
}

// encode is a picture as PNG.
func encode(m image.Image) ([]byte, error) {
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&file, m); err != nil {
		return nil, fmt.Errorf("display: picture: %w", err)
	}
	return file.Bytes(), nil
}

// layer is a row of the table of a network's layers.
type layer struct {
	Count                                          int
	Name                                           string
	Aliases                                        []string
	Channels, Stride, ReceptiveField, SmallestSide int
}

func layers(net *models.Net) []layer {
	rows := make([]layer, len(net.Layers))
	for i, l := range net.Layers {
		rows[i] = layer{i + 1, l.Name, net.Aliases(i), l.Channels, l.Stride, l.ReceptiveField, net.MinSize(i)}
	}
	return rows
}

// table is a slice of structs as rows and columns.
func table(value any) (Bundle, bool) {
	r := reflect.ValueOf(value)
	if r.Kind() != reflect.Slice || r.Len() == 0 {
		return nil, false
	}
	columns := fields(r.Type().Elem())
	if len(columns) == 0 {
		return nil, false
	}
	names, rows := make([]string, len(columns)), make([][]string, min(r.Len(), maxRows))
	for i, c := range columns {
		names[i] = c.Name
	}
	for i := range rows {
		rows[i] = make([]string, len(columns))
		row := reflect.Indirect(r.Index(i))
		for j, c := range columns {
			if !row.IsValid() { // a nil pointer
				continue
			}
			cell := row.FieldByIndex(c.Index).Interface()
			rows[i][j] = fmt.Sprint(cell)
			if list, ok := cell.([]string); ok {
				rows[i][j] = strings.Join(list, " ")
			}
		}
	}
	var plain, rich strings.Builder
	w := tabwriter.NewWriter(&plain, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, strings.Join(names, "\t"))
	for _, row := range rows {
		fmt.Fprint(w, "\n", strings.ReplaceAll(strings.Join(row, "\t"), "\n", " "))
	}
	w.Flush() // to a Builder, which takes everything
	more := r.Len() - len(rows)
	if more > 0 {
		fmt.Fprintf(&plain, "\n... and %d more", more)
	}
	err := tableTemplate.Execute(&rich, map[string]any{"Names": names, "Rows": rows, "More": more})
	return Bundle{"text/plain": plain.String(), "text/html": rich.String()}, err == nil
}

var tableTemplate = template.Must(template.New("table").Parse(`<table><thead><tr>{{range .Names}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{- range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>{{if .More}}<p>and {{.More}} more</p>{{end}}`))

// fields are a struct's fields that fit into a table.
func fields(t reflect.Type) (list []reflect.StructField) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		kind := f.Type.Kind()
		if f.IsExported() && kind != reflect.Func && kind != reflect.Chan && (kind != reflect.Slice || f.Type.Elem().Kind() == reflect.String) {
			list = append(list, f)
		}
	}
	return list
}
