package hub

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	hf "github.com/gomlx/go-huggingface/hub"
)

// source says where to fetch the entry from and what must arrive.
func (e Entry) source(ctx context.Context, opt PullOptions) (Source, error) {
	if e.Repo != "" {
		return e.resolve(ctx, opt)
	}
	src := Source{URL: e.URL, SHA256: e.SHA256, Bytes: e.Bytes}
	if opt.BaseURL != "" {
		u, err := url.Parse(e.URL)
		if err != nil {
			return Source{}, err
		}
		src.URL = strings.TrimSuffix(opt.BaseURL, "/") + u.Path
	}
	return src, nil
}

// resolve asks the Hugging Face hub for the address, size and SHA-256 of the
// file at the repository's newest commit. The library that asks takes no
// context and keeps what it learns in a folder, so it runs beside us, in a
// temporary one, and is left behind when ctx or opt.Stall ends the wait.
func (e Entry) resolve(ctx context.Context, opt PullOptions) (Source, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cmp.Or(opt.Stall, defaultStall), errStalled)
	defer cancel()
	type answer struct {
		src Source
		err error
	}
	asked := make(chan answer, 1)
	go func() {
		src, err := e.ask(opt.BaseURL)
		asked <- answer{src, err}
	}()
	select {
	case a := <-asked:
		return a.src, a.err
	case <-ctx.Done():
		return Source{}, fmt.Errorf("ask the Hugging Face hub: %w", context.Cause(ctx))
	}
}

func (e Entry) ask(endpoint string) (Source, error) {
	tmp, err := os.MkdirTemp("", "godream-hub-")
	if err != nil {
		return Source{}, err
	}
	defer os.RemoveAll(tmp)
	repo := hf.New(e.Repo).WithCacheDir(tmp)
	if endpoint != "" {
		repo = repo.WithEndpoint(strings.TrimSuffix(endpoint, "/"))
	}
	address, err := repo.FileURL(e.File)
	if err != nil {
		return Source{}, fmt.Errorf("ask the Hugging Face hub: %w", err)
	}
	for info, err := range repo.IterFileInfos() {
		if err != nil {
			return Source{}, fmt.Errorf("ask the Hugging Face hub: %w", err)
		}
		if info.Name != e.File {
			continue
		}
		if info.LFS == nil || len(info.LFS.SHA256) != 64 {
			return Source{}, fmt.Errorf("the Hugging Face hub states no SHA-256 for %s in %s", e.File, e.Repo)
		}
		return Source{URL: address, SHA256: strings.ToLower(info.LFS.SHA256), Bytes: info.LFS.Size}, nil
	}
	return Source{}, fmt.Errorf("%s is not in %s on the Hugging Face hub", e.File, e.Repo)
}
