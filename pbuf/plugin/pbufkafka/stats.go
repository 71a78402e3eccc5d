package pbufkafka

import (
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// Stats is what a Consumer has done, and what it waits for. Counters count from New on.
type Stats struct {
	Polled      uint64 // records, each time they were polled
	Stored      uint64 // records that the buffer took
	Stale       uint64 // records that it refused: it had as new a version
	Undecodable uint64 // records that OnUndecodable took
	Marked      uint64 // records that are delivered, and so may be committed

	Losses       uint64 // polls of which the buffer lost something, or had no room for it
	Reread       uint64 // partitions that were read again for that, each time
	Revoked      uint64 // partitions that went to other members
	LostTo       uint64 // partitions that others had before this process knew
	Paused       uint64 // times that polling paused at MaxOpen
	Commits      uint64 // commits that were done
	CommitErrors uint64 // commits that failed, and are made again

	FetchErrors uint64    // polls that had an error
	LastError   error     // of a poll, a record, a checkpoint or a commit; nil: none
	LastErrorAt time.Time // when that was

	Partitions      int           // that this process has
	OpenCheckpoints int           // polls that are not marked yet
	OpenRecords     int           // records of them
	OldestOpen      time.Duration // how long ago the first of them was polled

	// AckLag is how old the oldest record of the last poll that was marked was by then.
	// Behind is how many offsets lay, at the last poll of each partition, between what
	// was polled and the partition's end. Uncommitted is how many lie between what is
	// known to be committed and what is marked.
	AckLag      time.Duration
	Behind      int64
	Uncommitted int64
}

// Stats returns the numbers of this moment. It may be called at any time, by any
// goroutine, and takes time linear in the checkpoints that are open.
func (c *Consumer[K, V]) Stats() Stats {
	s := c.counts.Now()
	b := &c.book
	b.mu.Lock()
	defer b.mu.Unlock()
	s.OpenCheckpoints, s.OpenRecords, s.OldestOpen = b.sizeLocked()
	s.Partitions = len(b.tenures)
	for _, t := range b.tenures {
		if t.polled >= 0 {
			s.Behind += t.high - t.polled
			s.Uncommitted += t.marked - t.committed
		}
	}
	return s
}

type counts struct{ source.Counts[Stats] }

func (s *Stats) failed(err error) { s.LastError, s.LastErrorAt = err, time.Now() }

func (c *counts) failed(err error) { c.Change(func(s *Stats) { s.failed(err) }) }

func (c *counts) polled(n int) { c.Change(func(s *Stats) { s.Polled += uint64(n) }) }

func (c *counts) stored(yes bool) {
	c.Change(func(s *Stats) {
		if yes {
			s.Stored++
		} else {
			s.Stale++
		}
	})
}

func (c *counts) undecodable() { c.Change(func(s *Stats) { s.Undecodable++ }) }

func (c *counts) settled(r settled) {
	c.Change(func(s *Stats) {
		if r.marked > 0 {
			s.Marked += uint64(r.marked)
			s.AckLag = r.lag
		}
		if r.loss != nil {
			s.Losses++
			s.failed(r.loss)
		}
	})
}

func (c *counts) reread(n int) { c.Change(func(s *Stats) { s.Reread += uint64(n) }) }

func (c *counts) revoked(n int) { c.Change(func(s *Stats) { s.Revoked += uint64(n) }) }

func (c *counts) lostTo(n int) { c.Change(func(s *Stats) { s.LostTo += uint64(n) }) }

func (c *counts) paused() { c.Change(func(s *Stats) { s.Paused++ }) }

func (c *counts) commitDone() { c.Change(func(s *Stats) { s.Commits++ }) }

func (c *counts) commitFailed(err error) {
	c.Change(func(s *Stats) { s.CommitErrors++; s.failed(err) })
}

func (c *counts) fetchFailed(err error) {
	c.Change(func(s *Stats) { s.FetchErrors++; s.failed(err) })
}
