package pbufkafka_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

func TestTableEqualsLog(t *testing.T) {
	b := newBroker(t)
	var workers []*worker
	for range 3 { // of one group, each with a buffer of its own
		workers = append(workers, b.run(config{Batch: 50}))
	}
	eventually(t, "each has its partitions", func() bool {
		return workers[0].Stats().Partitions == 2 && workers[1].Stats().Partitions == 2 && workers[2].Stats().Partitions == 2
	})
	b.produce(40, 0, 3000)
	b.append(&kgo.Record{Key: []byte("k7")}) // deletes it
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	var sum pbufkafka.Stats
	for _, w := range workers {
		if s := w.Stats(); s.Behind != 0 || s.Uncommitted != 0 || s.Commits == 0 || s.AckLag <= 0 || s.AckLag > patience {
			t.Errorf("with all committed: %+v", s)
		}
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
		s := w.Stats()
		if s.OpenCheckpoints != 0 || s.OpenRecords != 0 || s.Partitions != 0 || s.Polled == 0 || s.CommitErrors != 0 {
			t.Errorf("after Run: %+v", s)
		}
		sum.Polled += s.Polled
		sum.Marked += s.Marked
		sum.Stored += s.Stored
		sum.Stale += s.Stale
	}
	if sum.Polled != 3001 || sum.Marked != 3001 || sum.Stored != 3001 || sum.Stale != 0 {
		t.Errorf("of 3001 records: %+v", sum)
	}
}

func TestVersionOfTheMessageWins(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	w := b.run(config{
		Version: pbufkafka.VersionFromMessage,
		Decode: func(r *kgo.Record) (change, error) {
			n, err := strconv.ParseInt(string(r.Value), 10, 64)
			return change{Key: string(r.Key), Value: string(r.Value), Version: -n}, err
		},
	})
	b.produce(1, 0, 100) // k0 = 0, 1, ..., whose version is the negative
	eventually(t, "all is committed", b.isCommitted)
	sink.Compare(t, map[string]string{"k0": "0"})
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestFullBufferStopsThePollingAndLosesNothing(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	free := sink.Block()
	m := newBuffer(t, sink, func(o *options) { o.Capacity = 10 })
	b.produce(100, 0, 1000) // first, so that the first poll is a full one
	w := b.run(config{Buffer: m, Batch: 20})
	eventually(t, "the writer waits for room", func() bool { return m.Stats().WritesBlocked > 0 })
	beats := b.requests(kmsg.Heartbeat)
	eventually(t, "it remains a member", func() bool { return b.requests(kmsg.Heartbeat) >= beats+30 })
	if s := w.Stats(); s.Polled != 20 || s.Partitions != partitions || s.Marked != 0 {
		t.Errorf("with a full buffer: %+v", s)
	}
	close(free)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestStoppedBufferEndsRun(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	m := newBuffer(t, sink, nil)
	w := b.run(config{Buffer: m})
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	b.produce(10, 0, 100)
	if err := w.Wait(); !errors.Is(err, pbuf.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
	w = b.run(config{}) // gets what the first one could not put
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestOpenCheckpointsAreBounded(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	sink.Fail(errDown)
	b.produce(10, 0, 1000) // first, so that each poll is a full one
	w := b.run(config{Batch: 10, MaxOpen: 5})
	eventually(t, "polling pauses", func() bool { return w.Stats().Paused > 0 })
	beats := b.requests(kmsg.Heartbeat)
	eventually(t, "it remains a member", func() bool { return b.requests(kmsg.Heartbeat) >= beats+30 })
	s := w.Stats()
	if s.OpenCheckpoints != 5 || s.Polled != 50 || s.OpenRecords != 50 || s.Partitions != partitions || s.OldestOpen < time.Second {
		t.Errorf("with the table away: %+v", s)
	}
	if n := b.requests(kmsg.OffsetCommit); n != 0 {
		t.Errorf("%d commits, with nothing in the table", n)
	}
	sink.Fail(nil)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}
