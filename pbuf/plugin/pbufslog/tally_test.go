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

// What repeats is logged at once, then summed up.
func TestRepeats(t *testing.T) {
	batch := pbuf.BatchInfo{Batch: pbuf.Batch{Name: "seen"}, Entries: 3, Err: errors.New("no such row")}
	for event, hook := range map[pbufslog.Event]func(*driver){
		pbufslog.Dropped:      func(d *driver) { d.Dropped(batch) },
		pbufslog.DeadLettered: func(d *driver) { d.DeadLettered(batch) },
		pbufslog.Stuck:        func(d *driver) { d.ProcessorStuck(batch) },
		pbufslog.Panicked:     func(d *driver) { d.BatchPanicked(batch) },
	} {
		t.Run(string(event), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDriver(t, pbufslog.Options{})
				for range 10 {
					hook(d)
					time.Sleep(time.Second)
				}
				d.expect(t, event)
				time.Sleep(pbufslog.DefaultEvery)
				d.flush(0, 1, 1)
				d.expect(t, event, event)
				if l := d.log.lines()[1]; l["events"] != int64(9) || l["entries"] != int64(27) || l["error"] != "no such row" {
					t.Errorf("the second line is %v", l)
				}
			})
		})
	}
}

// What is held back when the buffer stops is logged then.
func TestStopTellsWhatWasHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, pbufslog.Options{})
		for range 3 {
			d.Full(partition(0))
		}
		d.PartitionStop(partition(0))
		d.PartitionStop(partition(1))
		d.expect(t, pbufslog.Full, pbufslog.Full)
		if n := d.log.lines()[1]["events"]; n != int64(2) {
			t.Errorf("the last line counts %v events, want 2", n)
		}
	})
}

func TestPanicHasItsStack(t *testing.T) {
	d := newDriver(t, pbufslog.Options{})
	d.BatchPanicked(pbuf.BatchInfo{Entries: 1, Err: &pbuf.PanicError{Value: "oops", Stack: []byte("goroutine 7")}})
	if l := d.log.lines()[0]; l["stack"] != "goroutine 7" || l["level"] != slog.LevelError {
		t.Errorf("the line is %v", l)
	}
}
