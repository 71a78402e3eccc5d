package pbuf

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Handoff: what a buffer could not deliver (Undelivered) is what the next one
// begins with (Options.Initial).

// gather runs the sequence and leaves one entry per key, under the rule of
// writes: of two entries of one key, the higher version, or the later one if it
// is not versioned; with Options.Merge two plain values are combined.
func (o *Options[K, V]) gather() ([]Entry[K, V], error) {
	if o.Initial == nil {
		return nil, nil
	}
	var entries []Entry[K, V]
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
			entries = append(entries, e)
		case e.Version == 0 && entries[i].Version == 0 && o.Merge != nil && !e.Deleted && !entries[i].Deleted:
			entries[i].Value = o.Merge(e.Key, entries[i].Value, e.Value)
		case e.Version == 0 || e.Version > entries[i].Version:
			entries[i] = e
		}
	}
	if o.Capacity > 0 && len(entries) > o.Capacity {
		return nil, fmt.Errorf("%w: Initial has more keys than Capacity (%d)", ErrOptions, o.Capacity)
	}
	return entries, nil
}

// fill puts the initial entries in, before anybody shares the buffer.
func (m *Map[K, V]) fill(entries []Entry[K, V]) {
	for _, e := range entries {
		f, _ := m.locate(e.Key)
		f.ages.add(e.Key)
		f.part.Restore(shard.Item[K, V]{
			Key: e.Key, Value: e.Value, Version: e.Version, Updates: e.Updates,
			Attempts: min(e.Attempts, MaxAttempts), Deleted: e.Deleted,
		})
	}
}

// newRoom makes the bound on the buffer's entries, of which some are there already.
func (o *Options[K, V]) newRoom(r *room, used int) {
	if o.Capacity == 0 {
		return
	}
	r.limit = shard.NewLimit(int64(o.Capacity - used))
	r.err = fmt.Errorf("%w: Capacity is %d", ErrFull, o.Capacity)
}
