package pbuf_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func isDone(c *pbuf.Checkpoint) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// wantWaiting says that the checkpoint is not done.
func wantWaiting(t *testing.T, when string, c *pbuf.Checkpoint) {
	t.Helper()
	synctest.Wait()
	if isDone(c) || c.Err() != nil {
		t.Errorf("%s: the checkpoint is done: %v, with %v", when, isDone(c), c.Err())
	}
}

// wantSafe says that it is, and that nothing was lost.
func wantSafe(t *testing.T, when string, c *pbuf.Checkpoint) {
	t.Helper()
	synctest.Wait()
	if !isDone(c) || c.Err() != nil {
		t.Errorf("%s: the checkpoint is done: %v, with %v; want true, nil", when, isDone(c), c.Err())
	}
}

func wantLost(t *testing.T, when string, c *pbuf.Checkpoint, lost int, cause error) {
	t.Helper()
	synctest.Wait()
	var e *pbuf.CheckpointError
	if err := c.Err(); !isDone(c) || !errors.As(err, &e) || e.Lost != lost || !errors.Is(err, cause) {
		t.Errorf("%s: the checkpoint is done: %v, with %v; want true, %d lost because of %v", when, isDone(c), err, lost, cause)
	}
}

// sequence is a processor that ends as told, call by call; then it delivers.
type sequence struct{ errs []error }

func (s *sequence) next() error {
	if len(s.errs) == 0 {
		return nil
	}
	err := s.errs[0]
	s.errs = s.errs[1:]
	return err
}

func (s *sequence) process(context.Context, []entry) error { return s.next() }

// What is written settles with the interval, and the checkpoint changes nothing.
func TestCheckpointIsDoneByTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[uint64, int]
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: 2, FlushInterval: time.Minute, Processor: r.process, PartitionBy: func(k uint64) uint64 { return k },
		})
		wantSafe(t, "with nothing written", m.Checkpoint())
		must(t, m.Put(0, 1))
		first := m.Checkpoint()
		time.Sleep(time.Minute + 1)
		wantSafe(t, "after an interval", first)
		began, calls := time.Now(), r.calls()
		must(t, m.Put(0, 2))
		must(t, m.Put(1, 2))
		second := m.Checkpoint()
		must(t, m.Put(0, 3)) // the same generation: it settles with the write that follows it
		wantWaiting(t, "at first", second)
		must(t, second.Wait(t.Context()))
		if d := time.Since(began); d > time.Minute || r.calls() != calls+2 {
			t.Errorf("done after %v and %d calls, want those of an interval, 2", d, r.calls()-calls)
		}
		wantSafe(t, "with nothing left", m.Checkpoint())
	})
}

func TestFlushHurriesACheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: gate.process})
		must(t, m.Put("a", 1))
		first := m.Checkpoint()
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		wantWaiting(t, "in flight", first)
		wantWaiting(t, "made while it is in flight", m.Checkpoint())
		must(t, m.Put("b", 1))
		second := m.Checkpoint()
		gate.out <- nil
		wantSafe(t, "after the Flush", first)
		wantWaiting(t, "of what came after", second)
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		gate.out <- nil
		wantSafe(t, "after the second Flush", second)
	})
}

// A checkpoint survives failed deliveries, with every option that has a say in them.
func TestCheckpointWaitsForRetries(t *testing.T) {
	newer := func(old, new int) bool { return new > old }
	for name, opts := range map[string]options{
		"requeue":           {},
		"replay":            {Retry: pbuf.Retry{Policy: pbuf.Replay}},
		"table":             {TableProcessor: func(context.Context, *pbuf.Table[string, int]) error { return nil }},
		"abandon":           {AbandonStuck: true},
		"bytes":             {MaxBytes: 10, SizeOf: func(string, int) int { return 5 }},
		"merge":             {Merge: func(_ string, old, new int) int { return old + new }},
		"newer":             {Newer: newer},
		"tombstones":        {Tombstones: true},
		"versions":          {VersionMemory: 10},
		"the last attempts": {Retry: pbuf.Retry{MaxAttempts: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := sequence{[]error{errSink, errSink, errSink}}
				if opts.TableProcessor != nil {
					opts.TableProcessor = func(context.Context, *pbuf.Table[string, int]) error { return s.next() }
				} else {
					opts.Processor = s.process
				}
				opts.Partitions, opts.FlushInterval = 1, time.Second
				m := start(t, opts)
				must(t, m.Put("k", 1))
				c := m.Checkpoint()
				for m.Stats().Batches < 3 {
					wantWaiting(t, "before it was delivered", c)
					time.Sleep(10 * time.Millisecond)
				}
				if m.Stats().Batches == 3 {
					wantWaiting(t, "after the last failure", c)
				}
				must(t, c.Wait(t.Context()))
				if s := m.Stats(); s.Delivered != 1 {
					t.Errorf("done with %d delivered", s.Delivered)
				}
			})
		})
	}
}

// Of a key that failed and was written again, the newer write counts; a later
// checkpoint does not wait for what only earlier ones cover.
func TestCheckpointOfAReplacedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sequence{[]error{errSink, nil, errSink}}
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: s.process})
		must(t, m.Put("k", 1))
		c := m.Checkpoint()
		wantError(t, "Flush", m.Flush(t.Context()), errSink)
		must(t, m.Put("k", 2))
		wantWaiting(t, "replaced", c)
		flush(t, m)
		wantSafe(t, "with the newer write", c)

		must(t, m.Put("k", 3))
		c = m.Checkpoint()
		wantError(t, "Flush", m.Flush(t.Context()), errSink)
		deleted, err := m.Delete("k")
		must(t, err)
		if !deleted {
			t.Error("the failed entry is not in the buffer")
		}
		flush(t, m) // of nothing: a tick would do
		wantSafe(t, "erased", c)
	})
}

// One poison entry holds what covers it, and nothing else, until it is given up.
func TestCheckpointBesideAPoisonEntry(t *testing.T) {
	for name, test := range map[string]struct {
		letter func(context.Context, []entry, error) error
		lost   int
	}{
		"dropped":       {nil, 1},
		"dead-lettered": {func(context.Context, []entry, error) error { return nil }, 0},
		"letter fails":  {func(context.Context, []entry, error) error { return errors.New("full") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				poison := func(_ context.Context, batch []entry) error {
					for _, e := range batch {
						if e.Key == "poison" {
							return pbuf.Failed(errSink, e)
						}
					}
					return nil
				}
				m := start(t, options{
					Partitions: 1, FlushInterval: never, Processor: poison, DeadLetter: test.letter,
					Retry: pbuf.Retry{MaxAttempts: 3},
				})
				must(t, m.Put("before", 1))
				before := m.Checkpoint()
				flush(t, m)
				wantSafe(t, "before the poison", before)
				must(t, m.Put("poison", 1))
				covers := m.Checkpoint()
				for range 2 {
					must(t, m.Put("fine", 1))
					wantError(t, "Flush", m.Flush(t.Context()), errSink)
					wantWaiting(t, "that covers the poison", covers)
				}
				must(t, m.Put("fine", 1))
				after := m.Checkpoint()
				wantError(t, "Flush", m.Flush(t.Context()), errSink)
				if test.lost == 0 {
					wantSafe(t, "given up", covers)
					wantSafe(t, "later", after)
				} else {
					wantLost(t, "given up", covers, test.lost, errSink)
					wantLost(t, "that covers it too", after, test.lost, errSink)
				}
				must(t, m.Put("fine", 1))
				next := m.Checkpoint()
				flush(t, m)
				if test.lost > 0 { // it may have been written after the one before
					wantLost(t, "the next", next, test.lost, errSink)
				}
				must(t, m.Put("fine", 1))
				next = m.Checkpoint()
				flush(t, m)
				wantSafe(t, "the one after that", next)
			})
		})
	}
}
