package pbuf_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/partitioned-buffer/go/pbuf"
)

// conserved is a key. Its kind says what is done to it; owner is the writer that
// all its writes come from, or shared.
type conserved struct {
	kind  kind
	owner int8
	n     uint32
}

type kind uint8

const (
	once      kind = iota // owned: put once
	versions              // owned: PutNewer with versions 1, 2, 3 ..., and deletes
	plain                 // owned: Put, and deletes
	contended             // shared: PutNewer with versions that are given out once
	scribbled             // shared: Put, and deletes
)

const (
	writers = 8
	shared  = -1
	ownKeys = 16 // of each kind and writer, and shared ones of each kind: few, so that they recur
)

// write is a value: who wrote it, as which of the key's or the writer's writes.
type write struct {
	writer int8
	n      int64
}

// act is a write to a key, or, with n 0, a Delete and what it said.
type act struct {
	n       int64
	deleted bool
}

// book is one writer with what it did. It is the writer's alone until it is done.
type book struct {
	m        *pbuf.Map[conserved, write]
	writer   int8
	clock    *[ownKeys]atomic.Int64 // versions of the contended keys
	random   *rand.Rand
	fresh    uint32         // keys put once so far
	version  [ownKeys]int64 // of the own versioned keys
	sequence int64          // of puts

	acts   map[conserved][]act // accepted, by key, in order
	writes int
	erased int // Deletes that said true
	fault  error
}

func newBook(w int8, m *pbuf.Map[conserved, write], clock *[ownKeys]atomic.Int64) *book {
	return &book{m: m, writer: w, clock: clock, random: rand.New(rand.NewPCG(uint64(w), 7)), acts: map[conserved][]act{}}
}

// work writes until the buffer is closed, and calls tick after each operation.
func (b *book) work(tick func()) {
	for {
		err := b.step()
		if err == nil {
			err = b.fault
		}
		if err != nil {
			if !errors.Is(err, pbuf.ErrClosed) {
				b.fault = err
			}
			return
		}
		tick()
	}
}

func (b *book) step() error {
	n := uint32(b.random.IntN(ownKeys))
	switch dice := b.random.IntN(100); {
	case dice < 15:
		return b.put(b.freshKey())
	case dice < 35:
		return b.putVersion(n)
	case dice < 43:
		return b.putBatch(n)
	case dice < 53:
		return b.put(b.own(plain, n))
	case dice < 58:
		return b.putAll(n)
	case dice < 73:
		return b.putContended(n)
	case dice < 83:
		return b.put(conserved{scribbled, shared, n})
	case dice < 88:
		return b.remove(conserved{scribbled, shared, n})
	case dice < 94:
		return b.remove(b.own(versions, n))
	case dice < 97:
		return b.remove(b.own(plain, n))
	default:
		return b.look(n)
	}
}

func (b *book) own(k kind, n uint32) conserved { return conserved{k, b.writer, n} }

func (b *book) freshKey() conserved {
	b.fresh++
	return b.own(once, b.fresh)
}

// value is the next one of a put; the caller uses it at once.
func (b *book) value() write {
	b.sequence++
	return write{b.writer, b.sequence}
}

func (b *book) did(key conserved, n int64) {
	b.acts[key] = append(b.acts[key], act{n: n})
	b.writes++
}

func (b *book) put(key conserved) error {
	v := b.value()
	err := b.m.Put(key, v)
	if err == nil {
		b.did(key, v.n)
	}
	return err
}

func (b *book) putAll(n uint32) error {
	var keys []conserved
	var values []write
	for _, key := range []conserved{b.freshKey(), b.own(plain, n), b.freshKey(), {scribbled, shared, n}} {
		keys, values = append(keys, key), append(values, b.value())
	}
	stored, err := b.m.PutAll(func(yield func(conserved, write) bool) {
		for i, key := range keys {
			if !yield(key, values[i]) {
				return
			}
		}
	})
	for i := range stored {
		b.did(keys[i], values[i].n)
	}
	return err
}

// newest is the next version of an own key: newer than all before, so it must be stored.
func (b *book) newest(n uint32) pbuf.Versioned[conserved, write] {
	b.version[n]++
	v := b.version[n]
	return pbuf.Versioned[conserved, write]{Key: b.own(versions, n), Value: write{b.writer, v}, Version: v}
}

func (b *book) putVersion(n uint32) error {
	e := b.newest(n)
	stored, err := b.m.PutNewer(e.Key, e.Value, e.Version)
	if err != nil {
		return err
	}
	if !stored {
		return fmt.Errorf("version %d of %v is taken for stale", e.Version, e.Key)
	}
	b.did(e.Key, e.Version)
	return nil
}

// putBatch ends with a key whose write may be stale; all before are newest.
func (b *book) putBatch(n uint32) error {
	last := b.contended(n)
	batch := []pbuf.Versioned[conserved, write]{b.newest(n), b.newest((n + 1) % ownKeys), b.newest(n), last}
	stored, err := b.m.PutAllNewer(slices.Values(batch))
	if err == nil && stored < len(batch)-1 {
		return fmt.Errorf("%d of the batch %v are stored", stored, batch)
	}
	for _, e := range batch[:stored] {
		b.did(e.Key, e.Version)
	}
	return err
}

func (b *book) contended(n uint32) pbuf.Versioned[conserved, write] {
	v := b.clock[n].Add(1)
	return pbuf.Versioned[conserved, write]{Key: conserved{contended, shared, n}, Value: write{b.writer, v}, Version: v}
}

func (b *book) putContended(n uint32) error {
	e := b.contended(n)
	stored, err := b.m.PutNewer(e.Key, e.Value, e.Version)
	if stored {
		b.did(e.Key, e.Version)
	}
	return err
}

func (b *book) remove(key conserved) error {
	deleted, err := b.m.Delete(key)
	if err != nil {
		return err
	}
	b.acts[key] = append(b.acts[key], act{deleted: deleted})
	if deleted {
		b.erased++
	}
	return nil
}

// look reads an own key: what it sees, if anything, is the last write.
func (b *book) look(n uint32) error {
	key := b.own(versions+kind(n%2), n) // versions or plain
	got, ok := b.m.Get(key)
	acts := b.acts[key]
	if ok && (len(acts) == 0 || got != write{b.writer, acts[len(acts)-1].n}) {
		return fmt.Errorf("Get of %v sees %v after %v", key, got, acts[max(0, len(acts)-3):])
	}
	return nil
}
