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
	e := r.entry()
	if !c.skipped {
		e.Attempts = min(e.Attempts+1, MaxAttempts)
	}
	status, err := f.writeBackLocked(e, c.retired.Size(r.slot))
	if err != nil || f.finished {
		return err
	}
	switch status {
	case shard.Closed:
		f.keepLocked(e)
	case shard.Stale: // a write that came since wins
		f.stats.superseded++
		c.beaten++
		f.freed(r)
	default:
		if status == shard.Overwrote { // merged into a write that came since
			f.freed(r)
		}
		f.stats.requeued++
		f.noteAge(e.Key)
		f.returned++
		c.back++
	}
	f.disposeLocked(1)
	return nil
}

// writeBackLocked writes an entry that failed under the rule that what was written
// since is newer. While user code runs the mutex is given back; if Stop gives up on
// the entry meanwhile, current is nil, and the status is Closed.
func (f *flusher[K, V]) writeBackLocked(e Entry[K, V], size int64) (status shard.Status, err error) {
	if !f.m.options.combines() {
		status, _ = f.part.Restore(shard.Item[K, V](e), size)
		return status, nil
	}
	w := write[K, V]{hash: f.m.hasher.Hash(e.Key), entry: e}
	for {
		stale := false
		f.cycle.merging = true
		f.mu.Unlock()
		err = func() error {
			defer f.mu.Lock() // after a Goexit too
			return protect(func() { stale = f.prepareBack(&w, size) })
		}()
		f.cycle.merging = false
		switch {
		case err != nil || f.finished:
			return 0, err
		case stale:
			return shard.Stale, nil
		}
		if status, _, ok := f.part.WriteIf(&w.seen, w.hash, shard.Item[K, V](w.made), w.size, true); ok {
			return status, nil
		}
	}
}

// mergeFailedLocked gives up the first entry that was to go back, since its
// value cannot be combined with the buffered one.
func (f *flusher[K, V]) mergeFailedLocked(err error) {
	h := &f.hand
	f.cycle.merging = false
	h.letters = append(h.letters, letter[K, V]{refs: h.back[:1:1], err: err})
	h.back = h.back[1:]
}
