package soak

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const (
	firstWriters = 8
	firstKeys    = 1 << 20 // of all writers
	deletedOne   = 16      // one key in so many may be deleted
)

// TestFirstGenerationsConserve: a million keys into a buffer that has just been
// made and flushes every millisecond: many small first generations; and one that
// grows to a million while the processor does not return. Every key is overwritten
// and deleted meanwhile by its own writer, which knows what must come out.
func TestFirstGenerationsConserve(t *testing.T) {
	t.Run("a flush every millisecond", func(t *testing.T) { first(t, false) })
	t.Run("a processor that does not return", func(t *testing.T) { first(t, true) })
}

// firsts is what the writers of first wrote and the processor got.
type firsts struct {
	got     [firstKeys]atomic.Uint64 // the value delivered last
	wrong   atomic.Int64             // deliveries that were no newer than the one before
	written [firstKeys]uint64        // each by its own writer
	puts    atomic.Uint64
	release chan struct{}
}

func first(t *testing.T, held bool) {
	f := &firsts{release: make(chan struct{})}
	if !held {
		close(f.release)
	}
	m, err := pbuf.New(pbuf.Options[int, uint64]{Partitions: 2, FlushInterval: time.Millisecond, Processor: f.process})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for w := range firstWriters {
		all.Go(func() { f.write(t, m, w) })
	}
	all.Wait()
	if held {
		close(f.release)
	}
	if err := m.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	f.check(t, m, held)
}

func (f *firsts) process(_ context.Context, batch []pbuf.Entry[int, uint64]) error {
	<-f.release
	for _, e := range batch {
		if before := f.got[e.Key].Swap(e.Value); before >= e.Value {
			f.wrong.Add(1)
		}
	}
	return nil
}

// write puts the writer's keys, one after the other, and comes back to some.
func (f *firsts) write(t *testing.T, m *pbuf.Map[int, uint64], w int) {
	random := rand.New(rand.NewPCG(1, uint64(w)))
	from, each := w*firstKeys/firstWriters, firstKeys/firstWriters
	put := func(key int) {
		f.written[key]++
		f.puts.Add(1)
		if err := m.Put(key, f.written[key]); err != nil {
			t.Error(err)
		}
	}
	for i := range each {
		put(from + i)
		switch again := from + random.IntN(i+1); {
		case i%4 == 0:
			put(again)
		case i%64 == 1 && again%deletedOne == 0:
			if _, err := m.Delete(again); err != nil {
				t.Error(err)
			}
		}
	}
}

func (f *firsts) check(t *testing.T, m *pbuf.Map[int, uint64], held bool) {
	missing := 0
	for key := range f.got {
		if f.got[key].Load() != f.written[key] && key%deletedOne != 0 {
			missing++
		}
	}
	if missing != 0 || f.wrong.Load() != 0 {
		t.Errorf("G1: the last write of %d keys was not delivered, %d deliveries were no news", missing, f.wrong.Load())
	}
	s := m.Stats()
	if s.Accepted != f.puts.Load() || s.Balance() != 0 {
		t.Errorf("G1: %d accepted of %d writes, the books are off by %d", s.Accepted, f.puts.Load(), s.Balance())
	}
	// In each partition, what the first flush did not take grew into one generation.
	if held && s.Generations > 4 {
		t.Errorf("%d generations, want two in each of two partitions", s.Generations)
	}
	t.Logf("explored: %d writes, %d generations, %d entries delivered", s.Accepted, s.Generations, s.Delivered)
}
