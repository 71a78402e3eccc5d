package shard

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// growth is what a table gets from the one that it replaced, in the same generation:
// a retire whose drain is the copying. Whoever comes past takes a step. (Tried: one
// goroutine for all, writers wait for what they need: 0.84 to 1.09 of the time to fill.)
type growth[K comparable, V any] struct {
	from  *table[K, V]
	steps []step // the groups of from's buckets, and the last one its index

	_    [lineSize]byte
	next atomic.Uint32 // step that nobody was sent to
	_    [lineSize]byte
}

// step is a part of what is to be copied. It takes longer than a claim, so whoever needs
// it waits for its lock. (Tried: yielding until it is taken: filling from 8 goroutines on
// 2 processors took 2.7 times as long.)
type step struct {
	copying sync.Mutex  // held by who copies it
	taken   atomic.Bool // t has what is there
}

// groupSize is how many buckets a group has.
func (t *table[K, V]) groupSize() int { return min(len(t.tags), perGroup) }

// grow replaces t by a table with room for as many entries again, unless t itself
// is being filled. Dead slots stay behind, so where most are dead the next table
// is no larger.
func (p *Partition[K, V]) grow(t *table[K, V]) {
	// Nil once, nil for ever: stored before t was published, and by finish.
	if t.growth.Load() == nil {
		p.resize(t, t.nextSize())
	}
}

// resize replaces t, which has everything, by a table of that many slots, unless
// somebody does already.
func (p *Partition[K, V]) resize(t *table[K, V], slots int) {
	// Ownership of the swap, to us alone. The load spares who comes for nothing the write.
	if t.turn.Load() != free || !t.turn.CompareAndSwap(free, held) {
		return
	}
	next := p.newTable(t.gen, slots)
	if len(t.slots) > 0 || t.index.Load() != nil {
		// Before the swap: whoever finds next current knows that it must move from t.
		next.growth.Store(&growth[K, V]{from: t, steps: make([]step, len(t.tags)/t.groupSize()+1)})
	}
	// Publication of next. From here on every check for t fails, as at a retire (S3).
	p.current.Store(next)
	t.turn.Store(taken) // nobody waits for us any more
}

// nextSize is the number of slots of the table after t.
func (t *table[K, V]) nextSize() int {
	_, live := t.gen.taken()
	n := int(live) * 16 / 7 // twice the slots of t, if all of what is taken is live
	if 2*n*int(unsafe.Sizeof(Slot[K, V]{})) <= smallBytes {
		n *= 2
	}
	return max(n, firstSlots[K, V]())
}

// bring sees to it that t has whatever the table before it has for the hash, so
// that t alone decides, and takes one step more, or says that all are taken.
func (p *Partition[K, V]) bring(t *table[K, V], hash uint64) {
	g := t.growth.Load() // nil: t has everything. It was set before t was published
	if g == nil {
		return
	}
	index := len(g.steps) - 1
	next := int(g.next.Add(1)) - 1 // whose turn it is, if nobody needed it earlier
	if next > index {
		p.finish(t)
		return
	}
	p.move(t, g, next)
	home := uint64(uint32(hash)) * uint64(len(g.from.tags)) >> 32
	p.move(t, g, int(home)/g.from.groupSize())
	p.move(t, g, index)
}

// finish brings everything.
func (p *Partition[K, V]) finish(t *table[K, V]) {
	if g := t.growth.Load(); g != nil { // as in bring
		for i := range g.steps {
			p.move(t, g, i)
		}
		t.growth.Store(nil) // t has everything: whoever finds this needs no step
	}
}

// move returns when the step is taken, by us or by somebody else.
func (p *Partition[K, V]) move(t *table[K, V], g *growth[K, V], i int) {
	s := &g.steps[i]
	if s.taken.Load() { // pairs with the Store: then t decides
		return
	}
	s.copying.Lock() // ownership of the step, to us alone; nobody who holds it waits for us
	defer s.copying.Unlock()
	if !s.taken.Load() {
		p.copyAll(t, g, i)
		s.taken.Store(true) // publication of what was copied and counted
	}
}

// copyAll copies the slots of a step to t, and counts those that stay behind.
func (p *Partition[K, V]) copyAll(t *table[K, V], g *growth[K, V], step int) {
	var l leftBehind
	n := g.from.groupSize()
	for b := step * n; b < min((step+1)*n, len(g.from.tags)); b++ {
		// After the swap, since t was found current: what is reserved later fails its check.
		for used := g.from.used(b); used != 0; used &= used - 1 {
			p.copy(t, g.from, &g.from.slots[b*perBucket+bits.TrailingZeros64(used)/8], &l)
		}
	}
	if step == len(g.steps)-1 {
		for _, spilled := range g.from.allSpilled() {
			p.copy(t, g.from, spilled, &l)
		}
	}
	if l.slots > 0 {
		t.gen.left.Add(l.writes)
		t.gen.counts.Add(-l.slots * oneTaken)
	}
}

// leftBehind counts dead slots, which are not copied.
type leftBehind struct{ slots, writes uint64 }

// copy brings a slot of the table before t to t. It reads it as a drain does: what
// was seen not busy is not touched any more (S2).
func (p *Partition[K, V]) copy(t, from *table[K, V], s *Slot[K, V], l *leftBehind) {
	w := s.settled()
	if w == dead { // a void one was never counted
		l.slots++
		l.writes += uint64(s.meta & writesMask)
	}
	if !isLive(w) {
		return
	}
	// Fresh: whoever has the key to insert into t waits for us (S4).
	d, _ := t.reserve(p.hash(s.key), s.key)
	if d == nil {
		d, _ = p.install(t, s.key)
	}
	d.key, d.meta, d.value = s.key, s.meta, s.value
	if t.sizes != nil {
		*t.size(d) = *from.size(s)
	}
	d.word.Store(w) // publication of the copy
}
