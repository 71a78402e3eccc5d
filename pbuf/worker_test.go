package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Calls that end at the very moment at which they would count as stuck, one after
// the other.
func TestCallsThatEndWhenTheyAreStuck(t *testing.T) {
	for _, abandon := range []bool{false, true} {
		t.Run(fmt.Sprint("AbandonStuck ", abandon), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := start(t, pbuf.Options[int, int]{
					Partitions: 1, FlushInterval: never, BatchSize: 1, ProcessorTimeout: time.Second, AbandonStuck: abandon,
					Processor: func(context.Context, []pbuf.Entry[int, int]) error {
						time.Sleep(time.Second + 250*time.Millisecond)
						return nil
					},
					Hooks: pbuf.Hooks{ProcessorStuck: func(pbuf.BatchInfo) {}},
				})
				for k := range 20 {
					must(t, m.Put(k, k))
				}
				_ = m.Flush(t.Context())
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if s := balanced(t, m); s.Stuck != 0 {
					t.Errorf("%d calls are stuck", s.Stuck)
				}
			})
		})
	}
}

// Stop gives up on a batch while its error is on the way.
func TestStopGivesUpWhileACallFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{
			Partitions: 1, FlushInterval: never, BatchSize: 1,
			Processor: func(ctx context.Context, _ []entry) error {
				<-ctx.Done()
				time.Sleep(grace) // at the same moment as Stop's patience
				return errDown
			},
		})
		_, err := m.PutAll(pairs("a", "b"))
		must(t, err)
		if err := m.Stop(deadline(t, time.Second)); err == nil {
			t.Error("Stop = nil")
		}
		if s := balanced(t, m); s.Undelivered != 2 {
			t.Errorf("Stats = %+v", s)
		}
		time.Sleep(time.Minute)
	})
}

// Whatever user code ends its goroutine, the buffer goes on.
func TestGoexitAnywhere(t *testing.T) {
	for name, change := range map[string]func(o *options){
		"Processor": func(o *options) { o.Processor = func(context.Context, []entry) error { goexit(); return nil } },
		"TableProcessor": func(o *options) {
			o.Processor, o.TableProcessor = nil, func(context.Context, *pbuf.Table[string, int]) error { goexit(); return nil }
		},
		"DeadLetter": func(o *options) {
			o.Processor = func(context.Context, []entry) error { return pbuf.Permanent(errDown) }
			o.DeadLetter = func(context.Context, []entry, error) error { goexit(); return nil }
		},
		"Unwrap":    func(o *options) { o.Processor = func(context.Context, []entry) error { return unwrapExits{} } },
		"FlushStop": func(o *options) { o.Hooks.FlushStop = func(pbuf.FlushInfo) { goexit() } },
		"Requeued":  func(o *options) { o.Hooks.Requeued = func(pbuf.RequeueInfo) { goexit() } },
		"Backoff":   func(o *options) { o.Hooks.Backoff = func(pbuf.BackoffInfo) { goexit() } },
		"Full": func(o *options) {
			o.Capacity, o.OnFull, o.Hooks.Full = 1, pbuf.Reject, func(pbuf.PartitionInfo) { goexit() }
		},
		"DeadLettered": func(o *options) { o.Hooks.DeadLettered = func(pbuf.BatchInfo) { goexit() } },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := options{
					Partitions: 1, FlushInterval: never, Retry: pbuf.Retry{MaxAttempts: 2},
					Processor:  func(context.Context, []entry) error { return errDown },
					DeadLetter: func(context.Context, []entry, error) error { return nil },
				}
				change(&o)
				m := start(t, o)
				for i := range 5 {
					must(t, m.Put("k", i))
					if o.Capacity > 0 {
						_ = m.Put("x", 1)
					}
					_ = m.Flush(t.Context())
					balanced(t, m)
				}
				_ = m.Stop(deadline(t, time.Minute))
				if s := balanced(t, m); s.InFlight+s.Size != 0 || s.Flushes < 5 {
					t.Errorf("Stats = %+v", s)
				}
			})
		})
	}
}

// Merge that ends its goroutine when a failed entry comes back gives that entry up.
func TestGoexitInMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: gate.process,
			Merge: func(string, int, int) int { goexit(); return 0 },
		})
		must(t, m.Put("k", 1))
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		must(t, m.Put("k", 2))
		gate.out <- errDown
		wantError(t, "Flush", <-done, errDown)
		if s := balanced(t, m); s.Dropped != 1 || s.Size != 1 {
			t.Errorf("Stats = %+v", s)
		}
		go func() { done <- m.Close() }()
		<-gate.in
		gate.out <- nil
		must(t, <-done)
	})
}

// An idle buffer has no timer: with one, the clock of the bubble would need years
// for what follows.
func TestIdleBufferHasNoTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[string, int]
		m := start(t, options{Partitions: 4, FlushInterval: time.Millisecond, Processor: r.process})
		for round := range 3 {
			time.Sleep(100_000 * time.Hour)
			must(t, m.Put("k", round))
			if deleted, err := m.Delete("k"); !deleted || err != nil {
				t.Errorf("Delete = %v, %v", deleted, err)
			}
			time.Sleep(100_000 * time.Hour)
			must(t, m.Put("k", round))
			time.Sleep(2 * time.Millisecond)
			if got := len(r.entries()); got != round+1 {
				t.Errorf("%d deliveries after %d Puts", got, round+1)
			}
		}
	})
}

// Idle partitions have one goroutine each: the worker is gone.
func TestIdlePartitionsHaveNoWorker(t *testing.T) {
	const partitions = 64
	before := runtime.NumGoroutine()
	m := start(t, pbuf.Options[int, int]{Partitions: partitions, FlushInterval: never, Processor: discard[int, int]})
	for k := range 10_000 {
		must(t, m.Put(k, k))
	}
	flush(t, m)
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+partitions; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines for %d partitions", runtime.NumGoroutine()-before, partitions)
		}
	}
}

// Thousands of keys that fail cost memory only while they are there.
func TestMemoryOfFailures(t *testing.T) {
	const keys = 50_000
	down := true
	m := start(t, pbuf.Options[int, int]{
		Partitions: 1, FlushInterval: never,
		Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
			if down {
				return pbuf.Failed(errDown, batch...)
			}
			return nil
		},
	})
	empty := liveHeap()
	for k := range keys {
		must(t, m.Put(k, k))
	}
	for range 3 {
		if err := m.Flush(t.Context()); !errors.Is(err, errDown) {
			t.Fatalf("Flush = %v", err)
		}
	}
	failed := liveHeap()
	down = false
	flush(t, m)
	flush(t, m) // the generation after it has no entries either
	must(t, m.Put(0, 0))
	flush(t, m)
	if after := liveHeap(); after > empty+(failed-empty)/4 {
		t.Errorf("%d bytes before, %d while %d keys failed, %d after", empty, failed, keys, after)
	}
	runtime.KeepAlive(m)
}

func liveHeap() uint64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// A processor that waits for its own goroutine gets an answer from the context form,
// in a full buffer too; without the context it waits for ever, and the hook shows it.
func TestPutOfAProcessorsGoroutineInAFullBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m *pbuf.Map[string, int]
		var stuck []pbuf.BatchInfo
		answers := make(chan error, 1)
		withContext := true
		m = start(t, options{
			Partitions: 1, FlushInterval: never, Capacity: 1, ProcessorTimeout: time.Second, Retry: pbuf.Retry{Policy: pbuf.GiveUp},
			Processor: func(ctx context.Context, _ []entry) error {
				done := make(chan error, 1)
				go func() {
					if withContext {
						done <- m.PutContext(ctx, "more", 1)
					} else {
						done <- m.Put("more", 1)
					}
				}()
				err := <-done
				answers <- err
				return nil
			},
			Hooks: pbuf.Hooks{ProcessorStuck: func(i pbuf.BatchInfo) { stuck = append(stuck, i) }},
		})
		must(t, m.Put("k", 1))
		flush(t, m)
		wantError(t, "PutContext", <-answers, pbuf.ErrFull)
		withContext = false
		must(t, m.Put("k", 2))
		go func() { _ = m.Flush(t.Context()) }()
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := m.Stats(); len(stuck) != 1 || s.Stuck != 1 || len(answers) != 0 {
			t.Errorf("%d reports, Stats = %+v, want the call to be reported", len(stuck), s.PartitionStats)
		}
		_ = m.Close() // refuses the write, and so ends the call
		wantError(t, "Put", <-answers, pbuf.ErrClosed)
	})
}
