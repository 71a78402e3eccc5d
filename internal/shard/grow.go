package shard

import (
	"sync/atomic"
	"unsafe"
)

// growth is the moving of slots from a table to the one that replaced it, in
// the same generation. Whoever comes past does a chunk of it: that no writer
// does much, and that it ends although all are busy elsewhere.
type growth[K comparable, V any] struct {
	from   *table[K, V]
	chunks uint32

	_    [lineSize]byte
	next atomic.Uint32 // chunk that nobody has taken
	done atomic.Uint32 // chunks that are moved
	_    [lineSize]byte
}

// chunkBytes is how much one operation moves.
const chunkBytes = 16 << 10

// chunkBuckets is how many buckets that is.
func (t *table[K, V]) chunkBuckets() int {
	return min(max(chunkBytes/perBucket/int(unsafe.Sizeof(Slot[K, V]{})), 1), perGroup)
}

// grow replaces t by a table with room for as many entries again, unless t itself
// is being filled. Dead slots stay behind, so where most are dead the next table
// is no larger.
func (p *Partition[K, V]) grow(t *table[K, V]) {
	// Nil once, nil for ever: stored before t was published, and by help at the end.
	if t.growth.Load() == nil {
		p.resize(t, t.nextSize())
	}
}

// resize replaces t, which has everything, by a table of that many slots, unless
// somebody does already, or walks over it.
func (p *Partition[K, V]) resize(t *table[K, V], slots int) {
	// Ownership of the step from t to the next table, to us alone: t stays current
	// until we say so. The load spares those who come for nothing the write.
	if t.turn.Load() != free || !t.turn.CompareAndSwap(free, held) {
		return
	}
	g := t.gen
	// After the turn was taken: pairs with Walk, which looks at it after it counted
	// itself. Nothing can be walked over where there are no slots.
	if g.walks.Load() != 0 && len(t.slots) > 0 {
		t.turn.Store(free) // ownership goes to whoever asks next
		return
	}
	next := p.newTable(g, slots)
	if len(t.slots) > 0 || t.index.Load() != nil {
		n := t.chunkBuckets()
		// Before the swap: whoever finds next current knows that it must look in t.
		next.growth.Store(&growth[K, V]{from: t, chunks: uint32((len(t.tags) + n - 1) / n)})
	}
	// Publication of next. From here on every check for t fails, as at a retire (S3).
	p.current.Store(next)
	t.turn.Store(taken) // nobody waits for us any more
	p.help(next)
}

// nextSize is the number of slots of the table after t.
func (t *table[K, V]) nextSize() int {
	_, live := t.gen.taken()
	n := 2 * int(live)
	if 2*n*int(unsafe.Sizeof(Slot[K, V]{})) <= smallBytes {
		n *= 2
	}
	return max(n, firstSlots[K, V]())
}

// help moves a chunk of what t has still to get from the table before; false if
// none is left to take.
func (p *Partition[K, V]) help(t *table[K, V]) bool {
	g := t.growth.Load()
	if g == nil || g.next.Load() >= g.chunks {
		return false
	}
	chunk := g.next.Add(1) - 1 // ownership of the chunk, to us alone
	if chunk >= g.chunks {
		return false
	}
	n := g.from.chunkBuckets()
	var l leftBehind
	for b := int(chunk) * n; b < min(int(chunk+1)*n, len(g.from.tags)); b++ {
		// After the swap, since t was found current: what is reserved later fails its check.
		slots := g.from.bucket(b)
		for i := range slots {
			p.move(t, &slots[i], &l)
		}
	}
	if chunk == g.chunks-1 {
		for _, s := range g.from.allSpilled() {
			p.move(t, s, &l)
		}
	}
	if l.slots > 0 {
		t.gen.left.Add(l.writes)
		t.gen.counts.Add(-l.slots * oneTaken)
	}
	// The last one says that t has everything. Nobody retires t or grows it before
	// that, so what all have moved and counted synchronizes before its seal.
	if g.done.Add(1) == g.chunks {
		t.growth.Store(nil)
	}
	return true
}

// leftBehind counts dead slots that are not moved.
type leftBehind struct{ slots, writes uint64 }

// move brings a slot of the table before t over to t under a claim, which needs
// no check: t can't be retired before the growth has ended.
func (p *Partition[K, V]) move(t *table[K, V], s *Slot[K, V], l *leftBehind) {
	for {
		switch w := s.settled(); w {
		case moved: // an insert that came too late
			return
		case dead:
			// For ever: revivals happen in t alone. A late comer that claims it touches nothing.
			l.slots++
			l.writes += uint64(s.meta & writesMask)
			return
		default:
			hash := p.hash(s.key)
			// Claim: ownership of value and meta, as in claims. Somebody else has it: again.
			if !s.word.CompareAndSwap(w, busy) {
				continue
			}
			// Fresh: a key is live in one table only (doc.go: growth).
			d, _ := t.reserve(hash, s.key)
			if d == nil {
				d, _ = p.install(t, s.key)
			}
			d.key, d.meta, d.value = s.key, s.meta, s.value
			if t.sizes != nil {
				*t.size(d) = *t.size(s)
			}
			d.word.Store(w)     // publication of the copy, first
			s.word.Store(moved) // then those who wait for s look in t
			return
		}
	}
}

// finish helps until t has everything, and waits for others who help.
func (p *Partition[K, V]) finish(t *table[K, V]) {
	for spins := 0; ; spins++ {
		if p.help(t) {
			continue
		}
		if t.growth.Load() == nil { // pairs with the last Store in help
			return
		}
		pause(spins)
	}
}

// lookBefore goes on with a look that found nothing in t: the key's slot in the
// table before is the one if it is live, otherwise t decides.
func (t *table[K, V]) lookBefore(g *growth[K, V], hash uint64, key K) (s *Slot[K, V], before bool) {
	s = g.from.find(hash, key)
	if s == nil {
		return nil, false
	}
	switch w := s.settled(); {
	case isLive(w):
		return s, true
	case w == moved: // to t, since we looked there
		return t.find(hash, key), false
	default:
		return nil, false
	}
}

// look returns the key's slot in t, or its live one in the table before.
func (t *table[K, V]) look(hash uint64, key K) (s *Slot[K, V], before bool) {
	// Before the look in t: if it is nil, t had everything by then.
	g := t.growth.Load()
	if s = t.find(hash, key); s != nil || g == nil {
		return s, false
	}
	return t.lookBefore(g, hash, key)
}
