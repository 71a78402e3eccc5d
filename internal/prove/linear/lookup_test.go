package linear

import (
	"sync"
	"testing"

	"github.com/partitioned-buffer/go/internal/shard"
)

// TestLookupBesideRetireConcurrentSafe: readers of what is current and in flight,
// beside a flusher and its writer, with nothing else that orders them: under the
// race detector, a look without a claim shows.
func TestLookupBesideRetireConcurrentSafe(t *testing.T) {
	hash := func(k int) uint64 { return uint64(k) * 0x9E3779B97F4A7C15 }
	p := shard.NewPartition[int, wide](shard.Config[int]{Hash: hash})
	const keys = 4
	cycles := *rounds * 10
	var readers sync.WaitGroup
	done := make(chan struct{})
	for g := range 3 {
		readers.Go(func() {
			for n := g; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				if i, _, ok := p.Lookup(n % keys); ok && i.Value.torn() {
					t.Errorf("S2: looked up a torn value %v", i.Value)
				}
			}
		})
	}
	for n := range cycles {
		for key := range keys {
			p.Put(hash(key), key, wideOf(uint64(n)))
		}
		if r, _ := p.Retire(); r != nil {
			p.Release(r)
		}
	}
	close(done)
	readers.Wait()
	t.Logf("explored: %d cycles", cycles)
}
