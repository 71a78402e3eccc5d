package fleet

import (
	"fmt"
	"time"
)

// message is one of the log; its sequence is its place there, counting from 1.
type message struct {
	seq, key int
	gone     bool // the key is deleted
}

// broker keeps a log and delivers each message until it is acknowledged: again after
// ackWait, at once if it is given back, sometimes for no reason.
type broker struct {
	draw   draw
	log    []message
	states []state // of the messages that were published
	table  *table

	lossy                        bool // acks may be lost, messages repeated
	redelivered, lost, reordered int
	arrivals                     int64
}

// state is what the broker knows of a message.
type state struct {
	acked     bool
	delivered bool      // once or more
	due       time.Time // it is not delivered before
}

const ackWait = 10 * interval

func (b *broker) publish(n int) {
	for range min(n, len(b.log)-len(b.states)) {
		b.states = append(b.states, state{})
	}
}

// fetch delivers up to n messages.
func (b *broker) fetch(n int) (msgs []message) {
	now := time.Now()
	for i := range b.states {
		s := &b.states[i]
		if s.acked || s.due.After(now) {
			continue
		}
		if s.delivered {
			b.redelivered++
		}
		s.delivered = true
		if !b.lossy || b.draw(16) > 0 { // else another worker gets it at the same time
			s.due = now.Add(ackWait)
		}
		msgs = append(msgs, b.log[i])
		if len(msgs) == n {
			break
		}
	}
	if len(msgs) > 1 && b.lossy && b.draw(4) == 0 {
		i, j := b.draw(len(msgs)), b.draw(len(msgs))
		msgs[i], msgs[j] = msgs[j], msgs[i]
		b.reordered++
	}
	return msgs
}

// ack is what a worker sends of a message that is safe. It is an error if it is not,
// lost or not.
func (b *broker) ack(m message) error {
	if at := b.table.seq(m.key); at < m.seq {
		return finding(fmt.Sprintf("message %d of key %d is acknowledged, and the table is at %d", m.seq, m.key, at))
	}
	if b.arrives() {
		b.states[m.seq-1].acked = true
	}
	return nil
}

// nak gives a message back, extend asks for more time.
func (b *broker) nak(m message, delay time.Duration) { b.dueIn(m, delay) }
func (b *broker) extend(m message)                   { b.dueIn(m, ackWait) }

func (b *broker) dueIn(m message, d time.Duration) {
	if b.arrives() {
		b.states[m.seq-1].due = time.Now().Add(d)
	}
}

func (b *broker) arrives() bool {
	if b.lossy && b.draw(8) == 0 {
		b.lost++
		return false
	}
	return true
}

// done reports whether all of the log is published and acknowledged.
func (b *broker) done() bool {
	for _, s := range b.states {
		if !s.acked {
			return false
		}
	}
	return len(b.states) == len(b.log)
}
