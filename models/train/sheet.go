package main

import (
	"fmt"
	"image"
	"image/draw"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib/picture"
	contact "github.com/seed2310110f/godream/dreamlib/sheet"
	"github.com/seed2310110f/godream/models/train/pictures"
)

// sheet is what a contact sheet shows.
type sheet struct {
	classes []string // names, empty for all
	across  int      // classes side by side
	each    int      // pictures of each class
	size    int      // pixels of a picture's side
	seed    uint64
}

func sheetCommand() *cobra.Command {
	s := sheet{}
	out := "classes.png"
	command := &cobra.Command{
		Use:   "sheet",
		Short: "Write a contact sheet of the picture classes",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			img, err := s.draw()
			if err != nil {
				return err
			}
			return picture.Write(out, picture.FromImage(img), picture.Options{})
		},
	}
	flags := command.Flags()
	flags.StringVarP(&out, "out", "o", out, "picture to write, .png or .jpg")
	flags.StringSliceVar(&s.classes, "classes", nil, "classes to show (default all)")
	flags.IntVar(&s.across, "across", 4, "classes side by side")
	flags.IntVar(&s.each, "each", 4, "pictures of each class")
	flags.IntVar(&s.size, "size", 64, "pixels of a picture's side")
	flags.Uint64Var(&s.seed, "seed", 1, "seed of the first picture; the next takes the next")
	return command
}

// draw lays the classes out in a grid, each a strip of pictures with its name
// below.
func (s sheet) draw() (image.Image, error) {
	wanted := s.classes
	if len(wanted) == 0 {
		wanted = classNames()
	}
	labels, err := indices(wanted)
	if err != nil {
		return nil, err
	}
	if s.across < 1 || s.each < 1 || s.size < 16 {
		return nil, fmt.Errorf("sheet: want --across and --each of 1 or more and --size of 16 or more, found %d, %d, %d", s.across, s.each, s.size)
	}
	if _, err := contact.Size(len(labels), image.Pt(s.each*s.size, s.size), s.across); err != nil {
		return nil, err // before anything is drawn
	}
	cells := make([]contact.Cell, len(labels))
	for i, label := range labels {
		cells[i] = contact.Cell{Label: pictures.Classes()[label].Name, Picture: s.strip(label)}
	}
	return contact.Draw(cells, s.across)
}

// strip is a class's pictures side by side.
func (s sheet) strip(label int) image.Image {
	strip := image.NewRGBA(image.Rect(0, 0, s.each*s.size, s.size))
	for j := range s.each {
		at := image.Rect(j*s.size, 0, (j+1)*s.size, s.size)
		draw.Draw(strip, at, pictures.Draw(label, s.seed+uint64(j), s.size), image.Point{}, draw.Src)
	}
	return strip
}
