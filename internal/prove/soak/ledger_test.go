package soak

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const (
	owned = 512 // keys of each goroutine that recur
	fresh = 1 << 63
)

var errSink = errors.New("the sink is down")

// ledger accounts for every write in constant memory. Keys that recur belong to
// one goroutine, which counts upwards on each: deliveries of a key must count
// upwards too, and end with the last write, unless that one was deleted or is
// reported. Fresh keys are used once, and add up.
type ledger struct {
	operations atomic.Uint64

	written   [goroutines * owned]uint64 // by its owner: the last value, 0 if deleted
	delivered [goroutines * owned]atomic.Uint64
	failed    [goroutines * owned]atomic.Uint64

	freshAccepted, freshDelivered, freshFailed atomic.Uint64
	entries                                    atomic.Uint64 // delivered
	misordered                                 atomic.Uint64
}

func newLedger() *ledger { return new(ledger) }

func (l *ledger) options(retry pbuf.Retry) pbuf.Options[uint64, uint64] {
	o := pbuf.Options[uint64, uint64]{
		FlushInterval: time.Millisecond, FlushThreshold: 20_000, Partitions: 4, Processor: l.process,
	}
	hook := func(pbuf.FlushInfo) { misbehave(rand.IntN(4096)) }
	o.Hooks = pbuf.Hooks{
		FlushStart: hook, FlushStop: hook, BatchFailed: func(pbuf.BatchInfo) { misbehave(rand.IntN(4096)) },
	}
	o.Retry = retry
	return o
}

// misbehave does not return, for 1 and 2.
func misbehave(n int) {
	switch n {
	case 1:
		panic(errSink)
	case 2:
		runtime.Goexit()
	}
}

func (l *ledger) process(_ context.Context, batch []pbuf.Entry[uint64, uint64]) error {
	fault := rand.IntN(512)
	ok := fault == 0 || fault > 3
	for _, e := range batch {
		l.book(e.Key, e.Value, ok)
	}
	if ok {
		l.entries.Add(uint64(len(batch)))
	}
	misbehave(fault)
	if fault == 3 {
		return errSink
	}
	return nil
}

func (l *ledger) book(key, value uint64, ok bool) {
	if key >= fresh {
		if ok {
			l.freshDelivered.Add(1)
		} else {
			l.freshFailed.Add(1)
		}
		return
	}
	// One partition has the key, and calls the processor one at a time (G3).
	if value <= l.delivered[key].Load() {
		l.misordered.Add(1)
	}
	if ok {
		l.delivered[key].Store(value)
	} else {
		l.failed[key].Store(value)
	}
}

// write is one goroutine's work until stop is closed.
func (l *ledger) write(t *testing.T, m *pbuf.Map[uint64, uint64], g uint64, stop <-chan struct{}) {
	r := rand.New(rand.NewPCG(g, 1))
	check := func(err error) {
		if err != nil {
			t.Errorf("write: %v", err)
		}
	}
	for n := uint64(1); ; n++ {
		if n&1023 == 0 {
			l.operations.Add(1024)
			select {
			case <-stop:
				return
			default:
			}
		}
		key := g*owned + r.Uint64N(owned)
		switch op := r.IntN(100); {
		case op < 60:
			check(m.Put(key, n))
			l.written[key] = n
		case op < 80:
			if stored, err := m.PutNewer(key, n, int64(n)); !stored {
				t.Errorf("PutNewer(%d, version %d) = %v, %v, and no version is newer", key, n, stored, err)
			}
			l.written[key] = n
		case op < 90:
			// 0: deleted, and an older value whose delivery failed may have come back.
			if v, ok := m.Get(key); ok && v != l.written[key] && l.written[key] != 0 {
				t.Errorf("Get(%d) = %d, want the last write, %d", key, v, l.written[key])
			}
		case op < 95:
			if deleted, err := m.Delete(key); deleted {
				l.written[key] = 0
			} else {
				check(err)
			}
		default:
			check(m.Put(fresh|g<<48|n, n))
			l.freshAccepted.Add(1)
		}
	}
}

func (l *ledger) balance(t *testing.T, m *pbuf.Map[uint64, uint64], retry pbuf.Retry) {
	t.Helper()
	undelivered, freshUndelivered := map[uint64]uint64{}, uint64(0)
	for e := range m.Undelivered() {
		if e.Key >= fresh {
			freshUndelivered++ // with GiveUp, its failed call is in freshFailed as well
		} else {
			undelivered[e.Key] = e.Value
		}
	}
	lost := 0
	for key, value := range l.written {
		dropped := retry.Policy == pbuf.GiveUp && l.failed[key].Load() == value
		if value != 0 && l.delivered[key].Load() != value && !dropped && undelivered[uint64(key)] != value {
			lost++
		}
	}
	s := m.Stats()
	switch {
	case lost > 0:
		t.Errorf("G1: the last write of %d keys was neither delivered nor reported", lost)
	case l.misordered.Load() > 0:
		t.Errorf("G3: %d deliveries were not newer than the one before of their key", l.misordered.Load())
	case retry.Policy == pbuf.GiveUp && l.freshAccepted.Load() != l.freshDelivered.Load()+l.freshFailed.Load(),
		retry.Policy == pbuf.Requeue && l.freshAccepted.Load() != l.freshDelivered.Load()+freshUndelivered:
		t.Errorf("G1: %d fresh keys accepted, %d delivered, %d failed, %d undelivered",
			l.freshAccepted.Load(), l.freshDelivered.Load(), l.freshFailed.Load(), freshUndelivered)
	case s.Balance() != 0:
		t.Errorf("G1: the books are off by %d: %+v", s.Balance(), s)
	case s.Delivered != l.entries.Load():
		t.Errorf("Stats: %d delivered, the processor says %d", s.Delivered, l.entries.Load())
	case s.Size != 0 || s.InFlight != 0:
		t.Errorf("after Close: %d buffered, %d in flight", s.Size, s.InFlight)
	}
}
