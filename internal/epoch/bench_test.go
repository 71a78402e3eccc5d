package epoch

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/puzpuzpuz/xsync/v3"
)

// BenchmarkEnterLeave compares ways to say "I am inside" and "I am not any more",
// at the cost of one pair. Run it with -cpu 1,2 and more: one counter and one
// lock get dearer with each processor, stripes do not.
func BenchmarkEnterLeave(b *testing.B) {
	var gate Gate
	gate.Init()
	b.Run("gate", func(b *testing.B) {
		pairs(b, func() {
			stripe, _ := gate.Enter()
			gate.Leave(stripe)
		})
	})

	var counter atomic.Int64
	b.Run("one counter", func(b *testing.B) {
		pairs(b, func() {
			counter.Add(1)
			counter.Add(-1)
		})
	})

	var rw sync.RWMutex
	b.Run("RWMutex", func(b *testing.B) {
		pairs(b, func() {
			rw.RLock()
			rw.RUnlock() //lint:ignore SA2001 the pair is what is measured
		})
	})

	rb := xsync.NewRBMutex()
	b.Run("RBMutex", func(b *testing.B) {
		pairs(b, func() { rb.RUnlock(rb.RLock()) })
	})
}

func pairs(b *testing.B, pair func()) {
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			pair()
		}
	})
}

// BenchmarkGate is what a generation pays once: a gate, opened and closed with
// nobody inside.
func BenchmarkGate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		g := new(Gate)
		g.Init()
		g.Close()
	}
}
