package pbuf

import (
	"context"
	"crypto/rand"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Map is the buffer, made by [New]. All methods are safe for any number of goroutines.
// On the zero Map, and once Stop has been called, those that return an error return one
// that wraps ErrClosed. A Map must not be copied.
type Map[K comparable, V any] struct {
	parts       []*shard.Partition[K, V] // the flushers' partitions, if keys are routed by hash and no option needs the slow path
	direct      []*flusher[K, V]         // the flushers if writes need no slow path, otherwise none
	flushers    []*flusher[K, V]         // one per partition; empty in the zero Map
	hasher      shard.Hasher[K]
	partitionBy func(K) uint64
	options     Options[K, V] // resolved, never written to

	settings atomic.Pointer[Settings]
	updating sync.Mutex // held to replace settings, and by Stop to say that none follow

	seed        shard.Seed
	incarnation string // see Batch
	stopping    stopping

	bounds  bounds
	waiters waiters // for room

	candidates candidates // for DropOldest
	workers    sync.Map   // of *worker, by their goroutines
}

// New checks the options and starts the buffer; the caller must Stop or Close it. Each
// partition has a flusher goroutine from its first write on; where that is in a bubble
// of testing/synctest, New must be too.
func New[K comparable, V any](opts Options[K, V]) (*Map[K, V], error) {
	m, err := build(opts)
	if err != nil {
		return nil, err
	}
	for _, f := range m.flushers {
		f.ready(f.part.Size() > 0 || opts.Hooks.PartitionStart != nil)
	}
	return m, nil
}

// build makes the buffer, with nothing running yet.
func build[K comparable, V any](opts Options[K, V]) (*Map[K, V], error) {
	initial, err := opts.resolve()
	if err != nil {
		return nil, err
	}
	entries, err := opts.gather()
	if err != nil {
		return nil, err
	}
	m := &Map[K, V]{
		flushers:    make([]*flusher[K, V], opts.Partitions),
		partitionBy: opts.PartitionBy,
		options:     opts,
		seed:        shard.NewSeed(),
		incarnation: rand.Text(),
	}
	m.hasher = shard.NewHasher[K](m.seed)
	m.settings.Store(&initial)
	m.stopping.init(opts.Partitions)
	m.bound()
	m.candidates.init(opts.Partitions)
	for i := range m.flushers {
		m.flushers[i] = newFlusher(m, i)
	}
	if err := m.fill(entries); err != nil {
		return nil, err
	}
	if !opts.slowPath() {
		m.direct = m.flushers
	}
	if len(m.direct) > 0 && m.partitionBy == nil {
		for _, f := range m.direct {
			m.parts = append(m.parts, f.part)
		}
	}
	return m, nil
}

// Put stores the value, uncopied, with version 0; the last write wins, unless
// Options.Merge or Newer say otherwise. In a full buffer a new key meets OnFull.
// Overwrites take no lock and allocate nothing; see also "Cost".
func (m *Map[K, V]) Put(key K, value V) error {
	// Hash and pick by hand here and in the functions below: 3 of 24 ns.
	if len(m.parts) == 0 {
		return m.putRouted(key, value)
	}
	var hash uint64
	if m.hasher.Is64() {
		hash = m.hasher.Hash64(key)
	} else {
		hash = m.hasher.Hash(key)
	}
	i, _ := bits.Mul64(hash, uint64(len(m.parts))) // as pick
	status, live := m.parts[i].Put(hash, key, value)
	if status == shard.Overwrote {
		return nil
	}
	return m.flushers[i].wrote(status, live, hash, key, value)
}

// PutNewer stores the value if the key is absent or has a lower version (see "Order and
// versions"), and reports whether it did. A stale write is no error, and writes no
// shared memory but a mark, once after each Checkpoint. A version below MinVersion is
// an error that wraps ErrVersion.
func (m *Map[K, V]) PutNewer(key K, value V, version int64) (stored bool, err error) {
	if len(m.parts) == 0 || version < MinVersion {
		return m.putNewerRouted(key, value, version)
	}
	var hash uint64
	if m.hasher.Is64() {
		hash = m.hasher.Hash64(key)
	} else {
		hash = m.hasher.Hash(key)
	}
	i, _ := bits.Mul64(hash, uint64(len(m.parts))) // as pick
	mark := m.parts[i].Stale.Load()                // see noteStale
	status, live := m.parts[i].PutNewer(hash, key, value, version)
	switch status {
	case shard.Overwrote:
		return true, nil
	case shard.Stale:
		if noteStale(&m.parts[i].Stale, mark) {
			return false, nil
		}
		return m.flushers[i].putNewer(hash, key, value, version)
	}
	return m.flushers[i].wroteNewer(status, live, hash, key, value, version)
}

// Get returns the key's buffered value; [Map.Lookup] finds those in flight too.
func (m *Map[K, V]) Get(key K) (value V, ok bool) {
	if len(m.parts) == 0 {
		return m.getRouted(key)
	}
	var hash uint64
	if m.hasher.Is64() {
		hash = m.hasher.Hash64(key)
	} else {
		hash = m.hasher.Hash(key)
	}
	i, _ := bits.Mul64(hash, uint64(len(m.parts))) // as pick
	return m.parts[i].Get(hash, key)
}

// Size counts the entries of the current generations, with all operations that
// completed before the call. It takes time linear in the partitions.
func (m *Map[K, V]) Size() int {
	n := 0
	for _, f := range m.flushers {
		n += f.part.Size()
	}
	return n
}

// putRouted is Put for a Map that has no parts.
func (m *Map[K, V]) putRouted(key K, value V) error {
	f, hash := m.route(key)
	if f == nil {
		return m.putSlow(key, value)
	}
	return f.put(hash, key, value)
}

// putNewerRouted is PutNewer for a Map that has no parts.
func (m *Map[K, V]) putNewerRouted(key K, value V, version int64) (stored bool, err error) {
	f, hash := m.route(key)
	if f == nil {
		return m.putNewerSlow(key, value, version)
	}
	return f.putNewer(hash, key, value, version)
}

// getRouted is Get for a Map that has no parts.
func (m *Map[K, V]) getRouted(key K) (value V, ok bool) {
	f, hash := m.locate(key)
	if f == nil {
		return value, false
	}
	return f.part.Get(hash, key)
}

func (m *Map[K, V]) putSlow(key K, value V) error {
	f, hash := m.locate(key)
	if f == nil {
		return ErrClosed
	}
	_, err := f.putSlow(context.Background(), hash, key, value)
	return err
}

func (m *Map[K, V]) putNewerSlow(key K, value V, version int64) (stored bool, err error) {
	f, hash := m.locate(key)
	if f == nil {
		return false, ErrClosed
	}
	return f.putNewerSlow(context.Background(), "PutNewer", hash, key, value, version)
}

// route returns the flusher of the key's partition and the key's hash, which the
// partition looks the key up with; nil in the zero Map, and where writes take the
// slow path.
func (m *Map[K, V]) route(key K) (f *flusher[K, V], hash uint64) {
	return m.among(m.direct, key)
}

// locate is route whatever the path; nil in the zero Map.
func (m *Map[K, V]) locate(key K) (f *flusher[K, V], hash uint64) {
	return m.among(m.flushers, key)
}

func (m *Map[K, V]) among(flushers []*flusher[K, V], key K) (f *flusher[K, V], hash uint64) {
	if len(flushers) == 0 {
		return nil, 0
	}
	hash = m.hasher.Hash(key)
	if m.partitionBy != nil {
		return flushers[m.partitionBy(key)%uint64(len(flushers))], hash
	}
	return m.pick(hash), hash
}

// pick maps a hash to a partition by its high bits, so that the number of
// partitions need not be a power of two (Lemire, 2016).
func (m *Map[K, V]) pick(hash uint64) *flusher[K, V] {
	i, _ := bits.Mul64(hash, uint64(len(m.flushers)))
	return m.flushers[i]
}

// checkContext is the guard of the methods that take a context.
func checkContext(ctx context.Context, method string) error {
	if ctx == nil {
		return argumentError(method, "context")
	}
	return nil
}
