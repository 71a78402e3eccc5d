package pbufslog_test

import (
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

var errRefused = errors.New("connection refused")

// driver calls the hooks as a buffer of two partitions does.
type driver struct {
	pbuf.Hooks
	log  *recorder
	down [2]bool
}

func newDriver(t *testing.T, o pbufslog.Options) *driver {
	t.Helper()
	log := newRecorder()
	hooks, err := o.Hooks(slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	return &driver{Hooks: hooks, log: log}
}

func partition(i int) pbuf.PartitionInfo {
	return pbuf.PartitionInfo{Name: "seen", Partition: i, Partitions: 2}
}

// flush is a flush of entries of which so many are delivered; the rest goes back. One
// alone is one that failed before, and tells nothing new about the sink.
func (d *driver) flush(i, entries, delivered int) {
	info := pbuf.FlushInfo{PartitionInfo: partition(i), Entries: entries}
	d.FlushStart(info)
	info.Delivered, info.Requeued = delivered, entries-delivered
	if info.Failed = entries - delivered; info.Failed > 0 {
		info.Err = errRefused
		d.BatchFailed(pbuf.BatchInfo{Batch: pbuf.Batch{Name: "seen", Partition: i}, Entries: info.Failed, Err: errRefused})
	}
	d.down[i] = delivered == 0 && (d.down[i] || entries > 1)
	info.Down = d.down[i]
	d.FlushStop(info)
	time.Sleep(time.Second)
}

func (d *driver) expect(t *testing.T, want ...pbufslog.Event) {
	t.Helper()
	expect(t, d.log.messages(), want...)
}

func TestOutageIsTwoLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		for range 100 {
			d.flush(0, 10, 0)
			d.flush(1, 5, 0)
		}
		d.flush(1, 5, 5)
		d.expect(t, pbufslog.SinkDown) // the other partition is down still
		d.flush(0, 10, 10)
		d.expect(t, pbufslog.SinkDown, pbufslog.Recovered)

		first, last := d.log.lines()[0], d.log.lines()[1]
		if first["level"] != slog.LevelError || first["error"] != "connection refused" || first["buffer"] != "seen" {
			t.Errorf("the first line is %v", first)
		}
		if last["failed_batches"] != int64(200) || last["failed_entries"] != int64(1500) || last["duration"] != 201*time.Second {
			t.Errorf("the last line is %v", last)
		}
	})
}

// One that follows at once is told of too, but not with lines of its own.
func TestFlappingIsSummedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{Every: time.Minute})
		for range 60 { // two minutes
			d.flush(0, 10, 0)
			d.flush(0, 10, 10)
		}
		time.Sleep(time.Minute)
		d.flush(0, 1, 1)
		if n := len(d.log.lines()); n > 6 {
			t.Errorf("%d lines: %q", n, d.log.messages())
		}
		batches := int64(0)
		for _, l := range d.log.lines(string(pbufslog.Recovered)) {
			batches += l["failed_batches"].(int64)
		}
		if batches != 60 {
			t.Errorf("%d failed batches are told of, want 60", batches)
		}
	})
}

// A second outage that lasts is logged, if only when it has lasted for a while.
func TestSecondOutageIsLoggedIfItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{Every: 10 * time.Second})
		d.flush(0, 10, 0)
		d.flush(0, 10, 10)
		for range 20 {
			d.flush(0, 10, 0)
		}
		d.expect(t, pbufslog.SinkDown, pbufslog.Recovered, pbufslog.SinkDown)
		if since, ok := d.log.lines()[2]["since"].(time.Time); !ok || time.Since(since) != 20*time.Second {
			t.Errorf("the third line is %v, want it to say since when", d.log.lines()[2])
		}
	})
}

// One poison entry is not an outage, and hides none.
func TestPoisonEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		d.flush(0, 10, 9)
		for range 50 {
			d.flush(0, 1, 0)
			d.flush(0, 10, 9)
		}
		d.expect(t, pbufslog.EntriesFail)
		d.flush(0, 10, 0)
		d.flush(0, 10, 0)
		d.expect(t, pbufslog.EntriesFail, pbufslog.SinkDown)
		d.flush(0, 10, 9)
		d.expect(t, pbufslog.EntriesFail, pbufslog.SinkDown, pbufslog.Recovered)
		if d.log.lines()[2]["some_still_fail"] != true {
			t.Errorf("the last line is %v", d.log.lines()[2])
		}
		d.flush(0, 10, 10)
		d.expect(t, pbufslog.EntriesFail, pbufslog.SinkDown, pbufslog.Recovered, pbufslog.Recovered)
	})
}

// What failed is not all tried again at once: it is over with the last of it.
func TestSomeRetriesAreDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		d.flush(0, 10, 7)
		d.flush(0, 1, 1)
		d.expect(t, pbufslog.EntriesFail)
		d.flush(0, 2, 2)
		d.expect(t, pbufslog.EntriesFail, pbufslog.Recovered)
	})
}

// A batch that is replayed keeps its flush from ending: the outage is logged before.
func TestReplayedBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		info := pbuf.FlushInfo{PartitionInfo: partition(1), Entries: 10}
		d.FlushStart(info)
		for range 5 {
			d.BatchFailed(pbuf.BatchInfo{Batch: pbuf.Batch{Name: "seen", Partition: 1}, Entries: 10, Err: errRefused})
			d.Backoff(pbuf.BackoffInfo{PartitionInfo: partition(1), Duration: time.Second, Err: errRefused})
			time.Sleep(time.Second)
		}
		d.expect(t, pbufslog.SinkDown)
		info.Delivered, info.Failed, info.Err = 10, 50, errRefused
		d.FlushStop(info)
		d.expect(t, pbufslog.SinkDown, pbufslog.Recovered)
		if last := d.log.lines()[1]; last["failed_batches"] != int64(5) {
			t.Errorf("the last line is %v", last)
		}
	})
}

func TestStoppedDuringOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		d.flush(0, 10, 0)
		d.PartitionStop(partition(0))
		d.expect(t, pbufslog.SinkDown)
		d.PartitionStop(partition(1))
		d.expect(t, pbufslog.SinkDown, pbufslog.StoppedFailing)
	})
}
