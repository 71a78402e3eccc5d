package pbuf_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/partitioned-buffer/go/pbuf"
)

// event is a call of a hook.
type event struct {
	Hook string
	Info any
}

// logged returns hooks that all write to the log.
func logged(log *[]event) pbuf.Hooks {
	partition := func(name string) func(pbuf.PartitionInfo) {
		return func(i pbuf.PartitionInfo) { *log = append(*log, event{name, i}) }
	}
	flush := func(name string) func(pbuf.FlushInfo) {
		return func(i pbuf.FlushInfo) { *log = append(*log, event{name, i}) }
	}
	batch := func(name string) func(pbuf.BatchInfo) {
		return func(i pbuf.BatchInfo) {
			i.Incarnation = "" // random
			*log = append(*log, event{name, i})
		}
	}
	return pbuf.Hooks{
		PartitionStart: partition("PartitionStart"), PartitionStop: partition("PartitionStop"),
		FlushStart: flush("FlushStart"), FlushStop: flush("FlushStop"),
		BatchFailed: batch("BatchFailed"), BatchPanicked: batch("BatchPanicked"),
	}
}

// The whole life of a partition, with everything that the hooks are told.
func TestHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []event
		opts := failingOptions()
		opts.Name = "orders"
		opts.Hooks = logged(&log)
		process := opts.Processor
		opts.Processor = func(ctx context.Context, batch []entry) error {
			time.Sleep(time.Duration(1+batch[0].Value) * time.Second)
			return process(ctx, batch)
		}
		m := start(t, opts)
		_, err := m.PutAll(pairs("fine", "fail", "panic", "goexit"))
		must(t, err)
		wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrGoexit, "3 entries")
		flush(t, m) // of nothing: no hooks
		must(t, m.Put("fine", 0))
		must(t, m.Close())

		partition := pbuf.PartitionInfo{Name: "orders", Partition: 0, Partitions: 1}
		batch := func(number int, seconds time.Duration, err error) pbuf.BatchInfo {
			return pbuf.BatchInfo{
				Batch:   pbuf.Batch{Name: "orders", Generation: 1, Number: number, Attempt: 1},
				Entries: 1, Duration: seconds * time.Second, Err: err,
			}
		}
		want := []event{
			{"PartitionStart", partition},
			{"FlushStart", pbuf.FlushInfo{PartitionInfo: partition, Generation: 1, Entries: 4}},
			{"BatchFailed", batch(2, 2, errSink)},
			{"BatchPanicked", batch(3, 3, errSink)},
			{"BatchPanicked", batch(4, 4, pbuf.ErrGoexit)},
			{"FlushStop", pbuf.FlushInfo{
				PartitionInfo: partition, Generation: 1, Entries: 4, Delivered: 1, Failed: 3, Dropped: 3,
				Duration: 10 * time.Second, Err: pbuf.ErrGoexit,
			}},
			{"FlushStart", pbuf.FlushInfo{PartitionInfo: partition, Generation: 2, Entries: 1}},
			{"FlushStop", pbuf.FlushInfo{PartitionInfo: partition, Generation: 2, Entries: 1, Delivered: 1, Duration: time.Second}},
			{"PartitionStop", partition},
		}
		if diff := cmp.Diff(want, log, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("calls of hooks (-want +got):\n%s", diff)
		}
		var p *pbuf.PanicError
		if len(log) > 3 && !errors.As(log[3].Info.(pbuf.BatchInfo).Err, &p) {
			t.Errorf("BatchPanicked of a panic has %v, want a *PanicError", log[3].Info)
		}
	})
}

func TestHooksNameTheirPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const partitions = 4
		started := make(chan int, partitions)
		stopped := make(chan int, partitions)
		processed := make(chan int, partitions)
		send := func(to chan<- int, i pbuf.PartitionInfo) {
			if i.Partitions != partitions {
				t.Errorf("%d partitions, want %d", i.Partitions, partitions)
			}
			to <- i.Partition
		}
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: partitions, FlushInterval: never, Processor: discard[uint64, int],
			PartitionBy: func(k uint64) uint64 { return k },
			Hooks: pbuf.Hooks{
				PartitionStart: func(i pbuf.PartitionInfo) { send(started, i) },
				PartitionStop:  func(i pbuf.PartitionInfo) { send(stopped, i) },
				FlushStop:      func(i pbuf.FlushInfo) { send(processed, i.PartitionInfo) },
			},
		})
		must(t, m.Put(2, 0))
		flush(t, m)
		if p := <-processed; p != 2 || len(processed) != 0 {
			t.Errorf("FlushStop for partition %d and %d more, want 2 alone", p, len(processed))
		}
		must(t, m.Close())
		for name, c := range map[string]chan int{"PartitionStart": started, "PartitionStop": stopped} {
			close(c)
			seen := map[int]int{}
			for p := range c {
				seen[p]++
			}
			if diff := cmp.Diff(map[int]int{0: 1, 1: 1, 2: 1, 3: 1}, seen); diff != "" {
				t.Errorf("%s by partition (-want +got):\n%s", name, diff)
			}
		}
	})
}

// A hook may panic or end its goroutine: the buffer counts and reports it, and
// goes on as if it had not.
func TestHooksMayFail(t *testing.T) {
	for _, fail := range []struct {
		name string
		do   func()
		want error
	}{
		{"panic", func() { panic(errSink) }, errSink},
		{"Goexit", goexit, pbuf.ErrGoexit},
	} {
		for _, name := range hookNames {
			t.Run(fail.name+" in "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					calls := 0
					var reports []pbuf.BatchInfo
					opts := failingOptions()
					opts.Hooks = hookUp(name, func() {
						calls++
						fail.do()
					})
					if name != "BatchPanicked" {
						opts.Hooks.BatchPanicked = func(i pbuf.BatchInfo) {
							if i.Entries == 0 { // not about a batch
								reports = append(reports, i)
							}
						}
					}
					m := start(t, opts)
					provoke(t, m)
					wantCalls := 1
					if name == "BatchPanicked" {
						// Two batches; and each time it fails it is told of itself, once.
						wantCalls = 4
					} else if len(reports) != calls {
						t.Errorf("%d reports of %d failures", len(reports), calls)
					}
					if got := m.Stats().HookFailures; calls != wantCalls || got != uint64(calls) {
						t.Errorf("the hook ran %d times, %d failures counted, want %d", calls, got, wantCalls)
					}
					for _, r := range reports {
						if !errors.Is(r.Err, fail.want) || r.Name != "pbuf" || r.Partition != 0 {
							t.Errorf("report %+v, want one with %v", r, fail.want)
						}
					}
					if s := m.Stats(); s.Delivered != 2 || s.Failed != 3 || s.Flushes != 1 {
						t.Errorf("Stats = %+v, want 2 delivered and 3 failed in one drain", s)
					}
				})
			})
		}
	}
}

// A reporter that fails while it reports a hook's failure ends the matter.
func TestTheReporterMayFailToo(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic(errSink) }, "Goexit": goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := failingOptions()
				opts.Hooks = hookUp("FlushStart", fail)
				opts.Hooks.BatchPanicked = func(pbuf.BatchInfo) { fail() }
				m := start(t, opts)
				must(t, m.Put("fine", 1))
				flush(t, m)
				if s := m.Stats(); s.HookFailures != 2 || s.Delivered != 1 {
					t.Errorf("Stats = %+v, want 2 failures of hooks and the entry delivered", s)
				}
			})
		})
	}
}

// Without a reporter a hook's failure is counted all the same.
func TestHooksMayFailUnreported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := failingOptions()
		opts.Hooks = hookUp("FlushStop", func() { panic(errSink) })
		m := start(t, opts)
		must(t, m.Put("fine", 1))
		flush(t, m)
		if s := m.Stats(); s.HookFailures != 1 || s.Delivered != 1 {
			t.Errorf("Stats = %+v, want 1 failure of a hook and the entry delivered", s)
		}
	})
}
