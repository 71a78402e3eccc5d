package pbuf

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/shard"
)

// How Options.MaxBytes is kept. Each size is told by SizeOf once, when its entry
// is written, and noted beside the partition, by key and generation: what is
// given back is what was taken, whatever SizeOf would say later. A generation in
// flight gives back its bytes when it ends, less those of the entries that went
// back.
//
// A mutex per partition is held over every step that changes what the current
// generation holds, so the notes say what is there. SizeOf and Merge run without
// it. The flusher's mutex comes before it.
//
// Rejected: asking SizeOf about the old value at each overwrite and delivery. It
// needs no notes and no mutex, but the sum is only right as long as SizeOf says
// the same of an entry twice, and the flusher would have to run it.

// budget is what is left of MaxBytes; less than nothing if overwritten values grew.
type budget struct {
	max  int64
	left atomic.Int64
}

// take takes n bytes if they are left.
func (b *budget) take(n int64) bool {
	for {
		left := b.left.Load()
		if left < n {
			return false
		}
		if b.left.CompareAndSwap(left, left-n) { // ownership of n bytes
			return true
		}
	}
}

// weights are the sizes of one partition's entries.
type weights[K comparable] struct {
	room *room

	mu       sync.Mutex
	writes   uint64  // guarded by mu: numbers the writes
	current  load[K] // guarded by mu: of the current generation
	inFlight load[K] // guarded by mu: of the generation in the flusher's hand
	final    load[K] // guarded by mu: of what Stop retired
}

// load is the sizes of one generation's entries.
type load[K comparable] struct {
	of  map[K]weight
	sum int64 // also of what no look-up finds: a key may be a NaN
}

type weight struct {
	size  int64
	write uint64 // which one: Merge's sequence
}

func (l *load[K]) set(key K, w weight) {
	if l.of == nil {
		l.of = make(map[K]weight)
	}
	l.sum += w.size - l.of[key].size
	l.of[key] = w
}

func (l *load[K]) take(key K) int64 {
	n := l.of[key].size
	delete(l.of, key)
	l.sum -= n
	return n
}

func (w *weights[K]) setLocked(key K, size int64) {
	w.writes++
	w.current.set(key, weight{size, w.writes})
}

// bytes is the sum of all sizes.
func (w *weights[K]) bytes() int64 {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current.sum + w.inFlight.sum + w.final.sum
}

// landed ends the weight of the generation in flight.
func (w *weights[K]) landed() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.room.giveBytes(w.inFlight.sum)
	w.inFlight = load[K]{}
}

// takeFinal puts what Stop retired in flight.
func (w *weights[K]) takeFinal() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFlight, w.final = w.final, load[K]{}
}

// cameBack notes what became of an entry that Restore was called for. merged is
// the size of the value that it was combined to, if it was; negative: SizeOf
// failed, and both sizes count.
func (w *weights[K]) cameBackLocked(key K, status shard.Status, merged int64) {
	if status == shard.Closed {
		return
	}
	n := w.inFlight.take(key)
	switch status {
	case shard.Inserted:
		w.setLocked(key, n) // it holds its bytes already
	case shard.Overwrote:
		n += w.current.of[key].size
		if merged < 0 {
			merged = n
		}
		w.setLocked(key, merged)
		w.room.giveBytes(n - merged)
	default:
		w.room.giveBytes(n)
	}
}

// lock and unlock do nothing without weights.
func (w *weights[K]) lock() {
	if w != nil {
		w.mu.Lock()
	}
}

func (w *weights[K]) unlock() {
	if w != nil {
		w.mu.Unlock()
	}
}

// retire is Retire with the weights.
func (f *flusher[K, V]) retire() (r *shard.Retired[K, V], open bool) {
	w := f.weights
	w.lock()
	defer w.unlock()
	if r, open = f.part.Retire(); r != nil && w != nil {
		w.inFlight, w.current = w.current, load[K]{}
	}
	return r, open
}

// shut is Stop with the weights.
func (f *flusher[K, V]) shut() *shard.Retired[K, V] {
	w := f.weights
	w.lock()
	defer w.unlock()
	r := f.part.Stop()
	if r != nil && w != nil {
		w.final, w.current = w.current, load[K]{}
	}
	return r
}

// erase is Delete with the weights.
func (f *flusher[K, V]) erase(hash uint64, key K) (deleted, open bool) {
	w := f.weights
	if w == nil {
		return f.part.Delete(hash, key)
	}
	w.lock()
	defer w.unlock()
	if deleted, open = f.part.Delete(hash, key); deleted {
		w.room.giveBytes(w.current.take(key))
	}
	return deleted, open
}

// sizeOf asks Options.SizeOf, if there is one.
func (o *Options[K, V]) sizeOf(key K, value V) (int64, error) {
	if o.SizeOf == nil {
		return 0, nil
	}
	n := int64(o.SizeOf(key, value))
	if n < 0 || n > maxCapacity {
		return 0, fmt.Errorf("%w: SizeOf: the size is %d, must be 0 to %d", ErrArgument, n, int64(maxCapacity))
	}
	return n, nil
}

// giveBytes gives bytes back; a negative number takes them, there or not.
func (r *room) giveBytes(n int64) {
	if n != 0 {
		r.bytes.left.Add(n) // ownership passes to the next take
	}
	if n > 0 {
		r.wake(1)
	}
}
