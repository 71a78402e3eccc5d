package epoch

import (
	"math/bits"
	"testing"
	"unsafe"
)

func TestStripesFor(t *testing.T) {
	for _, test := range []struct{ procs, want int }{
		{-1, 2}, {0, 2}, {1, 2}, {2, 4}, {3, 8}, {4, 8}, {5, 16}, {8, 16}, {31, 64}, {32, 64}, {33, 64}, {1000, 64},
	} {
		if got := stripesFor(test.procs); got != test.want {
			t.Errorf("stripesFor(%d) = %d, want %d", test.procs, got, test.want)
		}
	}
}

func TestInitStripesRoundsUp(t *testing.T) {
	for _, test := range []struct{ n, want int }{{-1, 2}, {0, 2}, {1, 2}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {64, 64}} {
		g := newGate(test.n)
		if len(g.stripes) != test.want {
			t.Errorf("InitStripes(%d) makes %d stripes, want %d", test.n, len(g.stripes), test.want)
		}
		if got := 1 << (64 - int(g.shift)); got != test.want {
			t.Errorf("InitStripes(%d): shift %d leads to %d stripes, want %d", test.n, g.shift, got, test.want)
		}
	}
}

// Two stripes never share a line, nor the pair of lines that x86 prefetches.
func TestStripeLayout(t *testing.T) {
	if size := unsafe.Sizeof(stripe{}); size != 128 {
		t.Errorf("a stripe takes %d bytes, want 128", size)
	}
	stripes := newGate(4).stripes
	a, b := uintptr(unsafe.Pointer(&stripes[0].n)), uintptr(unsafe.Pointer(&stripes[1].n))
	if b-a != 128 {
		t.Errorf("counts are %d bytes apart, want 128", b-a)
	}
}

// The hash of the stack address stays within the stripes, and spreads
// goroutines that are alive at once.
func TestOwnSpreadsGoroutines(t *testing.T) {
	const stripes, goroutines = 16, 256
	shift := uint8(64 - bits.Len(stripes-1))
	picked := make(chan uint32)
	end := make(chan struct{})
	defer close(end)
	for range goroutines {
		go func() {
			picked <- own(shift)
			<-end // keeps its stack, so that no other gets the same
		}()
	}
	var count [stripes]int
	for range goroutines {
		s := <-picked
		if s >= stripes {
			t.Fatalf("stripe %d of %d", s, stripes)
		}
		count[s]++
	}
	used := 0
	for _, n := range count {
		if n > 0 {
			used++
		}
		// 16 expected: a few may get more, but nobody most of them.
		if n > goroutines/2 {
			t.Errorf("%d of %d goroutines share a stripe: %v", n, goroutines, count)
		}
	}
	if used < stripes/2 {
		t.Errorf("%d goroutines use %d of %d stripes: %v", goroutines, used, stripes, count)
	}
}
