package shard

import (
	"math/bits"
	"sync/atomic"
	"unsafe"

	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/internal/epoch"
)

// table is the memory of a generation: the front (front.go), the index of the keys
// for which that has no room (spill.go), and what is to come from the table before
// (grow.go). The fields of the first group are set before it is published.
type table[K comparable, V any] struct {
	tags  []atomic.Uint64
	slots []Slot[K, V]
	sizes []int64 // of the slots' entries; nil: none are kept
	probe uint64  // a key is in one of the buckets home^0 to home^probe, or in the index
	limit uint32  // with more slots taken, it is time to grow
	gen   *generation
	gate  epoch.Gate // who inserts into the index

	index atomic.Pointer[xsync.MapOf[K, *Slot[K, V]]] // nil until something is spilled
	// growth is what remains to be copied from the table before; nil when nothing.
	growth atomic.Pointer[growth[K, V]]
	// turn belongs to who will swap current from this table to the next one: somebody
	// who grows it, Retire or Stop.
	turn atomic.Uint32
	// older was in flight when this one went in flight. Written under the partition's mutex.
	older atomic.Pointer[table[K, V]]
}

// What turn says.
const (
	free  = iota
	held  // somebody is about to swap current
	taken // current has been swapped, for good
)

const (
	perBucket = 8
	// buckets of a group share a cache line of tags; a key finds room in any of them.
	perGroup = 8
	// firstBytes is what the slots take that the first write makes, a bucket at most.
	firstBytes = 2048
	// smallBytes is the size below which a table quadruples rather than doubles.
	smallBytes = 256 << 10
)

// newTable returns a table with that many slots or some more; an idle one has none.
func (p *Partition[K, V]) newTable(g *generation, slots int) *table[K, V] {
	t := &table[K, V]{gen: g}
	if slots == 0 {
		t.tags = noRoom[:]
		if p.kinds&sized != 0 {
			t.sizes = []int64{} // not nil: slots that wait in the index have sizes
		}
		return t
	}
	buckets := (slots + perBucket - 1) / perBucket
	if buckets > perGroup {
		buckets = (buckets + perGroup - 1) / perGroup * perGroup
	} else {
		buckets = 1 << bits.Len(uint(buckets-1))
	}
	t.probe = uint64(min(buckets, perGroup) - 1)
	t.tags = make([]atomic.Uint64, buckets)
	if buckets > 1 {
		slots = buckets * perBucket
	}
	t.slots = make([]Slot[K, V], slots)
	if p.kinds&sized != 0 {
		t.sizes = make([]int64, slots)
	}
	for i := slots; i < perBucket; i++ {
		t.tags[0].Or(noPlace << (8 * i)) // nobody shares the table yet
	}
	t.limit = uint32(slots - slots/8)
	t.gate.Init()
	return t
}

// noRoom are the tags of a table without slots.
var noRoom = func() (tags [1]atomic.Uint64) {
	tags[0].Store(noPlace * lowBits)
	return
}()

// firstSlots is the size of the first table of a generation of which nothing is known.
func firstSlots[K comparable, V any]() int {
	return min(max(firstBytes/int(unsafe.Sizeof(Slot[K, V]{})), 1), perBucket)
}

// touch has the system give the memory of the slots now, so that no write waits for it:
// p99.9 of a Put takes 0.4 to 0.9 of the time. Of slots that are larger than a page, their first.
func (t *table[K, V]) touch() {
	for i := 0; i < len(t.slots); i += max(4096/int(unsafe.Sizeof(t.slots[0])), 1) {
		t.slots[i].word.Store(0) // as it is; nobody shares the table yet
	}
}
