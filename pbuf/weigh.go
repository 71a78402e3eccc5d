package pbuf

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// plainWrite stands for the version of a write without one.
const plainWrite = MinVersion - 1

// unfit is the status of a write that OnFull dropped because it can never fit.
const unfit = shard.Closed + 1

// weigh runs a write of an entry of that size: with Options.MaxBytes, if the key
// is buffered or there is room for it.
func (f *flusher[K, V]) weigh(key K, size, version int64, write func() (shard.Status, uint32)) (shard.Status, uint32, error) {
	if f.weights == nil {
		status, live := write()
		return status, live, nil
	}
	f.weights.mu.Lock()
	defer f.weights.mu.Unlock()
	return f.weighLocked(key, size, version, write)
}

func (f *flusher[K, V]) weighLocked(key K, size, version int64, write func() (shard.Status, uint32)) (shard.Status, uint32, error) {
	w := f.weights
	old, buffered := w.current.of[key]
	if !buffered && !w.room.bytes.take(size) {
		status := f.part.Refusal(key, version)
		if status == shard.Full && size > w.room.bytes.max {
			return f.tooLarge(size)
		}
		return status, 0, nil
	}
	status, live := write()
	switch {
	case status == shard.Inserted:
		w.setLocked(key, size)
	case status == shard.Overwrote:
		w.setLocked(key, size)
		w.room.giveBytes(old.size - size)
	case !buffered:
		w.room.giveBytes(size)
	}
	return status, live, nil
}

// tooLarge is what OnFull says to an entry for which no room can be made.
func (f *flusher[K, V]) tooLarge(size int64) (shard.Status, uint32, error) {
	switch f.m.options.OnFull {
	case DropOldest, DropNewest:
		f.shed.refused.Add(1)
		return unfit, 0, nil
	default:
		return unfit, 0, fmt.Errorf("%w: the entry has %d bytes", f.m.room.err, size)
	}
}

// merge is Put with Options.Merge.
func (f *flusher[K, V]) merge(key K, value V) (shard.Status, uint32, error) {
	merge := f.m.options.Merge
	if f.weights == nil {
		status, live := f.part.Merge(key, value, func(old, value V) V { return merge(key, old, value) })
		return status, live, nil
	}
	w := f.weights
	for {
		w.mu.Lock()
		seen, buffered := w.current.of[key]
		var old shard.Item[K, V]
		if buffered {
			old, _, _ = f.part.Lookup(key) // in the current generation, since the mutex is held
		}
		w.mu.Unlock()
		merged := value
		if buffered && !old.Deleted {
			merged = merge(key, old.Value, value)
		}
		size, err := f.m.options.sizeOf(key, merged)
		if err != nil {
			return unfit, 0, err
		}
		if status, live, ok, err := f.mergeIf(key, seen, buffered, merged, size); ok {
			return status, live, err
		}
	}
}

// mergeIf writes the merged value if nothing happened to the key since it was
// seen: each write has its number.
func (f *flusher[K, V]) mergeIf(key K, seen weight, buffered bool, merged V, size int64) (status shard.Status, live uint32, ok bool, err error) {
	w := f.weights
	w.mu.Lock()
	defer w.mu.Unlock()
	if now, still := w.current.of[key]; still != buffered || now.write != seen.write {
		return 0, 0, false, nil
	}
	status, live, err = f.weighLocked(key, size, plainWrite, func() (shard.Status, uint32) {
		return f.part.Put(f.m.hasher.Hash(key), key, merged)
	})
	return status, live, true, err
}
