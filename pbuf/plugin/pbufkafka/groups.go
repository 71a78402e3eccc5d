package pbufkafka

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
)

// group is a poll: records under one checkpoint.
type group struct {
	shares     []share
	polled     time.Time
	checkpoint *pbuf.Checkpoint // nil: not marked yet; guarded by the book's mutex
}

// share is what a poll has of one partition. Except for the counts it belongs to the
// goroutine that puts it until the group is marked, then to the one that settles.
type share struct {
	tenure  *tenure
	records []*kgo.Record // nil once they are put: only offsets wait for the checkpoint
	count   int           // of them
	written time.Time     // the first of them
	from    kgo.EpochOffset
	next    kgo.EpochOffset // after the last that was put
	put     int             // how many were
	refused error           // why no more were
}

// add takes what was polled; nil if there is nothing to put. Of a partition that is to
// be read again nothing is taken.
func (b *book) add(fetches kgo.Fetches) (g *group, records int) {
	g = &group{polled: time.Now()}
	b.mu.Lock()
	defer b.mu.Unlock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		t := b.tenures[place{f.Topic, f.Partition}]
		if len(f.Records) == 0 || t == nil || t.over || t.refused {
			return
		}
		first, last := f.Records[0], f.Records[len(f.Records)-1]
		s := share{
			tenure: t, records: f.Records, count: len(f.Records), written: first.Timestamp,
			from: kgo.EpochOffset{Epoch: first.LeaderEpoch, Offset: first.Offset},
		}
		if t.polled < 0 { // all before is as good as marked
			t.marked, t.committed = first.Offset, first.Offset
		}
		t.polled, t.high = last.Offset+1, max(f.HighWatermark, last.Offset+1)
		g.shares = append(g.shares, s)
		records += s.count
	})
	if records == 0 {
		return nil, 0
	}
	b.queue = append(b.queue, g)
	return g, records
}

// mark says that all of the group has been put.
func (b *book) mark(g *group, c *pbuf.Checkpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g.checkpoint = c
	b.announce()
}

// first returns the oldest group and its checkpoint, and what is closed when that has
// changed; over if no more will be settled.
func (b *book) first() (g *group, c *pbuf.Checkpoint, changed <-chan struct{}, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return nil, nil, b.changed, b.closed
	}
	g = b.queue[0]
	return g, g.checkpoint, b.changed, b.closed && g.checkpoint == nil
}

// settled is what became of a group.
type settled struct {
	marked int   // records
	loss   error // why others are to be read again
	lag    time.Duration
}

// settle takes the oldest group out, whose checkpoint is done with that loss, and marks
// what is safe of it. It marks with the mutex held: a partition that goes takes it too,
// so that nothing of it is marked when it is gone.
func (b *book) settle(loss error, mark func(offsets)) (r settled) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.queue[0]
	b.queue[0] = nil
	b.queue = b.queue[1:]
	safe := offsets{}
	for i := range g.shares {
		s := &g.shares[i]
		if s.tenure.over {
			continue
		}
		from := s.from
		if loss == nil && s.put > 0 {
			set(safe, s.tenure.place, s.next)
			s.tenure.marked, from = s.next.Offset, s.next
			r.marked += s.put
			r.lag = max(r.lag, time.Since(s.written))
		}
		if loss != nil || s.refused != nil {
			// Which records, the buffer cannot say; what was not lost is refused as
			// stale when it is read again.
			s.tenure.over, s.tenure.reread, s.tenure.from = true, true, from
			if r.loss = loss; loss == nil {
				r.loss = s.refused
			}
		}
	}
	if len(safe) > 0 {
		mark(safe)
	}
	b.announce()
	return r
}

// close says that no more will be polled.
func (b *book) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.announce()
}

// rest takes all groups out, and says how many records of ours they had; nothing is
// waited for after that.
func (b *book) rest() (records int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, records, _ = b.sizeLocked()
	b.queue, b.dead = nil, true
	b.announce()
	return records
}

// left reports whether Run waits for nothing any more.
func (b *book) left() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dead
}

// waits reports whether something of the partitions is not settled.
func (b *book) waits(partitions map[place]struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pending(partitions, false)
}

// pending reports whether groups have records of the partitions; with put, whether some
// of those are not put yet. mu is held.
func (b *book) pending(partitions map[place]struct{}, put bool) bool {
	for _, g := range b.queue {
		if put && g.checkpoint != nil {
			continue
		}
		for i := range g.shares {
			t := g.shares[i].tenure
			if _, ok := partitions[t.place]; ok && !t.over {
				return true
			}
		}
	}
	return false
}

// size says how many groups and records there are, and how old the first is.
func (b *book) size() (groups, records int, oldest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sizeLocked()
}

func (b *book) sizeLocked() (groups, records int, oldest time.Duration) {
	for _, g := range b.queue {
		for i := range g.shares {
			if !g.shares[i].tenure.over {
				records += g.shares[i].count
			}
		}
	}
	if len(b.queue) > 0 {
		oldest = time.Since(b.queue[0].polled)
	}
	return len(b.queue), records, oldest
}
