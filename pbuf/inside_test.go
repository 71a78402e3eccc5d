package pbuf_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// wantInside calls everything that waits for the flusher.
func wantInside(t *testing.T, m *pbuf.Map[string, int], ctx context.Context) {
	t.Helper()
	wantError(t, "Flush", m.Flush(ctx), pbuf.ErrInProcessor)
	wantError(t, "Stop", m.Stop(ctx), pbuf.ErrInProcessor)
}

// inside runs the test within a processor; the buffer goes on afterwards.
func inside(t *testing.T, test func(m *pbuf.Map[string, int], ctx context.Context)) {
	synctest.Test(t, func(t *testing.T) {
		var m *pbuf.Map[string, int]
		ran := false
		m = start(t, options{
			Partitions: 1, FlushInterval: never,
			Processor: func(ctx context.Context, _ []entry) error {
				if !ran {
					ran = true
					test(m, ctx)
				}
				return nil
			},
		})
		must(t, m.Put("k", 1))
		flush(t, m)
		if !ran {
			t.Error("the processor was not called")
		}
		must(t, m.Put("k", 2)) // nothing was stopped
		must(t, m.Close())
	})
}

func TestInsideAProcessor(t *testing.T) {
	t.Run("with its context", func(t *testing.T) {
		inside(t, func(m *pbuf.Map[string, int], ctx context.Context) { wantInside(t, m, ctx) })
	})
	t.Run("with a context of its context", func(t *testing.T) {
		inside(t, func(m *pbuf.Map[string, int], ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			wantInside(t, m, ctx)
		})
	})
	t.Run("with another context", func(t *testing.T) {
		inside(t, func(m *pbuf.Map[string, int], _ context.Context) { wantInside(t, m, t.Context()) })
	})
	t.Run("without a context", func(t *testing.T) {
		inside(t, func(m *pbuf.Map[string, int], _ context.Context) {
			wantError(t, "Close", m.Close(), pbuf.ErrInProcessor)
		})
	})
	t.Run("in a goroutine with its context", func(t *testing.T) {
		inside(t, func(m *pbuf.Map[string, int], ctx context.Context) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				wantInside(t, m, ctx)
			}()
			<-done
		})
	})
	t.Run("after a Goexit", func(t *testing.T) {
		// The flusher has another goroutine then, and is known all the same.
		synctest.Test(t, func(t *testing.T) {
			var m *pbuf.Map[string, int]
			calls := 0
			opts := options{
				Partitions: 1, FlushInterval: never,
				Processor: func(context.Context, []entry) error {
					if calls++; calls == 1 {
						goexit()
					}
					wantError(t, "Close", m.Close(), pbuf.ErrInProcessor)
					return nil
				},
			}
			dropFailures(&opts)
			m = start(t, opts)
			must(t, m.Put("k", 1))
			wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrGoexit)
			must(t, m.Put("k", 2))
			flush(t, m)
		})
	})
}

// Everything else may be called inside.
func TestInsideAProcessorTheRestWorks(t *testing.T) {
	inside(t, func(m *pbuf.Map[string, int], _ context.Context) {
		must(t, m.Put("a", 1))
		if stored, err := m.PutNewer("b", 2, 2); !stored || err != nil {
			t.Errorf("PutNewer = %v, %v", stored, err)
		}
		if n, err := m.PutAll(pairs("c")); n != 1 || err != nil {
			t.Errorf("PutAll = %d, %v", n, err)
		}
		must(t, pbuf.Route(m, 1).Put("d", 1))
		if v, ok := m.Get("a"); !ok || v != 1 {
			t.Errorf("Get = %d, %v", v, ok)
		}
		if deleted, err := m.Delete("a"); !deleted || err != nil {
			t.Errorf("Delete = %v, %v", deleted, err)
		}
		if m.Size() != 3 || m.Stats().InFlight != 1 {
			t.Errorf("Size = %d, Stats = %+v; want 3 buffered, 1 in flight", m.Size(), m.Stats())
		}
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.BatchSize = 7 }))
		for range m.Undelivered() {
			t.Error("Undelivered yields")
		}
	})
}

func TestInsideHooks(t *testing.T) {
	for _, name := range hookNames {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var m *pbuf.Map[string, int]
				ready := make(chan struct{})
				ran := 0
				opts := failingOptions()
				opts.Hooks = hookUp(name, func() {
					<-ready
					ran++
					wantInside(t, m, context.Background())
				})
				m = start(t, opts)
				close(ready)
				provoke(t, m)
				if ran == 0 {
					t.Error("the hook did not run")
				}
			})
		})
	}
}

// Another buffer's processor is outside: it may flush and stop this one.
func TestInsideAnotherBuffersProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[string, int]
		downstream := start(t, options{Partitions: 1, FlushInterval: never, Processor: r.process})
		m := start(t, options{
			Partitions: 1, FlushInterval: never, BatchSize: 1,
			Processor: func(ctx context.Context, batch []entry) error {
				must(t, downstream.Put(batch[0].Key, batch[0].Value))
				if batch[0].Key == "last" {
					return downstream.Stop(ctx)
				}
				return downstream.Flush(ctx)
			},
		})
		_, err := m.PutAll(pairs("first", "last"))
		must(t, err)
		flush(t, m)
		if got := r.entries(); len(got) != 2 {
			t.Errorf("downstream got %v, want both", got)
		}
		wantError(t, "Put", downstream.Put("k", 1), pbuf.ErrClosed)
	})
}
