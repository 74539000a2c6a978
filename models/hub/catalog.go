package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Entry is one named network and where its weights are published. Either URL is
// set, or Repo and File are.
type Entry struct {
	Name        string // what Pull and Open take
	Description string
	License     string // of the published weights, as an SPDX name

	URL  string // a plain address
	Repo string // a repository of the Hugging Face hub: owner/name
	File string // the file in Repo

	// SHA256 is the file's hash in lower-case hex, or as many leading digits as
	// are published: torchvision puts the first 8 into the file's name. It is
	// empty for the Hugging Face hub, which states the whole hash when asked.
	SHA256 string

	Bytes  int64 // exact size of the file, 0 where it is not published
	Params int64 // weights and biases, 4 bytes each in these files
}

// The torchvision hashes begin with the digits in the files' names. The rest of
// the hashes of vgg16 and vgg19, and the sizes, agree among several projects
// that pin these files (LibreYOLO's weight table is one).
var catalog = []Entry{
	torchvision("vgg11", "vgg11-8a719046.pth", "8a719046", 0, 132863336),
	torchvision("vgg13", "vgg13-19584684.pth", "19584684", 0, 133047848),
	torchvision("vgg16", "vgg16-397923af.pth", "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0", 553433881, 138357544),
	torchvision("vgg19", "vgg19-dcbb9e9d.pth", "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44", 574673361, 143667240),
	timm("vgg11", 132863336),
	timm("vgg13", 133047848),
	timm("vgg16", 138357544),
	timm("vgg19", 143667240),
}

// Parameter counts are those of torchvision.models (the weights' "num_params").

func torchvision(name, file, sha string, bytes, params int64) Entry {
	return Entry{
		Name:        name,
		Description: strings.ToUpper(name) + " trained on ImageNet, from torchvision",
		License:     "BSD-3-Clause",
		URL:         "https://download.pytorch.org/models/" + file,
		SHA256:      sha,
		Bytes:       bytes,
		Params:      params,
	}
}

func timm(variant string, params int64) Entry {
	repo := "timm/" + variant + ".tv_in1k"
	return Entry{
		Name:        repo,
		Description: "torchvision's " + strings.ToUpper(variant) + " as safetensors, from timm on the Hugging Face hub",
		License:     "BSD-3-Clause",
		Repo:        repo,
		File:        "model.safetensors",
		Params:      params,
	}
}

// Entries lists the networks that Pull knows, in a fixed order. The slice is the
// caller's.
func Entries() []Entry {
	return slices.Clone(catalog)
}

// Size is the size of the download for people: "575 MB" (10^6 bytes).
func (e Entry) Size() string {
	if e.Bytes > 0 {
		return size(e.Bytes)
	}
	return size(4 * e.Params)
}

// cacheName is the file's name in the cache: the published one, or for the
// Hugging Face hub, where all are called alike, the repository's.
func (e Entry) cacheName() string {
	if e.Repo != "" {
		return strings.ReplaceAll(e.Repo, "/", "--") + "--" + e.File
	}
	return e.URL[strings.LastIndexByte(e.URL, '/')+1:]
}

// cached returns the file's path in the user's cache and whether it is there.
func (e Entry) cached() (string, bool) {
	dir, err := Dir()
	if err != nil {
		return "", false
	}
	path := filepath.Join(dir, e.cacheName())
	return path, e.fits(path)
}

// fits reports whether path is a file of the entry's size, or where that is not
// published, one that can hold its parameters.
func (e Entry) fits(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if e.Bytes > 0 {
		return info.Size() == e.Bytes
	}
	return info.Size() > 4*e.Params
}

// lookup finds an entry by its exact name.
func lookup(name string) (Entry, bool) {
	for _, e := range catalog {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// published are the names of all entries.
func published() []string {
	names := make([]string, len(catalog))
	for i, e := range catalog {
		names[i] = e.Name
	}
	return names
}

// unknown is the SpecError for a name that is none of the known ones.
func unknown(name string, known []string) error {
	return &SpecError{fmt.Errorf("hub: unknown network %q: did you mean %q? Known: %s",
		name, nearest(name, known), strings.Join(known, ", "))}
}

// nearest returns the known name that takes the fewest edits to reach.
func nearest(name string, known []string) string {
	edits := func(k string) int { return levenshtein.ComputeDistance(strings.ToLower(name), k) }
	return slices.MinFunc(known, func(a, b string) int { return edits(a) - edits(b) })
}

// size writes a number of bytes for people, in decimal units.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
