package main

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// faultySink is a SQLite that first asks fault about each batch: the n-th,
// counting from 1, of events that failed before or not.
func faultySink(t *testing.T, fault func(n int, again bool) error) *guardedSink {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := &guardedSink{sink: openTestSQLite(t), guard: func(batch []pbuf.Entry[string, quake]) error {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fault(n, batch[0].Attempts > 0)
	}}
	t.Cleanup(func() { s.close() })
	return s
}

var errNothingCame = errors.New("what the pollers waited for did not come")

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// replayHeld replays f at full speed and verifies the table. The pollers stop
// after some puts until the channel is closed. Deliveries begin when all of them
// have: until then no put can replace what fails, so it is what is tried again.
func replayHeld(t *testing.T, f *feed, s sink, n *notes, puts int64, until <-chan struct{}) (r *result, rows int, differences []string) {
	t.Helper()
	c := testConfig()
	c.interval = 1000 * time.Hour
	p, err := newPipeline(c, f, s, n.log())
	if err != nil {
		t.Fatal(err)
	}
	var done, held atomic.Int64
	for _, one := range p.pollers {
		holding := false
		one.put = func(id string, q quake, version int64) (bool, error) {
			if done.Add(1) > puts && !closed(until) {
				if !holding && held.Add(1) == int64(len(p.pollers)) {
					if err := p.buffer.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = time.Millisecond }); err != nil {
						return false, err
					}
				}
				holding = true
				select {
				case <-until:
				case <-time.After(2 * time.Minute):
					return false, errNothingCame
				}
			}
			return p.buffer.PutNewer(id, q, version)
		}
	}
	return replayAndVerify(t, t.Context(), p)
}

// wantNothingLost looks at the books too: the pollers put each event often, so
// the table alone could be right after a loss.
func wantNothingLost(t *testing.T, r *result, events, rows int, differences []string) {
	t.Helper()
	if err := r.lost(); err != nil || r.books.Failed == 0 {
		t.Errorf("lost %v, %d failed; want nothing lost, some failed", err, r.books.Failed)
	}
	if rows != events || len(differences) != 0 {
		t.Errorf("%d rows, differences %v; want %d and none", rows, differences, events)
	}
}

func TestReplayOverAnOutage(t *testing.T) {
	retried, n := make(chan struct{}), new(notes)
	once := sync.OnceFunc(func() { close(retried) })
	s := faultySink(t, func(n int, again bool) error {
		switch {
		case n < 4: // from the first on: a flush that delivers anything is no outage
			return errors.New("connection refused")
		case again:
			once()
		}
		return nil
	})
	r, rows, differences := replayHeld(t, someEvents(t, 150), s, n, 20_000, retried)
	wantNothingLost(t, r, 150, rows, differences)
	if r.books.CallsFailed != 3 || r.books.Failed == 0 {
		t.Errorf("%d failed batches of %d events; want 3", r.books.CallsFailed, r.books.Failed)
	}
	if text := n.String(); !strings.Contains(text, "connection refused") || !strings.Contains(text, string(pbufslog.Recovered)) {
		t.Errorf("notes:\n%s", text)
	}
}

func TestReplayReportsAPanicAndLosesNothing(t *testing.T) {
	retried, n := make(chan struct{}), new(notes)
	once := sync.OnceFunc(func() { close(retried) })
	s := faultySink(t, func(n int, again bool) error {
		if n == 1 {
			panic("driver bug")
		}
		if again {
			once()
		}
		return nil
	})
	r, rows, differences := replayHeld(t, someEvents(t, 150), s, n, 20_000, retried)
	wantNothingLost(t, r, 150, rows, differences)
	if !strings.Contains(n.String(), "driver bug") {
		t.Errorf("notes:\n%s", n)
	}
}

func TestReplayIntoABrokenDatabase(t *testing.T) {
	full, retried, n := errors.New("disk full"), make(chan struct{}), new(notes)
	once := sync.OnceFunc(func() { close(retried) })
	s := faultySink(t, func(_ int, again bool) error {
		if again {
			once()
		}
		return full
	})
	r, rows, differences := replayHeld(t, someEvents(t, 50), s, n, 200, retried)
	wantUndelivered(t, r, 50, full)
	if rows != 0 || len(differences) != 50 || r.books.CallsFailed < 2 || r.books.Requeued == 0 {
		t.Errorf("%d rows, %d differences, %d failed batches, %d requeued", rows, len(differences), r.books.CallsFailed, r.books.Requeued)
	}
	wantNotes(t, n, pbufslog.SinkDown, pbufslog.StoppedFailing)
}

func TestReplayReportsWhatTheDrainCouldNotDeliver(t *testing.T) {
	full := errors.New("disk full")
	c := testConfig()
	c.interval = time.Hour // so that all is upserted at the end
	r, _, _, differences := replayInto(t, c, someEvents(t, 50), faultySink(t, func(int, bool) error { return full }), new(notes))
	wantUndelivered(t, r, 50, full)
	if len(differences) != 50 || r.books.Requeued != 0 {
		t.Errorf("%d differences, %d requeued; want 50 and none", len(differences), r.books.Requeued)
	}
}

// wantUndelivered wants so many events in Stop's error and in the books, none
// delivered and none lost otherwise.
func wantUndelivered(t *testing.T, r *result, events int, cause error) {
	t.Helper()
	var undelivered *pbuf.UndeliveredError
	if !errors.As(r.undelivered, &undelivered) || undelivered.Count != events || !errors.Is(r.undelivered, cause) {
		t.Errorf("undelivered: %v; want %d because of %v", r.undelivered, events, cause)
	}
	if r.books.Delivered != 0 || r.books.Undelivered != events || errors.Is(r.lost(), errLost) {
		t.Errorf("%d delivered, %d undelivered, lost %v", r.books.Delivered, r.books.Undelivered, r.lost())
	}
}
