package history

import (
	"sync"
	"sync/atomic"

	"github.com/anishathalye/porcupine"

	"github.com/partitioned-buffer/go/internal/prove/points"
)

// Log is a history that goroutines write at the same time. The zero Log is
// empty.
type Log struct {
	time atomic.Int64
	mu   sync.Mutex
	all  []porcupine.Operation
}

// Client is one goroutine's part of the Log.
type Client struct {
	log *Log
	id  int
	ops []porcupine.Operation
}

// Client returns a part for one goroutine, which must End it.
func (l *Log) Client(id int) *Client { return &Client{log: l, id: id} }

// Do runs the operation and records it.
func (c *Client) Do(o Op, run func() Seen) Seen {
	points.At() // else the call would be stamped before others had their turn
	call := c.log.time.Add(1)
	seen := run()
	c.ops = append(c.ops, porcupine.Operation{
		ClientId: c.id, Input: o, Call: call, Output: seen, Return: c.log.time.Add(1),
	})
	return seen
}

// End hands the part over to the Log.
func (c *Client) End() {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.all = append(c.log.all, c.ops...)
	c.ops = nil
}

// Now is the time of the Log.
func (l *Log) Now() int64 { return l.time.Add(1) }

// Add adds an operation that was observed and not called.
func (l *Log) Add(client int, o Op, call int64, seen Seen, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, porcupine.Operation{ClientId: client, Input: o, Call: call, Output: seen, Return: end})
}

// Operations is the history, once all clients have ended.
func (l *Log) Operations() []porcupine.Operation { return l.all }
