package pbufkafka_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// gate is a Decode that waits, from a record on, until it is opened.
type gate struct {
	seen   atomic.Int64
	from   int64
	closed chan struct{} // when the record has come
	open   chan struct{}
}

func newGate(from int64) *gate {
	return &gate{from: from, closed: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) decode(r *kgo.Record) (change, error) {
	if g.seen.Add(1) == g.from {
		close(g.closed)
		<-g.open
	}
	return decode(r)
}

// What is in the middle of a poll when a second member joins is put, delivered and
// committed before its partitions go: nothing is read twice.
func TestSecondMemberJoinsInMidBatch(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(60, 0, 600)
	g := newGate(300)
	hour := newBuffer(t, sink, func(o *options) { o.FlushInterval = time.Hour }) // only a revoke flushes
	first := b.run(config{Buffer: hour, Decode: g.decode})
	<-g.closed
	second := b.run(config{})
	joins := b.requests(kmsg.JoinGroup)
	eventually(t, "the group wants to rebalance", func() bool { return b.requests(kmsg.JoinGroup) >= joins+2 })
	if s := first.Stats(); s.Partitions != partitions || s.Revoked != 0 || s.Marked != 0 {
		t.Errorf("in mid-batch: %+v", s)
	}
	close(g.open)
	eventually(t, "they share", func() bool { return first.Stats().Partitions == 3 && second.Stats().Partitions == 3 })
	for p, at := range b.offsets() {
		if at != -1 && at != int64(len(b.log[p])) {
			t.Errorf("partition %d went with %d of %d committed", p, at, len(b.log[p]))
		}
	}
	b.produce(60, 600, 1200)
	eventually(t, "all is polled", func() bool { return first.Stats().Polled+second.Stats().Polled >= 1200 })
	if err := first.Stop(); err != nil {
		t.Error(err)
	}
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
	f, s := first.Stats(), second.Stats()
	if f.Polled+s.Polled != 1200 || f.Stored+s.Stored != 1200 || f.Revoked != 3+3 {
		t.Errorf("of 1200 records: %+v, %+v", f, s)
	}
}

// Who does not come to an end within RevokeTimeout lets the partitions go without a
// commit, and commits nothing of them later.
func TestRevokeTimeout(t *testing.T) {
	b := newBroker(t)
	b.produce(60, 0, 600)
	g := newGate(300)
	first := b.run(config{Decode: g.decode, RevokeTimeout: 300 * time.Millisecond})
	<-g.closed
	second := b.run(config{})
	eventually(t, "they share", func() bool { return first.Stats().Partitions == 3 && second.Stats().Partitions == 3 })
	eventually(t, "the second one is through", func() bool { return second.Stats().Marked >= 250 && second.Stats().Uncommitted == 0 })
	polled := first.Stats().Stored
	commits := b.committed()
	close(g.open)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if got := first.Stats().Stored; got >= 600 || got < polled {
		t.Errorf("it put %d records, of partitions that were no longer its own", got)
	}
	b.forwards(commits)
	for _, w := range []*worker{first, second} {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// A member that the group gave up, and that does not know, commits nothing of what it
// had when it is back.
func TestLostPartitionsAreForgotten(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(60, 0, 600)
	hour := newBuffer(t, sink, func(o *options) { o.FlushInterval = time.Hour })
	first := b.run(config{Buffer: hour, Batch: 100})
	eventually(t, "it has polled all", func() bool { return first.Stats().OpenRecords == 600 })
	first.wire.sever()
	second := b.run(config{}) // gets all when the session of the first one is over
	eventually(t, "all is committed", b.isCommitted)
	b.produce(60, 600, 900)
	eventually(t, "all is committed", b.isCommitted)
	commits := b.committed()
	if err := hour.Flush(t.Context()); err != nil { // late: the table refuses it
		t.Fatal(err)
	}
	first.wire.mend()
	eventually(t, "they share", func() bool { return first.Stats().Partitions == 3 && second.Stats().Partitions == 3 })
	if s := first.Stats(); s.LostTo != partitions || s.Commits != 0 || s.OpenRecords != 0 {
		t.Errorf("of the one that was away: %+v", s)
	}
	b.produce(60, 900, 1200)
	eventually(t, "all is polled", func() bool { return first.Stats().Polled > 600 })
	if err := first.Stop(); err != nil {
		t.Error(err)
	}
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	b.forwards(commits)
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
}

// A process that is killed before it has committed leaves all of it to the next.
func TestKilledBeforeCommit(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(60, 0, 600)
	hour := newBuffer(t, sink, func(o *options) { o.FlushInterval = time.Hour })
	first := b.run(config{Buffer: hour, Batch: 100, DrainTimeout: time.Second})
	eventually(t, "it has polled all", func() bool { return first.Stats().OpenRecords == 600 })
	first.wire.sever() // nothing of it reaches the brokers from here on
	if err := first.Stop(); err == nil {
		t.Error("Run returned nil, but could not commit")
	}
	b.produce(60, 600, 900)
	second := b.run(config{})
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if s := second.Stats(); s.Polled != 900 {
		t.Errorf("it was given %d records, want all 900", s.Polled)
	}
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
}

// committed says how many commits there were.
func (b *broker) committed() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.commits)
}

// forwards wants no commit to go back behind one before it, from that one on.
func (b *broker) forwards(from int) {
	b.tb.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var at [partitions]int64
	for i, c := range b.commits {
		if i >= from && c.offset < at[c.partition] {
			b.tb.Errorf("partition %d went back from %d to %d", c.partition, at[c.partition], c.offset)
		}
		at[c.partition] = c.offset
	}
}
