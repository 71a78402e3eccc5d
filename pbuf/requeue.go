package pbuf

import "github.com/partitioned-buffer/go/internal/shard"

// backChunk bounds how many entries go back under one hold of the flusher's mutex.
const backChunk = 1024

// putBack returns failed entries to the current generation, while theirs is
// still in flight: there is no moment in which a version is in neither (G4).
func (f *flusher[K, V]) putBack() stage {
	c, h := &f.cycle, &f.hand
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return stageIdle
	}
	if c.merging { // it ended the goroutine before this one
		c.merging = false
		f.mergeFailedLocked(ErrGoexit)
	}
	for range min(len(h.back), backChunk) {
		r := h.back[0]
		err := f.restoreLocked(r)
		switch {
		case f.finished:
			return stageIdle // given up, this entry too, while its merge ran
		case err != nil:
			f.mergeFailedLocked(err)
			continue
		}
		h.back = h.back[1:]
	}
	if len(h.back) > 0 {
		return stageBack
	}
	h.back = nil
	if hook := f.m.options.Hooks.Requeued; hook != nil && c.back+c.beaten > 0 {
		info := RequeueInfo{ProcessingInfo: f.info(c.back, 0, f.lastErr), Overwritten: c.beaten, Skipped: c.skipped}
		f.later(func() { hook(info) })
	}
	return stageLetter
}

// restoreLocked puts one entry back, or notes why it did not have to. The error
// is of Options.Merge.
func (f *flusher[K, V]) restoreLocked(r ref[K, V]) error {
	c := &f.cycle
	item := r.item()
	if !c.skipped {
		item.Attempts = min(item.Attempts+1, shard.MaxAttempts)
	}
	status, err := f.mergeBack(item)
	if err != nil || f.finished {
		return err
	}
	switch status {
	case shard.Closed:
		f.keepLocked(item)
	case shard.Stale: // a write that came since wins
		f.stats.superseded++
		c.beaten++
		f.freed(1)
	default:
		if status == shard.Overwrote { // merged into a write that came since
			f.freed(1)
		}
		f.stats.requeued++
		f.ages.add(item.Key)
		f.returned++
		c.back++
	}
	f.disposeLocked(1)
	return nil
}

// mergeBack calls Restore, or with Options.Merge RestoreMerged, whose callback
// gives the mutexes back while user code runs: no claim is held then. If Stop
// gives up on the entry meanwhile, current is nil, and the result is Closed.
func (f *flusher[K, V]) mergeBack(item shard.Item[K, V]) (status shard.Status, err error) {
	merge, w := f.m.options.Merge, f.weights
	w.lock()
	defer w.unlock()
	var size int64
	if merge == nil {
		status, _ = f.part.Restore(item)
	} else {
		err = protect(func() {
			status, _ = f.part.RestoreMerged(item, func(old, buffered V) V {
				f.cycle.merging = true
				w.unlock()
				f.mu.Unlock()
				defer func() {
					f.mu.Lock()
					w.lock()
				}()
				merged := merge(item.Key, old, buffered)
				size = f.sizeOfMerged(item.Key, merged)
				f.cycle.merging = false
				return merged
			})
		})
	}
	if err == nil && w != nil {
		w.cameBackLocked(item.Key, status, size)
	}
	return status, err
}

// sizeOfMerged is the size for cameBackLocked.
func (f *flusher[K, V]) sizeOfMerged(key K, merged V) (size int64) {
	failed := protect(func() {
		var err error
		if size, err = f.m.options.sizeOf(key, merged); err != nil {
			size = -1
		}
	})
	if failed != nil {
		size = -1
	}
	return size
}

// mergeFailedLocked gives up the first entry that was to go back, since its
// value cannot be combined with the buffered one.
func (f *flusher[K, V]) mergeFailedLocked(err error) {
	h := &f.hand
	f.cycle.merging = false
	h.letters = append(h.letters, letter[K, V]{refs: h.back[:1:1], err: err})
	h.back = h.back[1:]
}
