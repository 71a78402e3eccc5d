package pbufnats

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// Stats is what a Consumer has done, and what it waits for. Counters count from New on.
type Stats struct {
	Fetched     uint64 // messages, each time they were delivered
	Redelivered uint64 // of them: not for the first time
	Stored      uint64 // messages that the buffer took
	Stale       uint64 // messages that it refused: it had as new a version
	Undecodable uint64 // messages that were terminated

	Acked     uint64 // messages whose acks were sent
	Nacked    uint64 // messages that were given back: lost by the buffer, no room, or left by Run
	Extended  uint64 // times that the server was asked to wait longer for a message
	AckErrors uint64 // of all these and of Undecodable: the server was not told, and delivers again

	FetchErrors uint64    // fetches that failed
	LastError   error     // of a fetch, a write or a checkpoint; nil: none
	LastErrorAt time.Time // when that was

	OpenCheckpoints int           // fetches that are not acknowledged yet
	OpenMessages    int           // messages of them
	OldestOpen      time.Duration // how long ago the oldest of them was fetched

	// AckLag is how long the first message of the last fetch that was acknowledged had
	// been in the stream by then. Pending is how many messages of the consumer the
	// server had still to deliver, to whichever process, when it delivered the last one
	// here; StreamLag how long that one had been in the stream.
	AckLag    time.Duration
	Pending   uint64
	StreamLag time.Duration
}

// Stats returns the numbers of this moment. It may be called at any time, by any
// goroutine, and takes time linear in the messages that are open.
func (c *Consumer[K, V]) Stats() Stats {
	s := c.counts.Now()
	s.OpenCheckpoints, s.OpenMessages, s.OldestOpen = c.open.size()
	return s
}

type counts struct{ source.Counts[Stats] }

func (s *Stats) failed(err error) {
	if err != nil {
		s.LastError, s.LastErrorAt = err, time.Now()
	}
}

// told notes whether the server could be told something.
func (s *Stats) told(err error) {
	if err != nil {
		s.AckErrors++
		s.failed(err)
	}
}

func (c *counts) fetched(meta *jetstream.MsgMetadata) {
	c.Change(func(s *Stats) {
		s.Fetched++
		if meta.NumDelivered > 1 {
			s.Redelivered++
		}
		s.Pending, s.StreamLag = meta.NumPending, time.Since(meta.Timestamp)
	})
}

func (c *counts) stored(yes bool) {
	c.Change(func(s *Stats) {
		if yes {
			s.Stored++
		} else {
			s.Stale++
		}
	})
}

func (c *counts) fetchFailed(err error) {
	c.Change(func(s *Stats) { s.FetchErrors++; s.failed(err) })
}

func (c *counts) undecodable(cause, told error) {
	c.Change(func(s *Stats) { s.Undecodable++; s.failed(cause); s.told(told) })
}

func (c *counts) acked(told error) {
	c.Change(func(s *Stats) {
		if told == nil {
			s.Acked++
		}
		s.told(told)
	})
}

func (c *counts) lag(d time.Duration) { c.Change(func(s *Stats) { s.AckLag = d }) }

func (c *counts) nacked(cause, told error) {
	c.Change(func(s *Stats) { s.Nacked++; s.failed(cause); s.told(told) })
}

func (c *counts) extended(told error) {
	c.Change(func(s *Stats) { s.Extended++; s.told(told) })
}
