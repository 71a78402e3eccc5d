package pbuf_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// poisoned is a sink that fails each batch with the poison key in it as a whole, and
// notes when it has each other key.
type poisoned struct {
	mu sync.Mutex // the worker and the test are woken by the same clock
	record
}

// record is what a sink has seen.
type record struct {
	poison   string
	also     string // poison, too
	down     bool   // it fails every batch
	calls    int
	attempts int // calls with the poison
	rows     int
	had      map[string]time.Time
}

func (s *poisoned) process(_ context.Context, batch []entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.rows += len(batch)
	for _, e := range batch {
		if s.down || e.Key == s.poison || e.Key == s.also {
			s.attempts++
			return errDown
		}
	}
	for _, e := range batch {
		if _, ok := s.had[e.Key]; !ok {
			s.had[e.Key] = time.Now()
		}
	}
	return nil
}

// now is what it has seen until now.
func (s *poisoned) now() record {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.record
	n.had = maps.Clone(n.had)
	return n
}

func newPoisoned(poison string) *poisoned {
	return &poisoned{record: record{poison: poison, had: map[string]time.Time{}}}
}

// Twenty seconds of steady Puts with one poison key, by default options: the sink has
// as many calls as without it, and two more for each attempt of the poison. All other
// keys keep the interval, but that the first batch waits for a backoff more.
func TestPoisonCostsTwoCallsPerAttempt(t *testing.T) {
	run := func(t *testing.T, poison string) *poisoned {
		sink := newPoisoned(poison)
		synctest.Test(t, func(t *testing.T) {
			m := start(t, options{Partitions: 1, FlushInterval: 5 * time.Second, Processor: sink.process})
			must(t, m.Put("first", 0))
			must(t, m.Flush(t.Context())) // from here on the ticks are known
			sink.calls, sink.rows = 0, 0
			put := map[string]time.Time{}
			time.Sleep(time.Millisecond)
			must(t, m.Put("poison", 0))
			for i := range 400 {
				key := fmt.Sprint(i)
				put[key] = time.Now()
				must(t, m.Put(key, i))
				time.Sleep(50 * time.Millisecond)
			}
			synctest.Wait()
			s := sink.now()
			for key, at := range put {
				if time.Since(at) < 5*time.Second+time.Millisecond {
					continue // its tick may be to come
				}
				had, ok := s.had[key]
				wait := 5 * time.Second
				if at.Sub(put["0"]) < wait && poison == "poison" {
					wait += firstBackoff
				}
				if !ok || had.Sub(at) > wait {
					t.Errorf("%s was put after %v and delivered after %v: %v", key, at.Sub(put["0"]), had.Sub(put["0"]), ok)
				}
			}
		})
		return sink
	}
	without, with := run(t, "none"), run(t, "poison")
	if without.calls != 4 {
		t.Errorf("%d calls without poison, want 4", without.calls)
	}
	if with.attempts < 4 || with.calls > without.calls+2*with.attempts {
		t.Errorf("%d calls with %d attempts of the poison, want at most %d", with.calls, with.attempts, without.calls+2*with.attempts)
	}
	t.Logf("%d calls for %d rows without it, %d for %d with %d attempts of it", without.calls, without.rows, with.calls, with.rows, with.attempts)
}

// firstBackoff is the longest, by default.
const firstBackoff = pbuf.DefaultInitialBackoff * 3 / 2

// A batch of 100 with one poison entry in it, call by call. If it is all that the flush
// has, the others wait for the first backoff; beside a batch that is delivered they do
// not wait at all.
func TestPoisonsCompanions(t *testing.T) {
	for _, test := range []struct {
		keys, calls int
		wait        time.Duration // after the flush
	}{
		{100, 1, firstBackoff},
		{300, 3 + 2*7, 0},
	} {
		t.Run(fmt.Sprint(test.keys), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newPoisoned("0")
				m := start(t, options{Partitions: 1, FlushInterval: never, BatchSize: 100, Processor: sink.process})
				for i := range test.keys {
					must(t, m.Put(fmt.Sprint(i), i))
				}
				began := time.Now()
				wantError(t, "Flush", m.Flush(t.Context()), errDown)
				s := sink.now()
				if s.calls > test.calls || test.wait > 0 && len(s.had) > 0 {
					t.Errorf("%d calls delivered %d in the flush, want at most %d calls", s.calls, len(s.had), test.calls)
				}
				time.Sleep(test.wait)
				synctest.Wait()
				s = sink.now()
				if len(s.had) != test.keys-1 {
					t.Fatalf("%v after the flush %d of %d are delivered", time.Since(began), len(s.had), test.keys-1)
				}
				for key, at := range s.had {
					if at.Sub(began) > test.wait {
						t.Errorf("%s was delivered after %v", key, at.Sub(began))
					}
				}
				// The batches, and two calls for each attempt of the poison after the first.
				if s.calls > test.keys/100+2*(s.attempts-1) || s.attempts > 1+7 || s.attempts < 1+6 {
					t.Errorf("%d calls, %d attempts of the poison", s.calls, s.attempts)
				}
				// From here on it is alone, and its waiting time doubles.
				alone := s
				time.Sleep(time.Minute)
				synctest.Wait()
				s = sink.now()
				if n := s.attempts - alone.attempts; n != s.calls-alone.calls || n < 6 || n > 12 {
					t.Errorf("%d more attempts and %d calls in a minute", n, s.calls-alone.calls)
				}
			})
		})
	}
}

// In an idle buffer a healthy key never waits longer than the interval, whatever the
// poison one waits for.
func TestPoisonHoldsUpNoHealthyKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval = 100 * time.Millisecond
		sink := newPoisoned("poison")
		m := start(t, options{Partitions: 1, FlushInterval: interval, Processor: sink.process})
		must(t, m.Put("poison", 0))
		time.Sleep(interval)  // it is tried alone first: a companion of that batch waits until it is split
		for i := range 2000 { // more than three minutes, at all distances from its attempts
			time.Sleep(97 * time.Millisecond)
			if i%7 != 0 {
				continue
			}
			key, at := fmt.Sprint(i), time.Now()
			must(t, m.Put(key, i))
			time.Sleep(interval)
			synctest.Wait()
			if s := sink.now(); s.had[key].IsZero() {
				t.Fatalf("%v after its Put, %s is not delivered; the poison had %d attempts", time.Since(at), key, s.attempts)
			}
		}
		if s := sink.now(); s.attempts < 10 || s.attempts > 25 {
			t.Errorf("%d attempts of the poison in four minutes, want it to back off for itself", s.attempts)
		}
	})
}

// A poison key that is written all the time is not tried beside others for long.
func TestPoisonThatIsWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newPoisoned("poison")
		m := start(t, options{Partitions: 1, FlushInterval: time.Second, Processor: sink.process})
		for i := range 200 {
			must(t, m.Put("poison", i))
			must(t, m.Put(fmt.Sprint(i), i))
			time.Sleep(500 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		s := sink.now()
		if len(s.had) != 200 {
			t.Errorf("%d healthy keys were delivered, want 200", len(s.had))
		}
		if s.rows > 200+2*s.attempts+20 {
			t.Errorf("%d rows with %d attempts: the poison was tried beside others", s.rows, s.attempts)
		}
	})
}
