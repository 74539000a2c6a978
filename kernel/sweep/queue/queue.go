// Package queue hands out jobs to workers and brings back what came of them, by NATS
// JetStream: on a server inside this process (Start), or on a cluster (Dial). It knows
// jobs as bytes with an ID.
//
//	server, err := queue.Start(folder)
//	conn, err := queue.Dial(ctx, server.Access())
//	q, err := queue.Create(ctx, conn, queue.Terms{Name: "spirals", Version: "1.0"})
//	err = q.Put(ctx, []queue.Item{{ID: "a", Group: "g", Data: job}})
//
//	w, err := q.Worker() // in any process: queue.Open
//	task, err := w.Next(ctx)
//	err = task.Done(ctx, result)
//
//	results, err := q.Results(ctx)
//	result, err := results.Next(ctx)
//	err = result.Ack()
//
// A queue is a work-queue stream of jobs with one subject a job, so that a job is
// held once however often it is put; a work-queue stream of results, likewise; a
// bucket of keys with what went wrong before; and a bucket of objects, for pictures.
// Jobs of one group lie in one of a few lanes, one consumer each, and a worker stays in
// a lane until it is empty: so it meets few groups. A job that is not answered for is
// handed out again. It may therefore be done twice, and its result come twice: who
// collects results keeps the first.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// lanes is how many consumers hand out the jobs at most. Groups are dealt to them by
// their hash.
const lanes = 64

// Terms are a queue's name and how it hands out jobs. They lie on the server
// beside the jobs.
type Terms struct {
	Name    string          `json:"-"`       // letters, digits, - and _
	Version string          `json:"version"` // of the program that puts the jobs
	Info    json.RawMessage `json:"info"`    // what workers should know before they take any. Default null

	Tries    int           `json:"tries"`    // of a job before it is given up. Default 3
	AckWait  time.Duration `json:"ack_wait"` // without a word from its worker, after which a job is handed out again. Default 30 s
	Backoff  time.Duration `json:"backoff"`  // before a job that failed is handed out again; doubles, up to 64 times it. Default 1 s
	Replicas int           `json:"replicas"` // servers of the cluster that keep each message. Default 1

	Cancelled bool `json:"cancelled"` // set by Cancel
}

func (t Terms) withDefaults() Terms {
	t.Cancelled = false
	if t.Info == nil {
		t.Info = json.RawMessage("null")
	}
	if t.Tries == 0 {
		t.Tries = 3
	}
	if t.AckWait == 0 {
		t.AckWait = 30 * time.Second
	}
	if t.Backoff == 0 {
		t.Backoff = time.Second
	}
	if t.Replicas == 0 {
		t.Replicas = 1
	}
	return t
}

func (t Terms) check() error {
	if t.Name == "" || strings.Trim(t.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return fmt.Errorf("queue: name %q: want letters, digits, - and _", t.Name)
	}
	if t.Tries < 1 || t.AckWait < 0 || t.Backoff < 0 || t.Replicas < 1 {
		return fmt.Errorf("queue: %s: want at least 1 try and 1 replica and no negative waits, found %d, %d, %v and %v", t.Name, t.Tries, t.Replicas, t.AckWait, t.Backoff)
	}
	return nil
}

// ErrGone reports that a queue is no longer there: its work is over, or it was cancelled.
var ErrGone = errors.New("queue: gone")

// SkewError reports that a queue was filled by another version of the program.
type SkewError struct{ Queue, Theirs, Ours string }

func (e *SkewError) Error() string {
	return fmt.Sprintf("queue: %s was filled by version %s, and this is version %s: want the same on both sides", e.Queue, e.Theirs, e.Ours)
}

// Queue is one sweep's jobs and results on a server.
type Queue struct {
	Terms Terms

	conn    *Conn
	jobs    jetstream.Stream
	results jetstream.Stream
	before  jetstream.KeyValue // what went wrong with a job before
	objects jetstream.ObjectStore
}

// metadataKey is where a jobs stream keeps its Terms.
const metadataKey = "godream"

func jobsStream(name string) string    { return "godream-" + name + "-jobs" }
func resultsStream(name string) string { return "godream-" + name + "-results" }
func bucket(name string) string        { return "godream-" + name }

// subject is below which all of a queue's own subjects lie.
func subject(name, below string) string { return "godream." + name + "." + below }

// Create makes a queue, or finds it as an earlier Create left it and sets its terms
// anew. One that another version of the program filled is a *SkewError.
func Create(ctx context.Context, c *Conn, terms Terms) (*Queue, error) {
	terms = terms.withDefaults()
	if err := terms.check(); err != nil {
		return nil, err
	}
	if old, err := c.js.Stream(ctx, jobsStream(terms.Name)); err == nil {
		if err := sameVersion(old, terms.Name, terms.Version); err != nil {
			return nil, err
		}
	}
	q := &Queue{Terms: terms, conn: c}
	if err := q.create(ctx); err != nil {
		return nil, fmt.Errorf("queue: %s: cannot create %s: %w", c.url, terms.Name, err)
	}
	return q, nil
}

func (q *Queue) create(ctx context.Context) (err error) {
	name, js := q.Terms.Name, q.conn.js
	if q.results, err = js.CreateOrUpdateStream(ctx, workQueue(resultsStream(name), subject(name, "result.*"), q.Terms.Replicas)); err != nil {
		return err
	}
	if q.before, err = js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucket(name), Replicas: q.Terms.Replicas}); err != nil {
		return err
	}
	if q.objects, err = js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: bucket(name), Replicas: q.Terms.Replicas}); err != nil {
		return err
	}
	return q.setTerms(ctx) // last: from now on workers find it
}

// setTerms writes the terms into the stream of jobs, and makes it where need be.
func (q *Queue) setTerms(ctx context.Context) error {
	text, err := json.Marshal(q.Terms)
	if err != nil {
		return err
	}
	config := workQueue(jobsStream(q.Terms.Name), subject(q.Terms.Name, "job.*.*"), q.Terms.Replicas)
	config.Metadata = map[string]string{metadataKey: string(text)}
	q.jobs, err = q.conn.js.CreateOrUpdateStream(ctx, config)
	return err
}

// workQueue is a stream whose messages are there until one consumer has acked them,
// one a subject.
func workQueue(name, subject string, replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: name, Subjects: []string{subject}, Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage, Replicas: replicas,
		Discard: jetstream.DiscardNew, DiscardNewPerSubject: true, MaxMsgsPerSubject: 1,
	}
}

// Open finds a queue that Create made. One that is not there is ErrGone, and one that
// another version of the program filled a *SkewError; an empty version fits any.
func Open(ctx context.Context, c *Conn, name, version string) (q *Queue, err error) {
	q = &Queue{conn: c}
	if q.jobs, err = c.js.Stream(ctx, jobsStream(name)); err == nil {
		if err := sameVersion(q.jobs, name, version); err != nil {
			return nil, err
		}
		q.Terms, err = termsOf(q.jobs, name)
	}
	if err == nil {
		q.results, err = c.js.Stream(ctx, resultsStream(name))
	}
	if err == nil {
		q.before, err = c.js.KeyValue(ctx, bucket(name))
	}
	if err == nil {
		q.objects, err = c.js.ObjectStore(ctx, bucket(name))
	}
	if isGone(err) {
		return nil, fmt.Errorf("%w: %s is not on %s", ErrGone, name, c.url)
	}
	if err != nil {
		return nil, fmt.Errorf("queue: %s: cannot open %s: %w", c.url, name, err)
	}
	return q, nil
}

// termsOf reads the terms from a stream of jobs.
func termsOf(s jetstream.Stream, name string) (t Terms, err error) {
	text := s.CachedInfo().Config.Metadata[metadataKey]
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fmt.Errorf("stream %s was not made by this program: want its metadata to hold %q, found %q", jobsStream(name), metadataKey, text)
	}
	t.Name = name
	return t, nil
}

func sameVersion(s jetstream.Stream, name, version string) error {
	t, err := termsOf(s, name)
	if err == nil && version != "" && t.Version != version {
		err = &SkewError{name, t.Version, version}
	}
	return err
}

// List names the queues on a server.
func List(ctx context.Context, c *Conn) (names []string, err error) {
	list := c.js.StreamNames(ctx, jetstream.WithStreamListSubject(subject("*", "job.*.*")))
	for stream := range list.Name() {
		name, jobs := strings.CutSuffix(strings.TrimPrefix(stream, "godream-"), "-jobs")
		if jobs {
			names = append(names, name)
		}
	}
	if err := list.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
		return nil, fmt.Errorf("queue: %s: cannot list queues: %w", c.url, err)
	}
	return names, nil
}

// Delete removes the queue from the server with all that is left in it. Workers that
// are at one of its jobs find it gone.
func (q *Queue) Delete(ctx context.Context) error {
	name, js := q.Terms.Name, q.conn.js
	for _, part := range []struct {
		remove func(context.Context, string) error
		name   string
	}{
		{js.DeleteStream, resultsStream(name)}, {js.DeleteKeyValue, bucket(name)}, {js.DeleteObjectStore, bucket(name)},
		{js.DeleteStream, jobsStream(name)}, // last: by it the queue is found
	} {
		err := q.persist(ctx, func(ctx context.Context) error { return part.remove(ctx, part.name) })
		if err != nil && !isGone(err) {
			return fmt.Errorf("queue: cannot delete %s: %w", name, err)
		}
	}
	return nil
}

// Cancel takes all jobs out of the queue that are not done, and tells workers to
// stop at theirs. Results stay until they are collected.
func (q *Queue) Cancel(ctx context.Context) error {
	q.Terms.Cancelled = true
	err := q.setTerms(ctx)
	if err == nil {
		err = q.jobs.Purge(ctx)
	}
	if err == nil {
		err = q.conn.nc.Publish(subject(q.Terms.Name, "stop"), nil)
	}
	if err == nil {
		err = attempt(ctx, q.conn.nc.FlushWithContext)
	}
	if err != nil {
		return fmt.Errorf("queue: cannot cancel %s: %w", q.Terms.Name, err)
	}
	return nil
}

// Left is what is in a queue.
type Left struct {
	Jobs      int // that are not done, also those that a worker is at
	Results   int // that are not collected
	Cancelled bool
}

// Left counts what is in the queue. That of a queue which is no longer there is ErrGone.
func (q *Queue) Left(ctx context.Context) (l Left, err error) {
	jobs, err := q.jobs.Info(ctx)
	if err != nil {
		return l, q.failed("look into", err)
	}
	results, err := q.results.Info(ctx)
	if err != nil {
		return l, q.failed("look into", err)
	}
	var t Terms
	_ = json.Unmarshal([]byte(jobs.Config.Metadata[metadataKey]), &t) // Open has read it
	return Left{int(jobs.State.Msgs), int(results.State.Msgs), t.Cancelled}, nil
}

// listTimeout is how long a list of all jobs may take: 20 s for a million.
const listTimeout = 5 * time.Minute

// Prune takes jobs out of the queue that are not to be kept.
func (q *Queue) Prune(ctx context.Context, keep func(id string) bool) error {
	listing, stop := context.WithTimeout(ctx, listTimeout)
	defer stop()
	info, err := q.jobs.Info(listing, jetstream.WithSubjectFilter(subject(q.Terms.Name, "job.>")))
	if err != nil {
		return q.failed("look into", err)
	}
	for s := range info.State.Subjects {
		if keep(lastToken(s)) {
			continue
		}
		if err := q.jobs.Purge(ctx, jetstream.WithPurgeSubject(s)); err != nil {
			return q.failed("take a job out of", err)
		}
	}
	return nil
}

// Reclaim takes all jobs out of the hands of workers, so that they are handed out anew
// at once: for a queue on a server that was started just now, whose workers ended with
// the one before. Which tries came to no error is forgotten.
func (q *Queue) Reclaim(ctx context.Context) error {
	list := q.jobs.ConsumerNames(ctx)
	for name := range list.Name() {
		if err := q.jobs.DeleteConsumer(ctx, name); err != nil {
			return q.failed("reclaim jobs of", err)
		}
	}
	if err := list.Err(); err != nil {
		return q.failed("reclaim jobs of", err)
	}
	return nil
}

// lastToken is the ID in a subject.
func lastToken(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// failed puts an error of the server into words.
func (q *Queue) failed(what string, err error) error {
	if isGone(err) {
		return fmt.Errorf("%w: %s was deleted, or another run took it over", ErrGone, q.Terms.Name)
	}
	return fmt.Errorf("queue: cannot %s %s: %w", what, q.Terms.Name, err)
}

// lane is which of the lanes a group is in.
func lane(group string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group))
	return fmt.Sprintf("%02d", h.Sum32()%lanes)
}
