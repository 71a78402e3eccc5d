package property

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// TestMapIsItsReference is the machine.
func TestMapIsItsReference(t *testing.T) {
	actions := 0
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			x := newMachine(t)
			t.Cleanup(x.close) // also when a draw ends the run half-way
			steps := map[string]func(*rapid.T){}
			for name, step := range rapid.StateMachineActions(x) {
				steps[name] = step
			}
			t.Repeat(steps)
			actions += x.steps
			x.end(t)
		})
	})
	t.Logf("explored: %d actions", actions)
}

// Check is made after each action.
func (x *machine) Check(t *rapid.T) {
	x.steps++
	x.settle(t)
	size, flight := 0, 0
	for _, p := range x.parts {
		size += p.Size()
		flight += len(p.undone)
	}
	if got := x.m.Size(); got != size {
		t.Fatalf("Size = %d, want %d", got, size)
	}
	s := x.m.Stats()
	if b := s.Balance(); b != 0 {
		t.Fatalf("G1: the books are off by %d: %+v", b, s)
	}
	got := books{int(s.Batches), int(s.Delivered), int(s.Failed), int(s.Flushes)}
	if got != x.books || s.Size != size || s.InFlight != flight || s.HookFailures != 0 {
		t.Fatalf("Stats = %+v, want %+v, size %d, in flight %d", s, x.books, size, flight)
	}
}

// end stops the buffer: whatever it does not deliver, it reports.
func (x *machine) end(t *rapid.T) {
	want := map[int]map[int]entry{} // by partition: what is to be undelivered
	add := func(i int, entries map[int]entry) {
		if want[i] == nil {
			want[i] = map[int]entry{}
		}
		for k, e := range entries {
			want[i][k] = e // a newer one of the same key replaces it
		}
	}
	x.sink.mu.Lock()
	m := x.sink.mode
	x.sink.mu.Unlock()
	for i, p := range x.parts {
		if p.held != nil || m != succeed {
			add(i, p.undone)
			add(i, p.Retire())
		}
	}
	sum := 0
	for _, entries := range want {
		sum += len(entries)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	err := x.m.Stop(ctx)
	var undelivered *pbuf.UndeliveredError
	if sum == 0 && err != nil || sum > 0 && (!errors.As(err, &undelivered) || undelivered.Count != sum) {
		t.Fatalf("Stop = %v, want %d entries not delivered", err, sum)
	}
	got := 0
	for e := range x.m.Undelivered() {
		got++
		e.Attempts = 0 // not the machine's business
		if e.Value.Part >= len(x.parts) {
			t.Fatalf("Undelivered yields %+v", e)
		}
		if w, ok := want[e.Value.Part][e.Key]; !ok || w != e {
			t.Fatalf("Undelivered yields %+v, want %+v", e, w)
		}
	}
	if got != sum {
		t.Fatalf("Undelivered yields %d entries, want %d", got, sum)
	}
	if s := x.m.Stats(); s.Balance() != 0 || s.Undelivered != sum {
		t.Fatalf("G1: after Stop the books are off by %d: %+v", s.Balance(), s)
	}
	if err := x.m.Put(0, value{}); !errors.Is(err, pbuf.ErrClosed) {
		t.Fatalf("Put after Stop = %v", err)
	}
}

// close ends everything, held calls too.
func (x *machine) close() {
	x.sink.set(succeed)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = x.m.Stop(ctx) // the answer is end's to judge
	for _, c := range x.sink.held {
		if !c.let {
			c.release <- succeed
		}
	}
}
