package property

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/partitioned-buffer/go/pbuf"
)

// mode is what the processor does with a call.
type mode uint8

const (
	succeed mode = iota
	fail
	panics
	goexit
	hold // until told
)

var modeNames = []string{"succeed", "fail", "panic", "goexit", "hold"}

var errSink = errors.New("the sink is down")

// call is one call of the processor, noted before it does anything.
type call struct {
	entries []entry
	mode    mode
	release chan mode // for hold: what it is to do then
	let     bool      // it was told
}

// sink is the processor.
type sink struct {
	mu    sync.Mutex
	mode  mode
	calls []*call // since the last take
	held  []*call // all that ever held
}

func (s *sink) batch(_ context.Context, batch []entry) error {
	return s.call(slices.Clone(batch))
}

func (s *sink) table(_ context.Context, table *pbuf.Table[int, value]) error {
	all := slices.Collect(table.All())
	for _, e := range all {
		if got, ok := table.Get(e.Key); !ok || got != e {
			return errors.New("a table's Get and All differ")
		}
	}
	if len(all) != table.Len() {
		return errors.New("a table's Len and All differ")
	}
	return s.call(all)
}

func (s *sink) call(entries []entry) error {
	c := &call{entries: entries, release: make(chan mode)}
	s.mu.Lock()
	c.mode = s.mode
	s.calls = append(s.calls, c)
	if c.mode == hold {
		s.held = append(s.held, c)
	}
	s.mu.Unlock()
	do := c.mode
	if do == hold {
		do = <-c.release
	}
	switch do {
	case fail:
		return errSink
	case panics:
		panic(errSink)
	case goexit:
		runtime.Goexit()
	}
	return nil
}

func (s *sink) set(m mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = m
}

// take returns the calls noted since the last take.
func (s *sink) take() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}
