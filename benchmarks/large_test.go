package benchmarks

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/partitioned-buffer/go/pbuf"
)

// largeBytes bounds what a buffer of large values holds.
const largeBytes = 32 << 20

// BenchmarkLarge puts values of several sizes: inline, as the V of the map; by pointer,
// to a copy that each Put allocates; and inside, as a map of V would be that kept such
// pointers itself, behind a Put and batches of values. The sink copies each value out.
func BenchmarkLarge(b *testing.B) {
	large[[64]byte](b, "value=64B")
	large[[256]byte](b, "value=256B")
	large[[1 << 10]byte](b, "value=1KB")
	large[[4 << 10]byte](b, "value=4KB")
	large[[64 << 10]byte](b, "value=64KB")
}

func large[V any](b *testing.B, name string) {
	inline := holding[V, V]{
		func(m *pbuf.Map[int, V], key int, v *V) error { return m.Put(key, *v) },
		func(d *desk[V], batch []pbuf.Entry[int, V]) {
			for i := range batch {
				d.value = batch[i].Value
			}
		},
	}
	pointer := holding[V, *V]{
		func(m *pbuf.Map[int, *V], key int, v *V) error {
			p := new(V)
			*p = *v
			return m.Put(key, p)
		},
		func(d *desk[V], batch []pbuf.Entry[int, *V]) {
			for i := range batch {
				d.value = *batch[i].Value
			}
		},
	}
	inside := holding[V, *V]{
		func(m *pbuf.Map[int, *V], key int, v *V) error { return putInside(m, key, *v) },
		func(d *desk[V], batch []pbuf.Entry[int, *V]) {
			d.batch = d.batch[:0]
			for _, e := range batch {
				d.batch = append(d.batch, pbuf.Entry[int, V]{Key: e.Key, Value: *e.Value})
			}
			for i := range d.batch {
				d.value = d.batch[i].Value
			}
		},
	}
	for _, op := range []string{"put", "flush", "fill", "memory"} {
		b.Run("op="+op+"/"+name, func(b *testing.B) {
			b.Run("held=inline", func(b *testing.B) { inline.measure(b, op) })
			b.Run("held=pointer", func(b *testing.B) { pointer.measure(b, op) })
			if op != "memory" {
				b.Run("held=inside", func(b *testing.B) { inside.measure(b, op) })
			}
		})
	}
}

//go:noinline
func putInside[V any](m *pbuf.Map[int, *V], key int, value V) error { return m.Put(key, &value) }

// holding is a way to hold values V in a map of H.
type holding[V, H any] struct {
	put  func(*pbuf.Map[int, H], int, *V) error
	sink func(*desk[V], []pbuf.Entry[int, H])
}

// desk is what a partition's processor works with.
type desk[V any] struct {
	value V
	batch []pbuf.Entry[int, V]
}

// values is a buffer of n large values.
type values[V, H any] struct {
	holding[V, H]
	m         *pbuf.Map[int, H]
	n         int
	delivered atomic.Int64
}

func largeKeys[V any]() int { return min(space, largeBytes/int(unsafe.Sizeof(*new(V)))) }

func (h holding[V, H]) start(interval time.Duration) *values[V, H] {
	s := &values[V, H]{holding: h, n: largeKeys[V]()}
	desks := make([]desk[V], runtime.GOMAXPROCS(0))
	var err error
	s.m, err = pbuf.New(pbuf.Options[int, H]{
		Partitions: len(desks), FlushInterval: interval,
		Processor: func(ctx context.Context, batch []pbuf.Entry[int, H]) error {
			of, _ := pbuf.BatchFrom(ctx)
			s.sink(&desks[of.Partition], batch)
			s.delivered.Add(int64(len(batch)))
			return nil
		},
	})
	mustLarge(err)
	return s
}

// fill puts every key once, from as many goroutines as there are processors.
func (s *values[V, H]) fill(n int) {
	var all sync.WaitGroup
	writers := runtime.GOMAXPROCS(0)
	for w := range writers {
		all.Go(func() {
			v := new(V)
			for key := w; key < n; key += writers {
				mustLarge(s.put(s.m, key, v))
			}
		})
	}
	all.Wait()
}

func (s *values[V, H]) flush() { mustLarge(s.m.Flush(context.Background())) }

// Close makes it one of those that perItem measures.
func (s *values[V, H]) Close() { mustLarge(s.m.Close()) }

func (h holding[V, H]) measure(b *testing.B, op string) {
	b.ReportAllocs()
	switch op {
	case "put", "flush": // overwrites in a steady state, without and with flushes beside them
		s := h.start(map[string]time.Duration{"put": time.Hour, "flush": 20 * time.Millisecond}[op])
		defer s.Close()
		s.fill(s.n)
		s.flush()
		if s.fill(s.n); op == "flush" {
			s.flush() // begins empty
		}
		before := s.delivered.Load()
		var seed atomic.Uint64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			v, r := new(V), rand.New(rand.NewPCG(1, seed.Add(1)))
			for pb.Next() {
				mustLarge(s.put(s.m, r.IntN(s.n), v))
			}
		})
		if op == "flush" {
			s.flush()
			b.ReportMetric(float64(s.delivered.Load()-before)/float64(b.N), "delivered/op")
		}
		b.StopTimer()
	case "fill": // from New on
		b.StopTimer()
		n := 0
		for range b.N {
			s := h.start(time.Hour)
			b.StartTimer()
			s.fill(s.n)
			b.StopTimer()
			n += s.n
			s.Close()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/key")
	case "memory":
		all := largeKeys[V]()
		h.memory(b, all, "first-B/entry", time.Hour, all)
		h.memory(b, all, "sized-B/entry", time.Hour, all, all)
		h.memory(b, 10, "ten-B/entry", time.Hour, 10)
		h.memory(b, 1, "idle-B", 10*time.Millisecond, 300, 0)
	}
}

// memory reports what a buffer holds after so many keys in each interval, the last not
// flushed yet, or if there are none, after intervals enough to become idle.
func (h holding[V, H]) memory(b *testing.B, items int, unit string, interval time.Duration, keys ...int) {
	perItem(b, items, unit, func() any {
		s := h.start(interval)
		for i, n := range keys {
			if i > 0 {
				s.flush()
			}
			s.fill(n)
			if n == 0 {
				time.Sleep(20 * interval)
			}
		}
		return s
	})
}

func mustLarge(err error) {
	if err != nil {
		panic(err)
	}
}
