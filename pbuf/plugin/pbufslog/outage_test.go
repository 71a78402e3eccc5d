package pbufslog_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// An outage in which entries are given up is one: it begins though all are, and is not
// over because none is left.
func TestOutageInWhichEntriesAreGivenUp(t *testing.T) {
	for name, retry := range map[string]pbuf.Retry{
		"MaxAttempts 3": {MaxAttempts: 3},
		"MaxAttempts 1": {MaxAttempts: 1},
		"GiveUp":        {Policy: pbuf.GiveUp},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var up atomic.Bool
				buf, log := open(t, options{
					Partitions: 1, FlushInterval: time.Second, Retry: retry,
					DeadLetter: func(context.Context, []entry, error) error { return nil },
					Processor: func(context.Context, []entry) error {
						if up.Load() {
							return nil
						}
						return errRefused
					},
				})
				outage := func(want ...pbufslog.Event) {
					t.Helper()
					isLetter := func(m string) bool { return m == string(pbufslog.DeadLettered) }
					expect(t, slices.DeleteFunc(log.messages(), isLetter), want...)
				}
				put := func() {
					if err := buf.Put(1, "secret"); err != nil {
						t.Fatal(err)
					}
					time.Sleep(10 * time.Second)
				}
				for range 40 {
					put()
				}
				outage(pbufslog.SinkDown)
				up.Store(true)
				put()
				if err := buf.Close(); err != nil {
					t.Fatal(err)
				}
				outage(pbufslog.SinkDown, pbufslog.Recovered)
			})
		})
	}
}

// Poison entries that come one after the other are tried apart, beside writes that are
// delivered: that is no outage.
func TestPoisonEntriesOfDifferentAges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buf, log := open(t, options{
			Partitions: 1, FlushInterval: 5 * time.Second,
			Processor: func(_ context.Context, batch []entry) error {
				var bad []entry
				for _, e := range batch {
					if e.Key < 0 {
						bad = append(bad, e)
					}
				}
				if len(bad) == 0 {
					return nil
				}
				return pbuf.Failed(errors.New("no such column"), bad...)
			},
		})
		for i := range 1200 {
			key := i
			switch i {
			case 50, 82, 83, 199, 402:
				key = -i
			}
			if err := buf.Put(key, "x"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(500 * time.Millisecond)
		}
		expect(t, log.messages(), pbufslog.EntriesFail)
		if err := buf.Close(); err == nil {
			t.Error("the poison entries are delivered")
		}
	})
}
