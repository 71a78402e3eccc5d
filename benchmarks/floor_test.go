package benchmarks

import (
	"testing"

	"github.com/puzpuzpuz/xsync/v3"
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
