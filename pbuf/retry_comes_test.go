package pbuf_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Whatever happens between a failure and the end of its backoff, the retry comes
// by then, without a write or a call that asks for it. The interval is never.
func TestRetryComes(t *testing.T) {
	nothing := func(*testing.T, *pbuf.Map[string, int]) {}
	put := func(key string) func(*testing.T, *pbuf.Map[string, int]) {
		return func(t *testing.T, m *pbuf.Map[string, int]) { must(t, m.Put(key, 2)) }
	}
	for name, test := range map[string]struct {
		hooks     pbuf.Hooks
		threshold int
		meanwhile func(*testing.T, *pbuf.Map[string, int])
		delivered uint64
		left      int // not failed, and so not due before the interval or the threshold
	}{
		"nothing":        {meanwhile: nothing, delivered: 2},
		"an overwrite":   {meanwhile: put("a"), delivered: 2},
		"another key":    {meanwhile: put("c"), delivered: 2, left: 1},
		"at a threshold": {meanwhile: put("c"), delivered: 2, left: 1, threshold: 3},
		"over one":       {meanwhile: put("c"), delivered: 3, threshold: 1},
		"a new threshold": {meanwhile: func(t *testing.T, m *pbuf.Map[string, int]) {
			must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushThreshold = 1 }))
		}, delivered: 2},
		"a new interval": {meanwhile: func(t *testing.T, m *pbuf.Map[string, int]) {
			must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = never - 1 }))
		}, delivered: 2},
		"deleted and put again": {
			meanwhile: func(t *testing.T, m *pbuf.Map[string, int]) {
				for _, key := range []string{"a", "b"} {
					_, err := m.Delete(key)
					must(t, err)
				}
				must(t, m.Put("b", 3))
			}, delivered: 1,
		},
		"Goexit in FlushStop":   {meanwhile: nothing, delivered: 2, hooks: pbuf.Hooks{FlushStop: func(pbuf.FlushInfo) { goexit() }}},
		"Goexit in BatchFailed": {meanwhile: nothing, delivered: 2, hooks: pbuf.Hooks{BatchFailed: func(pbuf.BatchInfo) { goexit() }}},
		"Goexit in Requeued":    {meanwhile: nothing, delivered: 2, hooks: pbuf.Hooks{Requeued: func(pbuf.RequeueInfo) { goexit() }}},
		"Goexit in Backoff":     {meanwhile: nothing, delivered: 2, hooks: pbuf.Hooks{Backoff: func(pbuf.BackoffInfo) { goexit() }}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				m := start(t, options{
					Partitions: 1, FlushInterval: never, FlushThreshold: test.threshold, Hooks: test.hooks,
					Retry: pbuf.Retry{InitialBackoff: time.Minute, MaxBackoff: time.Minute},
					Processor: func(context.Context, []entry) error {
						if calls++; calls == 1 {
							return errDown
						}
						return nil
					},
				})
				_, err := m.PutAll(pairs("a", "b"))
				must(t, err)
				if test.threshold == 1 {
					synctest.Wait() // it began with the first of them, or both
				} else {
					wantError(t, "Flush", m.Flush(t.Context()), errDown, "2 entries")
				}
				time.Sleep(time.Second)
				test.meanwhile(t, m)
				time.Sleep(time.Minute)
				synctest.Wait()
				if s := balanced(t, m); s.Delivered != test.delivered || s.Size+s.InFlight != test.left || s.BackingOff != 0 {
					t.Errorf("a minute after the failure: %+v; want %d delivered and %d left", s, test.delivered, test.left)
				}
			})
		})
	}
}
