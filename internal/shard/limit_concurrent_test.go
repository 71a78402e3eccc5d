package shard

import (
	"sync"
	"sync/atomic"
	"testing"
)

// The last unit is taken once, whatever is bounded.
func TestLastUnitOfALimitConcurrentSafe(t *testing.T) {
	for name, l := range map[string]*Limit{"entries": NewLimit(1, 0), "bytes": NewLimit(0, 1), "both": NewLimit(1, 1)} {
		t.Run(name, func(t *testing.T) {
			var holders atomic.Int64
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 100_000 {
						if !l.Take(1) {
							continue
						}
						if n := holders.Add(1); n > 1 {
							t.Errorf("%d have the last unit", n)
						}
						holders.Add(-1)
						l.Give(1, 1)
					}
				})
			}
			wg.Wait()
			if entries, bytes := l.Left(); entries > 1 || bytes > 1 || entries+bytes == 0 {
				t.Errorf("%d entries and %d bytes are left", entries, bytes)
			}
		})
	}
}
