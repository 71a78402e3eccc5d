package shard

import (
	"testing"
	"unsafe"
)

const is64bit = unsafe.Sizeof(uintptr(0)) == 8

// Two slots of machine words make a cache line.
func TestSlotLayout(t *testing.T) {
	if got := unsafe.Sizeof(Slot[int64, int64]{}); got != 32 {
		t.Errorf("Slot[int64, int64] takes %d bytes, want 32", got)
	}
	if got := unsafe.Sizeof(Slot[string, string]{}); is64bit && got != 48 {
		t.Errorf("Slot[string, string] takes %d bytes, want 48", got)
	}
	var s Slot[int64, int64]
	if unsafe.Offsetof(s.word) != 0 || unsafe.Offsetof(s.meta) != 8 || unsafe.Offsetof(s.key) != 16 || unsafe.Offsetof(s.value) != 24 {
		t.Errorf("offsets %d, %d, %d, %d; want word, meta, key, value in a row",
			unsafe.Offsetof(s.word), unsafe.Offsetof(s.meta), unsafe.Offsetof(s.key), unsafe.Offsetof(s.value))
	}
}

// What inserts write is apart from what every operation reads, and from what
// the allocator puts behind it.
func TestGenerationLayout(t *testing.T) {
	var g generation
	if gap := unsafe.Offsetof(g.counts) - unsafe.Offsetof(g.number); gap < lineSize {
		t.Errorf("%d bytes between what is read and the counts, want %d", gap, lineSize)
	}
	if gap := unsafe.Sizeof(g) - unsafe.Offsetof(g.merged); gap < lineSize {
		t.Errorf("%d bytes behind the counts, want %d", gap, lineSize)
	}
}

// What a retire writes is apart from what every operation reads.
func TestPartitionLayout(t *testing.T) {
	var p Partition[int, int]
	if gap := unsafe.Offsetof(p.mu) - unsafe.Offsetof(p.versions); gap < lineSize {
		t.Errorf("%d bytes between what is read and the mutex, want %d", gap, lineSize)
	}
	if unsafe.Offsetof(p.current) >= 64 {
		t.Errorf("current at offset %d, want it in the first line", unsafe.Offsetof(p.current))
	}
}

// 64-bit atomics need it on 32-bit machines: the types see to it, and this says
// so where the layout changes.
func TestAtomicsAreAligned(t *testing.T) {
	var s [2]Slot[int32, byte]
	for i := range s {
		if uintptr(unsafe.Pointer(&s[i].word))%8 != 0 {
			t.Errorf("the word of slot %d is not aligned", i)
		}
	}
}
