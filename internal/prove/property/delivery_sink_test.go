package property

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// outcome is how a call of the processor ends.
type outcome string

const (
	delivers  outcome = "delivers"
	fails     outcome = "fails"
	failsOdd  outcome = "fails odd keys"       // pbuf.Failed
	gives     outcome = "gives up"             // pbuf.Permanent
	givesOdd  outcome = "gives up odd keys"    // one inside the other
	differs   outcome = "fails 1, gives up 2"  // two verdicts, joined
	foreign   outcome = "fails an unknown key" // fails the whole batch
	panicking outcome = "panics"
	exits     outcome = "exits its goroutine"
	waits     outcome = "waits to be told"
)

var outcomes = []outcome{delivers, delivers, fails, failsOdd, gives, givesOdd, differs, foreign, panicking, exits, waits}

// what an outcome means for an entry.
func (o outcome) of(key int) (failed, permanent bool) {
	switch o {
	case delivers:
		return false, false
	case failsOdd:
		return key%2 != 0, false
	case gives:
		return true, true
	case givesOdd:
		return key%2 != 0, true
	case differs:
		return key == 1 || key == 2, key == 2
	default:
		return true, false
	}
}

// err is what the processor returns, if it returns.
func (o outcome) err(batch []entry) error {
	only := func(is func(int) bool) (some []entry) {
		return slices.DeleteFunc(slices.Clone(batch), func(e entry) bool { return !is(e.Key) })
	}
	odd := func(key int) bool { return key%2 != 0 }
	switch o {
	case fails:
		return errSink
	case failsOdd:
		return failed(errSink, only(odd))
	case gives:
		return pbuf.Permanent(errSink)
	case givesOdd:
		return failed(pbuf.Permanent(errSink), only(odd))
	case differs:
		return errors.Join(
			failed(errSink, only(func(key int) bool { return key == 1 })),
			failed(pbuf.Permanent(errSink), only(func(key int) bool { return key == 2 })),
		)
	case foreign:
		return pbuf.Failed(errSink, entry{Key: 1_000_000})
	case panicking:
		panic(errSink)
	case exits:
		runtime.Goexit()
	}
	return nil
}

// failed is pbuf.Failed, or nil for no entries.
func failed(err error, some []entry) error {
	if len(some) == 0 {
		return nil
	}
	return pbuf.Failed(err, some...)
}

// event is something that a flusher did, and when: one other field is set.
type event struct {
	at       time.Time
	called   []entry // the processor has them
	returned *returned
	letter   []entry           // DeadLetter has them
	skipped  *pbuf.RequeueInfo // entries were put back untried, since the sink is down
	stopped  *pbuf.FlushInfo
}

// returned is the end of a call.
type returned struct {
	batch []entry
	how   outcome
}

// post is a processor, a DeadLetter and a hook that note what happens.
type post struct {
	mu      sync.Mutex
	how     outcome // guarded by mu
	refuses bool    // guarded by mu: DeadLetter fails
	events  []event // guarded by mu: since the last take
	waiting []chan outcome
}

func (s *post) process(_ context.Context, batch []entry) error {
	batch = slices.Clone(batch)
	s.mu.Lock()
	s.events = append(s.events, event{at: time.Now(), called: batch})
	how := s.how
	if how == waits {
		told := make(chan outcome)
		s.waiting = append(s.waiting, told)
		s.mu.Unlock()
		how = <-told
		s.mu.Lock()
	}
	s.events = append(s.events, event{at: time.Now(), returned: &returned{batch, how}})
	s.mu.Unlock()
	return how.err(batch)
}

func (s *post) table(ctx context.Context, table *pbuf.Table[int, value]) error {
	return s.process(ctx, slices.Collect(table.All()))
}

func (s *post) deadLetter(_ context.Context, entries []entry, _ error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{at: time.Now(), letter: slices.Clone(entries)})
	if s.refuses {
		return errSink
	}
	return nil
}

func (s *post) stop(i pbuf.FlushInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{at: time.Now(), stopped: &i})
}

func (s *post) requeued(i pbuf.RequeueInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.Skipped {
		s.events = append(s.events, event{at: time.Now(), skipped: &i})
	}
}

func (s *post) set(how outcome, refuses bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how, s.refuses = how, refuses
}

// take returns the events since the last take.
func (s *post) take() []event {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	return events
}

// tell ends the calls that wait, and returns how many there were.
func (s *post) tell(how outcome) int {
	s.mu.Lock()
	waiting := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	for _, told := range waiting {
		told <- how
	}
	return len(waiting)
}
