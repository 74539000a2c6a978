package hub

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
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

// resolve asks the Hugging Face hub for the newest commit of the entry's repository,
// and for the size and SHA-256 of its file there.
func (e Entry) resolve(ctx context.Context, opt PullOptions) (Source, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cmp.Or(opt.Stall, defaultStall), errStalled)
	defer cancel()
	head, err := e.ask(ctx, opt.BaseURL)
	if err != nil {
		return Source{}, fmt.Errorf("ask the Hugging Face hub: %w", because(ctx, err))
	}
	commit, sum := head.Get("X-Repo-Commit"), strings.ToLower(strings.Trim(head.Get("X-Linked-Etag"), `"`))
	if !isHex(commit, 40) {
		return Source{}, fmt.Errorf("the Hugging Face hub states no commit of %s: X-Repo-Commit is %q", e.Repo, commit)
	}
	if !isHex(sum, 64) { // only files in Git's large file storage have one
		return Source{}, fmt.Errorf("the Hugging Face hub states no SHA-256 for %s in %s", e.File, e.Repo)
	}
	size, err := digits(head.Get("X-Linked-Size"))
	if err != nil {
		return Source{}, fmt.Errorf("the Hugging Face hub states no size of %s in %s: %w", e.File, e.Repo, err)
	}
	address, err := e.address(opt.BaseURL, commit)
	return Source{URL: address, SHA256: sum, Bytes: size}, err
}

// address is the file's at a revision.
func (e Entry) address(endpoint, revision string) (string, error) {
	endpoint = cmp.Or(endpoint, os.Getenv("HF_ENDPOINT"), "https://huggingface.co")
	return url.JoinPath(endpoint, e.Repo, "resolve", revision, e.File)
}

// asker stops at the redirect to another host, where the bytes are: what the hub states
// of a file is in that answer. It follows the hub's own, of renamed repositories.
var asker = &http.Client{
	Transport: client.Transport,
	CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != via[0].URL.Host {
			return http.ErrUseLastResponse
		}
		return client.CheckRedirect(req, via)
	},
}

// ask returns the header of the hub's answer about the file.
func (e Entry) ask(ctx context.Context, endpoint string) (http.Header, error) {
	address, err := e.address(endpoint, "main")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "godream")
	resp, err := asker.Do(req)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	if resp.StatusCode >= 400 {
		reply := strings.TrimSpace(resp.Status + " " + resp.Header.Get("X-Error-Message"))
		return nil, fmt.Errorf("%s in %s: the server answered %s", e.File, e.Repo, reply)
	}
	return resp.Header, nil
}

// isHex reports whether s is a number of n hexadecimal digits.
func isHex(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}
