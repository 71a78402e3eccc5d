package benchmarks

import (
	"fmt"
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

// BenchmarkMemory reports the live heap per entry of a million entries. Keys
// are made beforehand, so the bytes of strings count for nobody.
func BenchmarkMemory(b *testing.B) {
	numbers := make([]uint64, million)
	for i := range numbers {
		numbers[i] = uint64(i)
	}
	b.Run("entry=int-int", func(b *testing.B) { memory(b, workload.Ints(numbers), nil, 1) })
	b.Run("entry=string-struct", func(b *testing.B) {
		memory(b, workload.Strings(16)(numbers), rival.HashString(), row{ID: 1})
	})
}

func memory[K comparable, V any](b *testing.B, keys []K, hash func(K) uint64, value V) {
	filled := func(c rival.Contender[K, V]) func() any {
		return func() any {
			buf := c.New(rival.Config[K, V]{Hash: hash, Sink: func([]rival.Entry[K, V]) {}})
			for _, key := range keys {
				buf.Put(key, value)
			}
			return buf
		}
	}
	mutexes := rival.Mutexes[K, V]()
	if hash == nil {
		hash = rival.HashAny[K]()
	}
	for _, c := range []rival.Contender[K, V]{rival.Us[K, V](), mutexes[1], mutexes[4]} {
		b.Run("buf="+c.Name, func(b *testing.B) { perItem(b, len(keys), "B/entry", filled(c)) })
	}
	b.Run("buf=gomap", func(b *testing.B) {
		perItem(b, len(keys), "B/entry", func() any {
			m := map[K]V{}
			for _, key := range keys {
				m[key] = value
			}
			return m
		})
	})
	b.Run("buf=xsync3", func(b *testing.B) {
		perItem(b, len(keys), "B/entry", func() any {
			m := xsync.NewMapOf[K, V]()
			for _, key := range keys {
				m.Store(key, value)
			}
			return m
		})
	})
}

// BenchmarkEmpty reports what a partition costs that nobody writes to: heap
// and stack of its flusher included.
func BenchmarkEmpty(b *testing.B) {
	const partitions = 1024
	b.Run(fmt.Sprintf("partitions=%d/buf=pbuf", partitions), func(b *testing.B) {
		perItem(b, partitions, "B/partition", func() any {
			return rival.NewPBuf(rival.Config[int, int]{Partitions: partitions, Sink: func([]rival.Entry[int, int]) {}})
		})
	})
}

// perItem reports how much memory in use grows by what build returns.
func perItem(b *testing.B, n int, unit string, build func() any) {
	var grown uint64
	for range b.N {
		before := inUse()
		built := build()
		grown += inUse() - before
		if c, ok := built.(interface{ Close() }); ok {
			c.Close()
		}
	}
	b.ReportMetric(float64(grown)/float64(b.N)/float64(n), unit)
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC() // the second sweeps what the first one's finalizers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
