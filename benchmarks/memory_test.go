package benchmarks

import (
	"runtime"
	"testing"

	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

const million = 1_000_000

// row is a value of the size of a small database row.
type row struct {
	ID, Count int64
	Name      string
}

// BenchmarkMemory reports the live heap per entry of a million entries: in the
// first generation, and, under gen=steady, in the one after it, with whatever
// the contender keeps of the first. Keys are made beforehand, so the bytes of
// strings count for nobody.
func BenchmarkMemory(b *testing.B) {
	numbers := make([]uint64, million)
	for i := range numbers {
		numbers[i] = uint64(i)
	}
	b.Run("entry=int-int", func(b *testing.B) {
		memory(b, workload.Ints(numbers), rival.HashInt[int], 1)
	})
	b.Run("entry=string-struct", func(b *testing.B) {
		memory(b, workload.Strings(16)(numbers), rival.HashString(), row{ID: 1})
	})
}

func memory[K comparable, V any](b *testing.B, keys []K, hash func(K) uint64, value V) {
	filled := func(c rival.Contender[K, V], generations int) any {
		buf := c.New(rival.Config[K, V]{Hash: hash, Sink: func([]rival.Entry[K, V]) {}})
		for g := range generations {
			if g > 0 {
				buf.Flush()
			}
			for _, key := range keys {
				buf.Put(key, value)
			}
		}
		return buf
	}
	mutexes := rival.Mutexes[K, V]()
	for g, gen := range []string{"gen=first", "gen=steady"} {
		b.Run(gen, func(b *testing.B) {
			for _, c := range []rival.Contender[K, V]{rival.Us[K, V](), mutexes[1], mutexes[4], literal[K, V]()} {
				b.Run("buf="+c.Name, func(b *testing.B) {
					perItem(b, len(keys), "B/entry", func() any { return filled(c, g+1) })
				})
			}
		})
	}
	b.Run("gen=first/buf=gomap", func(b *testing.B) {
		perItem(b, len(keys), "B/entry", func() any {
			m := map[K]V{}
			for _, key := range keys {
				m[key] = value
			}
			return m
		})
	})
	b.Run("gen=first/buf=xsync3", func(b *testing.B) {
		perItem(b, len(keys), "B/entry", func() any {
			m := xsync.NewMapOf[K, V]()
			for _, key := range keys {
				m.Store(key, value)
			}
			return m
		})
	})
}

// BenchmarkEmpty reports what a partition costs that nobody writes to: its
// heap, and with the stack of its flusher.
func BenchmarkEmpty(b *testing.B) {
	const partitions = 1024
	b.Run("value=8/buf=pbuf", func(b *testing.B) { empty[int](b, partitions) })
	b.Run("value=64KB/buf=pbuf", func(b *testing.B) { empty[[64 << 10]byte](b, partitions) })
}

func empty[V any](b *testing.B, partitions int) {
	perItem(b, partitions, "B/partition", func() any {
		return rival.NewPBuf(rival.Config[int, V]{Partitions: partitions, Sink: func([]rival.Entry[int, V]) {}})
	})
}

// perItem reports how much memory in use grows by what build returns.
func perItem(b *testing.B, n int, unit string, build func() any) {
	var heap, stack int64 // signed: what goes for other reasons may be more
	for range b.N {
		before := inUse()
		built := build()
		after := inUse()
		heap += int64(after.HeapAlloc - before.HeapAlloc)
		stack += int64(after.StackInuse - before.StackInuse)
		if c, ok := built.(interface{ Close() }); ok {
			c.Close()
		}
	}
	total := float64(b.N) * float64(n)
	b.ReportMetric(float64(heap)/total, unit)
	b.ReportMetric(float64(stack)/total, "stack-"+unit)
}

func inUse() (m runtime.MemStats) {
	runtime.GC()
	runtime.GC() // the second sweeps what the first one's finalizers freed
	runtime.ReadMemStats(&m)
	return m
}
