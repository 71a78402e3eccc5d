package main

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// someEvents is the feed of the first n events of the embedded file.
func someEvents(t *testing.T, n int) *feed {
	t.Helper()
	return mustFeed(t, strings.SplitAfter(embeddedCSV, "\n")[1:n+1]...)
}

func testConfig() config {
	return config{pollers: 3, interval: time.Millisecond, batch: 16, partitions: 2, drain: time.Second}
}

// guardedSink asks before each batch whether it should fail.
type guardedSink struct {
	sink
	guard func(batch []pbuf.Entry[string, quake]) error
}

func (s *guardedSink) save(ctx context.Context, batch []pbuf.Entry[string, quake]) error {
	if err := s.guard(batch); err != nil {
		return err
	}
	return s.sink.save(ctx, batch)
}

// notes collects what a pipeline logs.
type notes struct {
	mu   sync.Mutex
	text strings.Builder
}

func (n *notes) Write(line []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(line)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func (n *notes) log() *slog.Logger { return slog.New(slog.NewTextHandler(n, nil)) }

// wantNotes wants these log messages, and no other.
func wantNotes(t *testing.T, n *notes, messages ...pbufslog.Event) {
	t.Helper()
	var got []pbufslog.Event
	for _, found := range regexp.MustCompile(`msg="(.*?)"`).FindAllStringSubmatch(n.String(), -1) {
		got = append(got, pbufslog.Event(found[1]))
	}
	if !slices.Equal(got, messages) {
		t.Errorf("messages %q, want %q:\n%s", got, messages, n)
	}
}

// replayInto replays f at full speed and verifies the table.
func replayInto(t *testing.T, c config, f *feed, s sink, n *notes) (r *result, p *pipeline, rows int, differences []string) {
	t.Helper()
	p, err := newPipeline(c, f, s, n.log())
	if err != nil {
		t.Fatal(err)
	}
	r, rows, differences = replayAndVerify(t, t.Context(), p)
	return r, p, rows, differences
}

func replayAndVerify(t *testing.T, ctx context.Context, p *pipeline) (r *result, rows int, differences []string) {
	t.Helper()
	r, err := p.replay(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, differences, err = verify(p.sink.rows(t.Context()), r.want)
	if err != nil {
		t.Fatal(err)
	}
	return r, rows, differences
}

func TestReplayOfTheWholeFeed(t *testing.T) {
	f, n := someEvents(t, 300), new(notes)
	s := openTestSQLite(t)
	defer s.close()
	r, p, rows, differences := replayInto(t, testConfig(), f, s, n)
	if rows != 300 || len(differences) != 0 || len(r.want) != 300 || r.undelivered != nil || r.interrupted {
		t.Errorf("%d rows of %d, differences %v, undelivered %v", rows, len(r.want), differences, r.undelivered)
	}
	var puts uint64
	w := window{feed: f}
	for n := range f.polls() {
		for range w.poll(f.pollMS(n)) {
			puts += 3 // each poller
		}
	}
	stats := p.buffer.Stats()
	if r.puts != puts || r.latency.TotalCount() != int64(puts) {
		t.Errorf("%d puts and %d latencies, want %d", r.puts, r.latency.TotalCount(), puts)
	}
	if !reflect.DeepEqual(r.books, stats) || stats.Delivered < 300 || stats.Delivered > r.stored {
		t.Errorf("books %+v and later %+v, %d stored", r.books, stats, r.stored)
	}
	if stats.Batches < stats.Delivered/16 || stats.CallsFailed != 0 || r.untilMS != f.end() {
		t.Errorf("result %+v", r)
	}
	wantNotes(t, n)
}

func TestReplayInterrupted(t *testing.T) {
	f, n := someEvents(t, 300), new(notes)
	ctx, cancel := context.WithCancel(t.Context())
	s := &guardedSink{sink: openTestSQLite(t), guard: func([]pbuf.Entry[string, quake]) error {
		cancel() // at the first batch
		return nil
	}}
	defer s.close()
	p, err := newPipeline(testConfig(), f, s, n.log())
	if err != nil {
		t.Fatal(err)
	}
	r, rows, differences := replayAndVerify(t, ctx, p)
	if !r.interrupted || r.undelivered != nil || len(differences) != 0 || rows == 0 || rows != len(r.want) {
		t.Errorf("interrupted %t, undelivered %v, %d rows of %d, differences %v", r.interrupted, r.undelivered, rows, len(r.want), differences)
	}
}

func TestPipelinePassesThePollersError(t *testing.T) {
	s := openTestSQLite(t)
	defer s.close()
	p, err := newPipeline(testConfig(), someEvents(t, 50), s, new(notes).log())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.buffer.Close(); err != nil { // so that every put fails
		t.Fatal(err)
	}
	r, err := p.replay(t.Context(), 0)
	if !errors.Is(err, pbuf.ErrClosed) || r.puts != 0 || len(r.want) != 0 {
		t.Errorf("replay: %v, %d puts; want %v", err, r.puts, pbuf.ErrClosed)
	}
}

func TestPipelinePassesTheBuffersErrors(t *testing.T) {
	c := testConfig()
	c.partitions = 1 << 30
	if _, err := newPipeline(c, someEvents(t, 1), openTestSQLite(t), new(notes).log()); !errors.Is(err, pbuf.ErrOptions) {
		t.Errorf("error %v, want %v", err, pbuf.ErrOptions)
	}
}
