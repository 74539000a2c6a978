package work

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// put puts jobs into a queue, group by group, and before the first job of an image file
// that file.
func put(ctx context.Context, q *queue.Queue, jobs []grid.Job) error {
	items, err := itemsOf(jobs)
	if err != nil {
		return err
	}
	pictures := map[string]grid.Input{} // by the jobs' IDs
	for _, j := range jobs {
		pictures[j.ID] = j.Picture
	}
	there := map[string]bool{} // images that are in the queue, by SHA-256
	for some := range slices.Chunk(items, 256) {
		for _, item := range some {
			picture := pictures[item.ID]
			if !there[picture.SHA256] {
				there[picture.SHA256] = true
				if err := putPicture(ctx, q, picture); err != nil {
					return err
				}
			}
		}
		if err := q.Put(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// itemsOf are jobs as the queue takes them, sorted by group. A group is all that decides
// which programs a job needs: the net, its options, and what dreamlib.ProgramKey tells
// apart.
func itemsOf(jobs []grid.Job) ([]queue.Item, error) {
	sizes := map[string]picture.Size{} // of images, by SHA-256
	nets := map[string]*models.Net{}   // outlines, by source
	items := make([]queue.Item, len(jobs))
	for i, j := range jobs {
		var err error
		size, known := sizes[j.Picture.SHA256]
		if !known {
			if size, err = picture.ReadSize(j.Picture.Source); err != nil {
				return nil, err
			}
			sizes[j.Picture.SHA256] = size
		}
		net, known := nets[j.Net.Source]
		if !known {
			net, _ = hub.Outline(j.Net.Source) // workers may find it where this machine does not
			nets[j.Net.Source] = net
		}
		data, err := json.Marshal(j)
		if err != nil {
			return nil, err
		}
		key := fmt.Sprint(size, j.Config.Objective) // near enough without the net, or where the dream will say what is wrong
		if net != nil {
			if exact, err := dreamlib.ProgramKey(net, size, j.Config); err == nil {
				key = exact
			}
		}
		items[i] = queue.Item{ID: j.ID, Group: fmt.Sprint(j.Net.SHA256, j.Options, key), Data: data}
	}
	slices.SortStableFunc(items, func(a, b queue.Item) int { return strings.Compare(a.Group, b.Group) })
	return items, nil
}

// putPicture puts an image file into the queue.
func putPicture(ctx context.Context, q *queue.Queue, picture grid.Input) error {
	data, err := os.ReadFile(picture.Source)
	if err != nil {
		return err
	}
	if found := grid.SHA256(data); found != picture.SHA256 {
		return fmt.Errorf("picture %s has changed since the jobs were made: want SHA-256 %s, found %s", picture.Source, picture.SHA256, found)
	}
	return q.PutObject(ctx, original(picture.SHA256), data)
}
