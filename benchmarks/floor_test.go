package benchmarks

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkInsertFloor is what inserting costs before a buffer does anything
// with it: 100,000 new keys into an index that has room for them. pbuf's index
// is xsync's; the mutex map's is a Go map that was cleared.
func BenchmarkInsertFloor(b *testing.B) {
	b.Run("buf=xsync3compute", func(b *testing.B) {
		var m *xsync.MapOf[int, uint32]
		floor(b, func() { m = xsync.NewMapOf[int, uint32](xsync.WithPresize(space)) }, func(key int) {
			m.Compute(key, func(_ uint32, loaded bool) (uint32, bool) { return uint32(key), false })
		})
	})
	b.Run("buf=xsync3store", func(b *testing.B) {
		var m *xsync.MapOf[int, uint32]
		floor(b, func() { m = xsync.NewMapOf[int, uint32](xsync.WithPresize(space)) }, func(key int) {
			m.Store(key, uint32(key))
		})
	})
	b.Run("buf=gomap", func(b *testing.B) {
		m := make(map[int]uint32, space)
		floor(b, func() { clear(m) }, func(key int) { m[key] = uint32(key) })
	})
}

// floor inserts space keys per operation, with a fresh index under the clock too.
func floor(b *testing.B, fresh func(), insert func(key int)) {
	next := 0
	for b.Loop() {
		fresh()
		for range space {
			insert(next)
			next++
		}
	}
	perEntry(b)
}

// BenchmarkSlotFloor is what claims cost before a buffer does anything with
// them: no hash, no lookup, no check, no flush, just an array of slots laid out
// as pbuf's. No design that claims a slot per operation is faster than put and
// get here, so beside BenchmarkPut and BenchmarkGet it says how much of their
// time at several processors is the transfer of the slot's cache line. In put the
// processor asks for several slots' lines at once; chain is put where each waits
// for the one before. look is the floor of an operation that writes nothing, as a
// stale reject.
func BenchmarkSlotFloor(b *testing.B) {
	for _, dist := range []struct {
		name string
		draw func(seed uint64) workload.Draw
	}{{"dist=uniform", workload.UniformOver(space)}, {"dist=zipf", workload.ZipfOver(space)}} {
		load := workload.IntKeys(dist.name, dist.draw, workload.Each(workload.Put))
		for _, op := range []struct {
			name string
			do   func(slots []slot, at []int) (sum int)
		}{{"op=put", putSlots}, {"op=chain", putChained}, {"op=get", getSlots}, {"op=look", lookAtSlots}} {
			b.Run(dist.name+"/"+op.name, func(b *testing.B) { slotFloor(b, load, op.do) })
		}
	}
}

// slot is laid out as pbuf's for integers: two of them share a cache line.
type slot struct {
	word  atomic.Uint64
	meta  uint64
	key   int
	value int
}

const (
	claimed = 0
	free    = 1 << 63
)

// claim tries to take the slot, as a writer does in pbuf.
func (s *slot) claim() (word uint64, ok bool) {
	word = s.word.Load()
	// Ownership of meta and value; pairs with the Store that gives the slot back.
	return word, word != claimed && s.word.CompareAndSwap(word, claimed)
}

// await is claim for a slot that somebody else has.
func (s *slot) await() (word uint64) {
	for spins := 0; ; spins++ {
		if word, ok := s.claim(); ok {
			return word
		}
		if spins >= 16 {
			runtime.Gosched() // the holder may be off its processor
		}
	}
}

func putSlots(slots []slot, at []int) (sum int) {
	for _, i := range at {
		s := &slots[i]
		if _, ok := s.claim(); !ok {
			s.await()
		}
		s.meta++
		s.value = i
		s.word.Store(free)
	}
	return 0
}

func putChained(slots []slot, at []int) (sum int) {
	var none uint64 // 0, which only the slot before can tell
	for _, i := range at {
		s := &slots[uint64(i)+none]
		if _, ok := s.claim(); !ok {
			s.await()
		}
		s.meta++
		none = s.meta >> 63
		s.value = i
		s.word.Store(free)
	}
	return 0
}

func getSlots(slots []slot, at []int) (sum int) {
	for _, i := range at {
		s := &slots[i]
		word, ok := s.claim()
		if !ok {
			word = s.await()
		}
		sum += s.value
		s.word.Store(word)
	}
	return sum
}

func lookAtSlots(slots []slot, at []int) (sum int) {
	for _, i := range at {
		if s := &slots[i]; s.word.Load() != claimed {
			sum += s.key
		}
	}
	return sum
}

// slotFloor divides b.N operations among as many goroutines as there are
// processors, by chunks, as the harness does.
func slotFloor(b *testing.B, load *workload.Load[int], do func([]slot, []int) int) {
	slots := make([]slot, space)
	for i := range slots {
		slots[i].key = i
		slots[i].word.Store(free)
	}
	streams := make([]*workload.Stream[int], runtime.GOMAXPROCS(0))
	for w := range streams {
		streams[w] = load.Stream(w)
	}
	var taken, all atomic.Int64
	var running sync.WaitGroup
	b.ResetTimer()
	for _, stream := range streams {
		running.Go(func() {
			sum := 0
			for {
				left := b.N - int(taken.Add(workload.Chunk)) + workload.Chunk
				if left <= 0 {
					break
				}
				at, _ := stream.Next(min(left, workload.Chunk))
				sum += do(slots, at)
			}
			all.Add(int64(sum)) // so that no read is optimized away
		})
	}
	running.Wait()
}
