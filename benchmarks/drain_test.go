package benchmarks

import (
	"sync/atomic"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

// BenchmarkDrain takes 100,000 entries out: the clock runs from the request to
// the last batch. The yardstick is ranging over a Go map of that size.
func BenchmarkDrain(b *testing.B) {
	for _, c := range []struct {
		name       string
		partitions int
		contender  rival.Contender[int, int]
	}{
		{"pbuf", 0, rival.Us[int, int]()},
		{"pbuf1", 1, rival.Us[int, int]()},
		{"mutex16", 0, rival.IntMutexes[int, int]()[1]},
		{"index16", 0, rival.IntMutexes[int, int]()[4]},
		{"literal", 0, literal[int, int]()},
	} {
		b.Run("buf="+c.name, func(b *testing.B) { drain(b, c.contender, c.partitions) })
	}
	b.Run("buf=gomap", rangeOverMap)
}

func drain(b *testing.B, c rival.Contender[int, int], partitions int) {
	var sum, count atomic.Int64
	buf := c.New(rival.Config[int, int]{Hash: rival.HashInt[int], Partitions: partitions, Sink: func(batch []rival.Entry[int, int]) {
		var s int64
		for i := range batch {
			s += int64(batch[i].Value)
		}
		sum.Add(s)
		count.Add(int64(len(batch)))
	}})
	defer buf.Close()
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		for key := range space {
			buf.Put(key, key)
		}
		b.StartTimer()
		buf.Flush()
	}
	if want := int64(b.N) * space; count.Load() != want {
		b.Fatalf("%d entries drained, want %d", count.Load(), want)
	}
	perEntry(b)
}

func rangeOverMap(b *testing.B) {
	m := map[int]int{}
	for key := range space {
		m[key] = key
	}
	var sum int
	b.ResetTimer()
	for range b.N {
		for _, value := range m {
			sum += value
		}
	}
	if want := b.N * space * (space - 1) / 2; sum != want {
		b.Fatalf("the sum is %d, want %d", sum, want)
	}
	perEntry(b)
}

func perEntry(b *testing.B) {
	total := float64(b.N) * space
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/total, "ns/entry")
	b.ReportMetric(total/b.Elapsed().Seconds(), "entries/s")
}
