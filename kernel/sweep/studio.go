package sweep

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// studio is where dreams are dreamt: an engine, opened once, and the models that were
// used last, which stay warm. It serves several goroutines.
type studio struct {
	engine *dreamlib.Engine
	memory int64  // that each dream may take, 0 for no limit
	models string // folder to look for weight files in; empty for none
	most   int    // programs that a model may have compiled before it is opened anew, 0 for mostPrograms

	mu   sync.Mutex
	warm []*warmModel // the one that was used last comes last
}

// warmModels is how many models are kept that nobody dreams with.
const warmModels = 2

// mostPrograms bounds what a sweep over many sizes of pictures holds: a model keeps all
// that it has compiled.
const mostPrograms = 500

// A warmModel is a model on the engine.
type warmModel struct {
	net     string // SHA-256
	options dreamlib.ModelOptions
	users   int
	ready   chan struct{} // closed when model or err is set
	model   *dreamlib.Model
	err     error
}

// openNet opens a job's net and makes sure that it is the one that is meant.
func (s *studio) openNet(in Input) (*models.Net, error) {
	net, err := hub.Open(in.Source)
	if err != nil && s.models != "" {
		if path := filepath.Join(s.models, filepath.Base(in.Source)); exists(path) {
			net, err = hub.Open(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("net %s is not on this machine: %w", in.Source, err)
	}
	if net.SHA256 != in.SHA256 {
		return nil, fmt.Errorf("net %s is another one on this machine: want SHA-256 %s, found %s", in.Source, in.SHA256, net.SHA256)
	}
	return net, nil
}

// check says why a model cannot be had here, or nil, and then it is warm.
func (s *studio) check(m modelWanted) error {
	w, err := s.borrow(Job{Net: m.Net, Options: m.Options})
	if err == nil {
		s.giveBack(w)
	}
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// borrow returns the model of a job's net, warm. Give it back after use.
func (s *studio) borrow(job Job) (*warmModel, error) {
	s.mu.Lock()
	for i, w := range s.warm {
		if w.net == job.Net.SHA256 && w.options == job.Options {
			s.warm = append(append(s.warm[:i:i], s.warm[i+1:]...), w)
			w.users++
			s.mu.Unlock()
			<-w.ready
			if w.err != nil {
				s.giveBack(w)
			}
			return w, w.err
		}
	}
	w := &warmModel{net: job.Net.SHA256, options: job.Options, users: 1, ready: make(chan struct{})}
	s.warm = append(s.warm, w)
	s.mu.Unlock()

	net, err := s.openNet(job.Net)
	if err == nil {
		w.model, err = dreamlib.NewModel(s.engine, net, job.Options)
	}
	if err == nil {
		w.model.Memory = s.memory
	}
	w.err = err
	close(w.ready)
	if err != nil {
		s.giveBack(w)
	}
	return w, err
}

// giveBack ends the use of a model, and closes those that were not used for longest.
func (s *studio) giveBack(w *warmModel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.users--
	idle := 0
	for i := len(s.warm) - 1; i >= 0; i-- {
		w := s.warm[i]
		if w.users > 0 {
			continue
		}
		if idle++; idle > warmModels || w.err != nil || w.model.Compiled().Programs > cmp.Or(s.most, mostPrograms) {
			s.warm = append(s.warm[:i:i], s.warm[i+1:]...)
			w.close()
		}
	}
}

func (w *warmModel) close() {
	if w.model != nil {
		w.model.Close()
	}
}

// close frees the models and the engine, when nobody dreams any more.
func (s *studio) close() {
	for _, w := range s.warm {
		w.close()
	}
	if s.engine != nil {
		s.engine.Close()
	}
}

// dream dreams a job on a picture's bytes, and returns the dream as a PNG file with its
// provenance inside, and what is to be recorded about it. onStep is told how much is
// done, 0..1.
func (s *studio) dream(ctx context.Context, job Job, img []byte, onStep func(share float64)) (file []byte, r Record, err error) {
	source, err := picture.Decode(bytes.NewReader(img))
	if err != nil {
		return nil, r, fmt.Errorf("%s: %w", job.Picture.Source, err)
	}
	w, err := s.borrow(job)
	if err != nil {
		return nil, r, err
	}
	defer s.giveBack(w)
	started := time.Now()
	result, err := dreamlib.Dream(ctx, w.model, source, job.Config, func(p dreamlib.Progress) error {
		for len(r.Objective) <= p.Octave {
			r.Objective = append(r.Objective, 0)
		}
		r.Objective[p.Octave] = p.Value
		onStep(p.Done)
		return nil
	})
	if err != nil {
		return nil, r, err
	}
	r.Seconds = time.Since(started).Seconds()
	r.Engine = s.engine.Name
	r.Notes = result.Notes
	file, err = s.encode(job, result)
	return file, r, err
}

// encode makes the PNG file.
func (s *studio) encode(job Job, result *dreamlib.Result) ([]byte, error) {
	p := dreamlib.Provenance{
		Version: dreamlib.Version, Engine: s.engine.Name, Lowering: job.Options.Lowering, Precision: job.Options.Precision,
		Config: result.Config, Depth: 8, Steps: len(result.Values),
	}
	p.Net.Source, p.Net.SHA256 = job.Net.Source, job.Net.SHA256
	p.Picture.Source, p.Picture.SHA256 = job.Picture.Source, job.Picture.SHA256
	text, err := p.Text()
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	err = picture.Encode(&file, "dream.png", result.Image, picture.Options{Depth: 8, Text: text})
	return file.Bytes(), err
}
