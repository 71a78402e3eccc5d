package pbufnats

import (
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// settle acknowledges what checkpoints say is safe, gives back what was lost, and
// keeps alive all that is neither, until no more comes or ctx ends.
func (c *Consumer[K, V]) settle(drain *source.Drain) {
	tick := time.NewTicker(max(c.extend/2, time.Millisecond))
	defer tick.Stop()
	for {
		g, checkpoint, over := c.open.first()
		if over {
			return
		}
		var done <-chan struct{}
		if checkpoint != nil {
			done = checkpoint.Done()
		}
		select {
		case <-done:
			c.answer(drain, g, checkpoint.Err())
			c.open.shift() // now: until it is answered it counts as open
		case <-tick.C:
			c.keepAlive()
		case <-c.open.wake:
		case <-drain.Ctx.Done():
			return
		}
	}
}

// answer tells the server what became of a group whose checkpoint is done.
func (c *Consumer[K, V]) answer(drain *source.Drain, g *group, loss error) {
	msgs := present(g.msgs) // marked: nobody else changes them
	if loss != nil {
		// Which of them, the buffer cannot say; what was not lost is refused as
		// stale when it comes again.
		for _, m := range msgs {
			c.counts.nacked(loss, m.NakWithDelay(c.config.NakDelay))
		}
		return
	}
	for i, m := range msgs {
		var err error
		if i == len(msgs)-1 && drain.Begun() {
			// The server handles the acks of a connection in order: this one's reply
			// says that it has all of them, before we leave.
			err = m.DoubleAck(drain.Ctx)
		} else {
			err = m.Ack()
		}
		c.counts.acked(err)
	}
	if len(msgs) > 0 {
		if meta, err := msgs[0].Metadata(); err == nil {
			c.counts.lag(time.Since(meta.Timestamp))
		}
	}
}

// keepAlive has the server wait longer for the acks of what is still open.
func (c *Consumer[K, V]) keepAlive() {
	for _, m := range c.open.untouched(c.extend) {
		c.counts.extended(m.InProgress())
	}
}

// giveBack has the server deliver to others, at once, what is still open.
func (c *Consumer[K, V]) giveBack(cause error) (n int) {
	for _, m := range c.open.rest() {
		c.counts.nacked(cause, m.Nak())
		n++
	}
	return n
}
