package pbuf_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// longBackoff is a buffer whose backoff is far longer than its interval of a second, with
// its next tick in a second.
func longBackoff(t *testing.T, sink *poisoned) *pbuf.Map[string, int] {
	m := start(t, options{
		Partitions: 1, FlushInterval: time.Second, Processor: sink.process,
		Retry: pbuf.Retry{InitialBackoff: time.Minute, MaxBackoff: 10 * time.Minute},
	})
	must(t, m.Put("first", 0))
	must(t, m.Flush(t.Context()))
	sink.calls, sink.had = 0, map[string]time.Time{}
	return m
}

// What failed in one batch with a poison entry, and nothing else was delivered, is parted
// from it by the next tick, however long the backoff is. From then on healthy keys have
// their interval, and the poison entry its backoff.
func TestPoisonsCompanionsKeepTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newPoisoned("poison")
		m := longBackoff(t, sink)
		must(t, m.Put("poison", 0))
		for i := range 7 {
			must(t, m.Put(fmt.Sprint("with ", i), i))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := sink.now(); s.calls != 1 || len(s.had) != 0 {
			t.Fatalf("%d calls in the first interval delivered %d, want one, of nothing", s.calls, len(s.had))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := sink.now(); s.calls != 1+2*3 || s.attempts != 1+3 || len(s.had) != 7 {
			t.Fatalf("%d calls, %d attempts of the poison, %d others delivered; want 7, 4 and 7", s.calls, s.attempts, len(s.had))
		}
		for i := range 25 { // its backoff is twice the first: a minute at least
			key := fmt.Sprint(i)
			must(t, m.Put(key, i))
			time.Sleep(time.Second)
			synctest.Wait()
			if s := sink.now(); s.had[key].IsZero() || s.calls != 7+i+1 || s.attempts != 4 {
				t.Fatalf("%s is delivered %v: %d calls, %d attempts of the poison", key, s.had[key], s.calls, s.attempts)
			}
		}
	})
}

// A sink that is down sees one flush more before the long backoff, of two calls.
func TestDeadSinkWithALongBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newPoisoned("")
		m := longBackoff(t, sink)
		sink.mu.Lock()
		sink.down = true
		sink.mu.Unlock()
		for i := range 500 {
			must(t, m.Put(fmt.Sprint(i), i))
		}
		for _, want := range []int{1, 3, 3} {
			time.Sleep(time.Second)
			synctest.Wait()
			if s := sink.now(); s.calls != want {
				t.Errorf("%d calls, want %d", s.calls, want)
			}
		}
		must(t, m.Put("fresh", 0)) // not before the others: the sink has delivered nothing twice
		time.Sleep(50 * time.Second)
		synctest.Wait()
		if s := sink.now(); s.calls > 3+2 || len(s.had) > 0 {
			t.Errorf("%d calls, want 3, and at most 2 for what is fresh", s.calls)
		}
	})
}

// A poison entry that has been failing alone for long is no reason for others to wait
// that share a batch with a second one.
func TestPoisonsCompanionsBesideAnOldPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newPoisoned("old")
		m := start(t, options{Partitions: 1, FlushInterval: time.Second, Processor: sink.process})
		must(t, m.Put("old", 0))
		time.Sleep(5 * time.Minute) // its attempts are half a minute apart by now
		before := sink.now()
		sink.mu.Lock()
		sink.also = "new"
		sink.mu.Unlock()
		must(t, m.Put("new", 0))
		must(t, m.Put("healthy", 0))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		s := sink.now()
		if s.had["healthy"].IsZero() {
			t.Error("a healthy key waits for more than an interval and the next")
		}
		if n := s.calls - before.calls - (s.attempts - before.attempts); n != 1 {
			t.Errorf("%d calls without poison, want the one that delivers the healthy key", n)
		}
	})
}
