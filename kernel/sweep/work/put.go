package work

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// putter puts jobs into a queue, group by group, and before the first job of an
// image file that file.
type putter struct {
	queue *queue.Queue

	mu    sync.Mutex
	sizes map[string]picture.Size // of images, by SHA-256
	nets  map[string]*models.Net  // outlines, by source
}

// put waits for what an earlier run left in the queue to be collected, and puts the
// jobs that are not done after that.
func (p *putter) put(ctx context.Context, c *collector, missing []grid.Job) error {
	select {
	case <-c.old:
	case <-ctx.Done():
		return ctx.Err()
	}
	var items []queue.Item
	jobs := map[string]grid.Job{}
	for _, j := range missing {
		if _, came := c.state(j.ID); came {
			continue
		}
		item, err := p.item(j)
		if err != nil {
			return err
		}
		items, jobs[j.ID] = append(items, item), j
	}
	slices.SortStableFunc(items, func(a, b queue.Item) int { return strings.Compare(a.Group, b.Group) })
	there := map[string]bool{}
	for some := range slices.Chunk(items, 256) {
		for _, item := range some {
			picture := jobs[item.ID].Picture
			if there[picture.SHA256] {
				continue
			}
			there[picture.SHA256] = true
			if err := p.picture(ctx, picture); err != nil {
				return err
			}
		}
		if _, err := p.queue.Put(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// item is a job as the queue takes it. Its group is all that decides which programs it
// needs.
func (p *putter) item(j grid.Job) (queue.Item, error) {
	size, err := p.size(j.Picture)
	if err != nil {
		return queue.Item{}, err
	}
	data, err := json.Marshal(j)
	return queue.Item{ID: j.ID, Group: fmt.Sprint(j.Net.SHA256, j.Options, p.programs(j, size)), Data: data}, err
}

// programs tells jobs of one net apart that need different programs. It is empty where
// the net is not on this machine or cannot do the job: the dream's error says so.
func (p *putter) programs(j grid.Job, size picture.Size) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	net := p.nets[j.Net.Source]
	if net == nil {
		var err error
		if net, err = hub.Outline(j.Net.Source); err != nil {
			return ""
		}
		p.nets[j.Net.Source] = net
	}
	key, err := dreamlib.ProgramKey(net, size, j.Config)
	if err != nil {
		return ""
	}
	return key
}

// size is an image's, read once.
func (p *putter) size(img grid.Input) (picture.Size, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size, known := p.sizes[img.SHA256]
	if !known {
		var err error
		if size, err = picture.ReadSize(img.Source); err != nil {
			return size, err
		}
		p.sizes[img.SHA256] = size
	}
	return size, nil
}

// picture puts an image file into the queue.
func (p *putter) picture(ctx context.Context, picture grid.Input) error {
	data, err := os.ReadFile(picture.Source)
	if err != nil {
		return err
	}
	if found := grid.SHA256(data); found != picture.SHA256 {
		return fmt.Errorf("picture %s has changed since the jobs were made: want SHA-256 %s, found %s", picture.Source, picture.SHA256, found)
	}
	return p.queue.PutObject(ctx, original(picture.SHA256), data)
}
