package pbuf

import (
	"context"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Some options ask more of a write than the partition's Put and PutNewer do. Its
// slow path begins where it finds no partition to go to directly, which it must
// look for in any case (the zero Map has none): buffers without these options do
// not pay for them. A write that has found the buffer full goes this way too.

func (o *Options[K, V]) slowPath() bool {
	return o.combines() || o.OnFull == DropOldest || o.MaxBytes > 0
}

// write is a write on the slow path.
type write[K comparable, V any] struct {
	hash  uint64
	entry Entry[K, V]
	kind  writeKind
	size  int64 // of what is stored, for MaxBytes

	seen shard.Seen[K, V] // see combine
	made Entry[K, V]      // of entry and what was seen
}

type writeKind uint8

const (
	replacing writeKind = iota // whatever is there
	versioned                  // what has a lower version
	combining                  // as Merge or Newer says
)

func (f *flusher[K, V]) putSlow(ctx context.Context, hash uint64, key K, value V) (stored bool, err error) {
	w := write[K, V]{hash: hash, entry: Entry[K, V]{Key: key, Value: value}}
	if f.m.options.combines() {
		w.kind = combining
	}
	return f.write(ctx, &w)
}

func (f *flusher[K, V]) putNewerSlow(ctx context.Context, method string, hash uint64, key K, value V, version int64) (stored bool, err error) {
	if err := f.m.options.checkVersion(method, version); err != nil {
		return false, err
	}
	w := write[K, V]{hash: hash, entry: Entry[K, V]{Key: key, Value: value, Version: version}, kind: versioned}
	return f.write(ctx, &w)
}

// write carries out a write and, if the buffer is full, what OnFull says.
func (f *flusher[K, V]) write(ctx context.Context, w *write[K, V]) (stored bool, err error) {
	if w.kind != combining {
		if w.size, err = f.m.options.sizeOf(w.entry.Key, w.entry.Value); err != nil {
			return false, err
		}
	}
	status, live, err := f.try(w)
	if err == nil && status == shard.Full {
		status, live, err = f.full(ctx, w)
	}
	if err != nil {
		return false, err
	}
	switch status {
	case shard.Closed:
		return false, ErrClosed
	case shard.Inserted:
		f.inserted(live)
		f.noteAge(w.entry.Key)
		return true, nil
	case shard.Overwrote:
		if f.m.options.MaxBytes > 0 {
			f.m.waiters.freed(1) // the value may have shrunk
		}
		return true, nil
	default: // stale, or dropped
		return false, nil
	}
}

// try carries out a write, and notes it if it is stale. The error is of Options.SizeOf.
func (f *flusher[K, V]) try(w *write[K, V]) (status shard.Status, live uint32, err error) {
	for {
		mark := f.part.Stale.Load() // see noteStale
		if w.kind == combining {
			status, live, err = f.combine(w)
		} else {
			status, live = f.part.Write(w.hash, shard.Item[K, V](w.entry), w.kind == versioned, w.size)
		}
		if err != nil || status != shard.Stale || noteStale(&f.part.Stale, mark) {
			return status, live, err
		}
	}
}
