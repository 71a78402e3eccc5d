package faults

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// treacherous has keys under an interface whose hash or == panics.
type treacherous struct {
	ID   int
	Rest any
}

// TestKeysThatPanic: a key that can't be hashed or compared panics in the
// caller, as in Go's maps, before anything is touched: no lock is left behind,
// and every other key works, also in the same bucket, partition and batch.
func TestKeysThatPanic(t *testing.T) {
	for name, by := range map[string]func(any) uint64{"default": nil, "constant": func(any) uint64 { return 0 }} {
		t.Run(name, func(t *testing.T) {
			var delivered atomic.Int64
			m, err := pbuf.New(pbuf.Options[any, int]{
				Partitions: 2, PartitionBy: by, FlushInterval: time.Hour,
				Processor: func(_ context.Context, batch []pbuf.Entry[any, int]) error {
					delivered.Add(int64(len(batch)))
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			put := func(key any) func() { return func() { _ = m.Put(key, 1) } }
			newer := func(key any) func() { return func() { _, _ = m.PutNewer(key, 1, 1) } }
			get := func(key any) func() { return func() { m.Get(key) } }
			del := func(key any) func() { return func() { _, _ = m.Delete(key) } }
			good := []any{1, "a", 2.5, treacherous{1, 2}, [2]int{1, 2}}
			for round := range 3 {
				for _, key := range good {
					if err := m.Put(key, round); err != nil {
						t.Fatalf("Put(%v): %v", key, err)
					}
				}
				for _, key := range []any{[]int{1}, map[int]int{}, func() {}, treacherous{1, []int{2}}, [1]any{[]int{}}} {
					for _, call := range []func(){put(key), newer(key), get(key), del(key)} {
						if !panicked(call) {
							t.Errorf("a call with key %T did not panic", key)
						}
					}
				}
			}
			within(t, "the other keys", func() {
				for _, key := range good {
					if v, ok := m.Get(key); !ok || v != 2 {
						t.Errorf("Get(%v) = %d, %v", key, v, ok)
					}
				}
				if err := m.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			if got := int(delivered.Load()); got != len(good) {
				t.Errorf("%d entries delivered, want %d", got, len(good))
			}
		})
	}
}

// TestAPartitionByThatPanics: the panic is the writer's own, and leaves nothing
// behind.
func TestAPartitionByThatPanics(t *testing.T) {
	l := newLedger()
	m := start(t, options{
		Partitions: 2, FlushInterval: time.Hour,
		PartitionBy: func(key uint64) uint64 {
			if key%10 == 9 {
				panic(errSink)
			}
			return key
		},
		Processor: func(_ context.Context, batch []entry) error { l.book(batch, true); return nil },
	})
	for from := range uint64(10) {
		l.accept(write(t, m, from*10, 9))
		if !panicked(func() { write(t, m, from*10+9, 1) }) {
			t.Error("no panic")
		}
		if !panicked(func() {
			_, _ = m.PutAll(func(yield func(uint64, uint64) bool) { yield(from*10+9, 1) })
		}) {
			t.Error("no panic from PutAll")
		}
	}
	within(t, "Close", func() {
		if err := m.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	l.balance(t, m)
}

// TestASequenceThatPanicsOrStops: PutAll's sequence is user code: it may panic
// half-way, call the buffer, or stop early; what it yielded is stored.
func TestASequenceThatPanicsOrStops(t *testing.T) {
	l := newLedger()
	m := start(t, options{
		Partitions: 1, FlushInterval: time.Hour,
		Processor: func(_ context.Context, batch []entry) error { l.book(batch, true); return nil },
	})
	if !panicked(func() {
		_, _ = m.PutAll(func(yield func(uint64, uint64) bool) {
			yield(1, 1)
			l.accept(write(t, m, 2, 1)) // no lock is held
			panic(errSink)
		})
	}) {
		t.Error("the sequence's panic did not reach the caller")
	}
	l.accept([]uint64{1})
	within(t, "Close", func() {
		if err := m.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	l.balance(t, m)
}

func panicked(call func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	call()
	return false
}
