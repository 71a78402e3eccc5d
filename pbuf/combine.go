package pbuf

import "github.com/partitioned-buffer/go/internal/shard"

// With Options.Merge or Options.Newer, what a Put stores depends on what is there.
// prepare looks at that and runs the user's functions on copies, with nothing
// held; the partition then writes the result if nothing has happened to the key
// in between, and otherwise it is prepared anew.

// combines reports whether Put depends on what is there.
func (o *Options[K, V]) combines() bool { return o.Merge != nil || o.Newer != nil }

// combine is Put with Merge or Newer.
func (f *flusher[K, V]) combine(w *write[K, V]) (status shard.Status, live uint32, err error) {
	for {
		stale, err := f.prepare(w)
		if stale || err != nil {
			return shard.Stale, 0, err
		}
		if status, live, ok := f.part.WriteIf(&w.seen, w.hash, shard.Item[K, V](w.made), w.size, false); ok {
			return status, live, nil
		}
	}
}

// prepare makes what w stores of its entry and what is there. stale says that
// there is nothing to store. User code runs in it; the error is of SizeOf.
func (f *flusher[K, V]) prepare(w *write[K, V]) (stale bool, err error) {
	o, open := &f.m.options, false
	w.made = w.entry
	if w.seen, open = f.part.Peek(w.hash, w.entry.Key); !open {
		return false, nil // the write will be told so
	}
	there, ok := w.seen.Item, w.seen.Live
	if o.Newer != nil && !ok {
		there, ok = f.part.InFlight(&w.seen, w.hash, w.entry.Key)
	}
	switch {
	case !ok || there.Deleted: // absent, or as if it were
	case o.Merge != nil:
		w.made.Value = o.Merge(w.entry.Key, there.Value, w.entry.Value)
	case !o.Newer(there.Value, w.entry.Value):
		return true, nil
	}
	w.size, err = o.sizeOf(w.made.Key, w.made.Value)
	return false, err
}

// prepareBack is prepare for an entry that comes back from a failed delivery, of
// the size that it has: what is there is newer. stale says that it stays as it is.
func (f *flusher[K, V]) prepareBack(part *shard.Partition[K, V], w *write[K, V], size int64) (stale bool) {
	o := &f.m.options
	w.made, w.size = w.entry, size
	if w.seen, _ = part.Peek(w.hash, w.entry.Key); !w.seen.Live {
		return false
	}
	var changed bool
	if w.made, changed = o.fold(w.entry, Entry[K, V](w.seen.Item)); !changed {
		return true
	}
	w.size = size + w.seen.Size // if SizeOf fails, both count
	_ = guarded(func() error {
		size, err := o.sizeOf(w.made.Key, w.made.Value)
		if err == nil {
			w.size = size
		}
		return nil
	})
	return false
}

// folds reports whether fold changes the later one.
func (o *Options[K, V]) folds(earlier, later Entry[K, V]) bool {
	switch {
	case !o.combines() || later.Deleted || later.Reset: // nothing before it counts
		return false
	case earlier.Deleted || earlier.Reset:
		return true
	default:
		return o.Merge != nil && earlier.Version == 0 && later.Version == 0
	}
}

// fold makes one entry of two of a key, as if the later one had been written over
// the earlier. changed is false if that leaves the later one as it is. With Newer
// the later one is the newer of the two: otherwise it would not have been stored.
func (o *Options[K, V]) fold(earlier, later Entry[K, V]) (folded Entry[K, V], changed bool) {
	if !o.folds(earlier, later) {
		return later, false
	}
	if o.Merge != nil && !earlier.Deleted && earlier.Version == 0 && later.Version == 0 {
		later.Value = o.Merge(later.Key, earlier.Value, later.Value)
		later.Attempts = 0
	}
	later.Reset = earlier.Deleted || earlier.Reset
	return later, true
}
