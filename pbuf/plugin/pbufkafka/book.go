package pbufkafka

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// offsets are what kgo takes and gives, by topic and partition.
type offsets = map[string]map[int32]kgo.EpochOffset

func set(o offsets, p place, at kgo.EpochOffset) {
	if o[p.topic] == nil {
		o[p.topic] = map[int32]kgo.EpochOffset{}
	}
	o[p.topic][p.partition] = at
}

// place is a partition.
type place struct {
	topic     string
	partition int32
}

// tenure is the time in which we have a partition and read it on from one offset. It
// ends when the partition goes, and when it is to be read again: what was polled in a
// tenure that is over is never marked. Its fields are guarded by the book's mutex.
type tenure struct {
	place
	over    bool
	refused bool            // something of it was: no more of it is put
	reread  bool            // over, and to be read again from here:
	from    kgo.EpochOffset // nothing before is missing in the sink

	polled, high      int64 // the offset after the last that was polled; the partition's end then
	marked, committed int64 // all before is delivered; is known to be committed
}

// book says which partitions we have, and what of them is not delivered yet.
type book struct {
	mu      sync.Mutex
	tenures map[place]*tenure // guarded by mu: of the partitions that we have
	queue   []*group          // guarded by mu: in the order of polls, and of checkpoints
	closed  bool              // guarded by mu: no more are added or marked
	dead    bool              // guarded by mu: nothing is waited for any more
	changed chan struct{}     // guarded by mu: closed when anything changes, and replaced
}

func (b *book) init() {
	b.tenures, b.changed = map[place]*tenure{}, make(chan struct{})
}

// announce says that something has changed; mu is held.
func (b *book) announce() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// await waits until the condition, which is asked with mu held, is true, or nothing is
// to be waited for; false if ctx ended first.
func (b *book) await(ctx context.Context, condition func() bool) bool {
	for {
		b.mu.Lock()
		met, changed := b.dead || condition(), b.changed
		b.mu.Unlock()
		if met {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// begin begins tenures of the partitions.
func (b *book) begin(partitions map[string][]int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for p := range places(partitions) {
		if t := b.tenures[p]; t != nil {
			t.over = true
		}
		b.tenures[p] = &tenure{place: p, polled: -1}
	}
}

// end ends the tenures of the partitions, which are no longer ours.
func (b *book) end(partitions map[string][]int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for p := range places(partitions) {
		if t := b.tenures[p]; t != nil {
			t.over = true
			delete(b.tenures, p)
		}
	}
	b.announce()
}

// over reports whether no more of the tenure is to be put.
func (b *book) over(t *tenure) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return t.over || t.refused
}

// refuse says that there was no room for a record of the tenure.
func (b *book) refuse(t *tenure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.refused = true
}

// rereads reports whether partitions are to be read again.
func (b *book) rereads() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tenures {
		if t.over || t.refused {
			return true
		}
	}
	return false
}

// reread begins new tenures of those partitions, and says from where. No partition may
// come or go meanwhile.
func (b *book) reread(seek func(offsets)) (n int) {
	back := offsets{}
	b.mu.Lock()
	for p, t := range b.tenures {
		if t.reread {
			set(back, p, t.from)
			b.tenures[p] = &tenure{place: p, polled: -1}
			n++
		}
	}
	b.mu.Unlock()
	if n > 0 {
		seek(back) // it logs: with nothing held
	}
	return n
}

// committed notes what the brokers have.
func (b *book) committed(p place, offset int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.tenures[p]; t != nil && t.polled >= 0 {
		t.committed = max(t.committed, offset)
	}
}

// places are the partitions that kgo names.
func places(partitions map[string][]int32) map[place]struct{} {
	all := map[place]struct{}{}
	for topic, ids := range partitions {
		for _, id := range ids {
			all[place{topic, id}] = struct{}{}
		}
	}
	return all
}
