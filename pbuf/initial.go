package pbuf

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Handoff: what a buffer could not deliver (Undelivered) is what the next one
// begins with (Options.Initial).

// gather runs the sequence and leaves one entry per key, under the rule of
// writes: of two entries of one key, the higher version, or the later one if it
// is not versioned; or what Options.Merge or Options.Newer make of them.
func (o *Options[K, V]) gather() ([]Entry[K, V], error) {
	if o.Initial == nil {
		return nil, nil
	}
	var entries []Entry[K, V]
	at := make(map[K]int)
	for e := range o.Initial {
		if e.Version < MinVersion || e.Version != 0 && o.Newer != nil {
			return nil, fmt.Errorf("%w: Initial: %w", ErrOptions, o.checkVersion("entry", e.Version))
		}
		if o.Capacity > 0 && len(entries) > o.Capacity {
			break // enough is known
		}
		e.Attempts = 0
		i, again := at[e.Key]
		switch {
		case !again:
			at[e.Key] = len(entries)
			entries = append(entries, e)
		case o.wins(entries[i], e):
			entries[i], _ = o.fold(entries[i], e)
		}
	}
	if o.Capacity > 0 && len(entries) > o.Capacity {
		return nil, fmt.Errorf("%w: Initial has more keys than Capacity (%d)", ErrOptions, o.Capacity)
	}
	return entries, nil
}

// wins reports whether a write of e would be stored over the earlier entry.
func (o *Options[K, V]) wins(earlier, e Entry[K, V]) bool {
	switch {
	case e.Version != 0:
		return e.Version > earlier.Version
	case o.Newer == nil, earlier.Deleted, e.Deleted, e.Reset:
		return true
	default:
		return o.Newer(earlier.Value, e.Value)
	}
}

// fill puts the initial entries in, before anybody shares the buffer. They may exceed
// MaxBytes: so may what overwrites left behind, also an entry alone.
func (m *Map[K, V]) fill(entries []Entry[K, V]) error {
	o := &m.options
	for _, e := range entries {
		size, err := o.sizeOf(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("%w: Initial: %w", ErrOptions, err)
		}
		f, _ := m.locate(e.Key)
		f.noteAge(e.Key)
		f.part.Give(-1, -size) // Restore takes no room
		f.part.Restore(shard.Item[K, V](e), size)
	}
	return nil
}
