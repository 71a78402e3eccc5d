package pbuf

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Handoff: what a buffer could not deliver (Undelivered) is what the next one
// begins with (Options.Initial).

// initial is an entry of Options.Initial.
type initial[K comparable, V any] struct {
	Entry[K, V]
	size int64
}

// gather runs the sequence and leaves one entry per key, under the rule of
// writes: of two entries of one key, the higher version, or the later one if it
// is not versioned; with Options.Merge two plain values are combined.
func (o *Options[K, V]) gather() ([]initial[K, V], error) {
	if o.Initial == nil {
		return nil, nil
	}
	var entries []initial[K, V]
	at := make(map[K]int)
	for e := range o.Initial {
		if e.Version < MinVersion {
			return nil, fmt.Errorf("%w: Initial: %w", ErrOptions, versionError(e.Version))
		}
		if o.Capacity > 0 && len(entries) > o.Capacity {
			break // enough is known
		}
		i, again := at[e.Key]
		switch {
		case !again:
			at[e.Key] = len(entries)
			entries = append(entries, initial[K, V]{Entry: e})
		case e.Version == 0 && entries[i].Version == 0 && o.Merge != nil && !e.Deleted && !entries[i].Deleted:
			entries[i].Value = o.Merge(e.Key, entries[i].Value, e.Value)
		case e.Version == 0 || e.Version > entries[i].Version:
			entries[i].Entry = e
		}
	}
	if o.Capacity > 0 && len(entries) > o.Capacity {
		return nil, fmt.Errorf("%w: Initial has more keys than Capacity (%d)", ErrOptions, o.Capacity)
	}
	var sum int64
	for i := range entries {
		e := &entries[i]
		var err error
		if e.size, err = o.sizeOf(e.Key, e.Value); err != nil {
			return nil, fmt.Errorf("%w: Initial: %w", ErrOptions, err)
		}
		if sum += e.size; o.MaxBytes > 0 && sum > int64(o.MaxBytes) {
			return nil, fmt.Errorf("%w: Initial has more bytes than MaxBytes (%d)", ErrOptions, o.MaxBytes)
		}
	}
	return entries, nil
}

// fill puts the initial entries in, before anybody shares the buffer.
func (m *Map[K, V]) fill(entries []initial[K, V]) {
	for _, e := range entries {
		f, _ := m.locate(e.Key)
		f.ages.add(e.Key)
		if f.weights != nil {
			f.weights.setLocked(e.Key, e.size)
			m.room.giveBytes(-e.size)
		}
		f.part.Restore(shard.Item[K, V]{
			Key: e.Key, Value: e.Value, Version: e.Version, Updates: e.Updates,
			Attempts: min(e.Attempts, MaxAttempts), Deleted: e.Deleted,
		})
	}
}

// newRoom makes the bound on the buffer's entries, of which some are there already.
func (o *Options[K, V]) newRoom(r *room, used int) {
	if o.Capacity > 0 {
		r.limit = shard.NewLimit(int64(o.Capacity - used))
		r.err = fmt.Errorf("%w: Capacity is %d", ErrFull, o.Capacity)
	}
	if o.MaxBytes > 0 {
		r.bytes = &budget{max: int64(o.MaxBytes)}
		r.bytes.left.Store(r.bytes.max)
		r.err = fmt.Errorf("%w: MaxBytes is %d", ErrFull, o.MaxBytes)
		if o.Capacity > 0 {
			r.err = fmt.Errorf("%w: Capacity is %d, MaxBytes is %d", ErrFull, o.Capacity, o.MaxBytes)
		}
	}
}
