package rival

import "github.com/partitioned-buffer/go/benchmarks/workload"

// channelSize is how many writes may wait in a Channel.
const channelSize = 4096

// Channel is the batcher that everybody has written once: writers send, one
// goroutine owns the map and flushes it. Nobody but that goroutine knows what
// is buffered, so there is no Get, and PutNewer and Delete return without
// knowing what became of them.
type Channel[K comparable, V any] struct {
	in   chan message[K, V]
	done chan struct{}
}

type message[K comparable, V any] struct {
	kind    workload.Kind
	key     K
	value   V
	version int64
	answer  chan struct{} // of a Flush
}

// NewChannel makes one.
func NewChannel[K comparable, V any](c Config[K, V]) Buffer[K, V] {
	m := &Channel[K, V]{in: make(chan message[K, V], channelSize), done: make(chan struct{})}
	go m.loop(c)
	return m
}

func (m *Channel[K, V]) loop(c Config[K, V]) {
	defer close(m.done)
	tick := newTick(c.Interval)
	defer tick.stop()
	live := map[K]record[V]{}
	out := NewBatcher(c.Sink)
	for {
		select {
		case <-tick.c:
			drainMap(live, out)
			tick.again()
		case msg, open := <-m.in:
			switch {
			case !open:
				drainMap(live, out)
				return
			case msg.answer != nil:
				drainMap(live, out)
				close(msg.answer)
			default:
				apply(live, &msg)
			}
		}
	}
}

func apply[K comparable, V any](live map[K]record[V], msg *message[K, V]) {
	switch msg.kind {
	case workload.Put:
		live[msg.key] = record[V]{value: msg.value}
	case workload.PutNewer:
		r, ok := live[msg.key]
		if !ok {
			live[msg.key] = record[V]{value: msg.value, version: msg.version}
		} else if r, ok = r.newer(msg.value, msg.version); ok {
			live[msg.key] = r
		}
	case workload.Delete:
		delete(live, msg.key)
	}
}

func drainMap[K comparable, V any](full map[K]record[V], out *Batcher[K, V]) {
	for key, r := range full {
		out.Add(Entry[K, V]{Key: key, Value: r.value, Version: r.version, Updates: r.updates})
	}
	out.End()
	clear(full)
}

// Put sends.
func (m *Channel[K, V]) Put(key K, value V) { m.in <- message[K, V]{key: key, value: value} }

// PutNewer sends; the answer is not known.
func (m *Channel[K, V]) PutNewer(key K, value V, version int64) bool {
	m.in <- message[K, V]{kind: workload.PutNewer, key: key, value: value, version: version}
	return true
}

// Get cannot know.
func (m *Channel[K, V]) Get(K) (value V, ok bool) { return value, false }

// Delete sends; the answer is not known.
func (m *Channel[K, V]) Delete(key K) bool {
	m.in <- message[K, V]{kind: workload.Delete, key: key}
	return true
}

// PutAll sends one by one.
func (m *Channel[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Flush sends its request behind all that was put before.
func (m *Channel[K, V]) Flush() {
	answer := make(chan struct{})
	m.in <- message[K, V]{answer: answer}
	<-answer
}

// Close ends the goroutine after its last flush.
func (m *Channel[K, V]) Close() {
	close(m.in)
	<-m.done
}

// Run is the hot loop.
func (m *Channel[K, V]) Run(ops *Ops[K, V]) (hits int) {
	for i, key := range ops.Keys {
		switch ops.Kinds[i] {
		case workload.Put:
			m.Put(key, ops.Value)
		case workload.PutNewer:
			if m.PutNewer(key, ops.Value, ops.Version+int64(i)) {
				hits++
			}
		case workload.Get:
			if _, ok := m.Get(key); ok {
				hits++
			}
		case workload.Delete:
			if m.Delete(key) {
				hits++
			}
		}
	}
	return hits
}
