package shard

import (
	"math"
	"sync"
	"testing"
)

// Each number has an element of its own, in segments that double, from first
// segments however small.
func TestArenaGrowth(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 64} {
		var a arena[int]
		a.init(size)
		const n = 1000
		for i := range uint32(n) {
			if int(i) >= size && a.tryAt(i) != nil != (int(i) < reached(&a)) {
				t.Fatalf("first segment of %d: element %d is there too early or too late", size, i)
			}
			e := a.reach(i)
			if *e != 0 {
				t.Fatalf("first segment of %d: elements %d and %d are one", size, i, *e-1)
			}
			*e = int(i) + 1
		}
		for i := range uint32(n) {
			if got := *a.at(i); got != int(i)+1 {
				t.Fatalf("first segment of %d: element %d holds %d", size, i, got-1)
			}
			if a.tryAt(i) != a.at(i) || a.reach(i) != a.at(i) {
				t.Fatalf("first segment of %d: element %d moves", size, i)
			}
		}
		total := len(a.first)
		for i := range a.more {
			s := a.more[i].Load()
			if s == nil {
				break
			}
			if i > 0 && len(s.elems) != 2*len(a.more[i-1].Load().elems) {
				t.Errorf("first segment of %d: segment %d has %d elements, want twice the one before", size, i, len(s.elems))
			}
			total += len(s.elems)
		}
		if total > 4*n {
			t.Errorf("first segment of %d: %d elements allocated for %d", size, total, n)
		}
	}
}

// reached is how many elements have memory.
func reached[T any](a *arena[T]) int {
	n := len(a.first)
	for i := range a.more {
		if s := a.more[i].Load(); s != nil {
			n += len(s.elems)
		}
	}
	return n
}

// The last number there can be lies within the last segment.
func TestArenaLocatesTheLastElement(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 64, 1 << 20} {
		var a arena[struct{}]
		a.init(size)
		n, offset := a.locate(math.MaxUint32)
		if n >= len(a.more) || offset >= 1<<(int(a.shift)+n) {
			t.Errorf("first segment of %d: the last element is number %d of segment %d", size, offset, n)
		}
		if n, offset = a.locate(uint32(size)); n != 0 || offset != 0 {
			t.Errorf("first segment of %d: the first one past it is number %d of segment %d", size, offset, n)
		}
	}
}

// All who reach into a new segment at once get the same one.
func TestArenaReachConcurrentSafe(t *testing.T) {
	for range 200 {
		var a arena[int]
		a.init(1)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range uint32(100) {
					if n := i*8 + uint32(g); n > 0 {
						*a.reach(n) = int(n)
					}
				}
			})
		}
		wg.Wait()
		for i := range uint32(800) {
			if *a.at(i) != int(i) {
				t.Fatalf("element %d holds %d", i, *a.at(i))
			}
		}
	}
}
