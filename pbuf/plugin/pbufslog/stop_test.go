package pbufslog_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// The partitions of a buffer that is closed at once stop before others have started.
func TestStoppedIsOneLine(t *testing.T) {
	buf, log := open(t, options{
		Partitions: 32, FlushInterval: time.Hour,
		Processor: func(context.Context, []entry) error { return errRefused },
	})
	for k := range 100 {
		if err := buf.Put(k, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := buf.Close(); err == nil {
		t.Fatal("all is delivered")
	}
	if lines := log.lines(string(pbufslog.StoppedFailing)); len(lines) != 1 || lines[0]["failed_entries"] != int64(100) {
		t.Errorf("lines are %v", log.lines())
	}
}

// A Stop that has no time left is one line, and no outage.
func TestStopCutsOff(t *testing.T) {
	for name, patience := range map[string]time.Duration{"while it delivers": 250 * time.Millisecond, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				buf, log := open(t, options{
					Partitions: 3, FlushInterval: time.Hour, BatchSize: 1,
					Processor: func(context.Context, []entry) error { time.Sleep(100 * time.Millisecond); return nil },
				})
				for k := range 30 {
					if err := buf.Put(k, "x"); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if err := buf.Stop(ctx); err == nil {
					t.Fatal("all is delivered")
				}
				expect(t, log.messages(), pbufslog.StoppedFailing)
				if l := log.lines()[0]; l["failed_batches"] != int64(0) || l["duration"] != time.Duration(0) || l["error"] != context.DeadlineExceeded.Error() {
					t.Errorf("the line is %v", l)
				}
			})
		})
	}
}
