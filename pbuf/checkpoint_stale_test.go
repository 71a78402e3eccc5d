package pbuf_test

import (
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// putTwo puts a and b with version 5.
func putTwo(t *testing.T, m *pbuf.Map[string, int]) {
	t.Helper()
	for _, key := range []string{"a", "b"} {
		_, err := m.PutNewer(key, 5, 5)
		must(t, err)
	}
}

// twoInFlight makes a buffer that gives up what fails, with a and b in flight, a batch
// each. first is the key of the batch that the processor has.
func twoInFlight(t *testing.T, o options) (m *pbuf.Map[string, int], gate *turnstile[string, int], first string) {
	t.Helper()
	gate = newTurnstile[string, int]()
	o.Partitions, o.FlushInterval, o.BatchSize = 1, never, 1
	o.Processor, o.Retry.Policy = gate.process, pbuf.GiveUp
	m = start(t, o)
	putTwo(t, m)
	go func() { _ = m.Flush(t.Context()) }()
	return m, gate, (<-gate.in)[0].Key
}

// putStale puts a version that is too old.
func putStale(t *testing.T, m *pbuf.Map[string, int], key string) {
	t.Helper()
	if stored, err := m.PutNewer(key, 4, 4); stored || err != nil {
		t.Fatalf("PutNewer = %v, %v", stored, err)
	}
}

// A stale write waits for what rejected it.
func TestCheckpointOfAStaleWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: gate.process})
		_, err := m.PutNewer("k", 5, 5)
		must(t, err)
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		putStale(t, m, "k")
		c := m.Checkpoint()
		wantWaiting(t, "while its better is in flight", c)
		gate.out <- nil
		wantSafe(t, "after that", c)
	})
}

// A stale write is lost with what rejected it, also if that was lost before the
// checkpoint, or before the write: it rejects until its generation is released.
func TestCheckpointOfAStaleWriteThatIsLost(t *testing.T) {
	for name, test := range map[string]struct {
		stale        bool // a write is rejected
		before, told bool // it came before the loss; the checkpoint is told
	}{
		"rejected, then lost":     {stale: true, before: true, told: true},
		"lost, then rejected":     {stale: true, told: true},
		"lost, nothing rejected":  {},
		"lost, and others stored": {before: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, gate, first := twoInFlight(t, options{})
				covers := m.Checkpoint()
				again := func() {
					version := int64(6)
					if test.stale {
						version = 4
					}
					if stored, err := m.PutNewer(first, 4, version); stored == test.stale || err != nil {
						t.Fatalf("PutNewer = %v, %v", stored, err)
					}
				}
				if test.before {
					again()
				}
				gate.out <- errSink
				<-gate.in
				if test.stale && !test.before {
					wantWaiting(t, "beside the loss", m.Checkpoint())
					again()
				}
				c := m.Checkpoint()
				gate.out <- nil
				go func() { _ = m.Flush(t.Context()) }()
				if test.before && !test.stale {
					<-gate.in
					gate.out <- nil
				}
				wantLost(t, "that covers what was lost", covers, 1, errSink)
				if test.told {
					wantLost(t, "of the stale write", c, 1, errSink)
				} else {
					wantSafe(t, "of others", c)
				}
				wantSafe(t, "a later one", m.Checkpoint())

				for _, version := range []int64{5, 4} {
					_, err := m.PutNewer("c", 0, version)
					must(t, err)
				}
				later := m.Checkpoint()
				go func() { _ = m.Flush(t.Context()) }()
				<-gate.in
				gate.out <- nil
				wantSafe(t, "of a stale write that nothing lost has rejected", later)
			})
		})
	}
}

// Likewise for every call that may be stale.
func TestCheckpointOfEveryStaleWrite(t *testing.T) {
	type write = func(m *pbuf.Map[string, int], version int) (stored bool, err error)
	putNewer := func(m *pbuf.Map[string, int], version int) (bool, error) {
		return m.PutNewer("k", version, int64(version))
	}
	for name, test := range map[string]struct {
		options options
		write   write
	}{
		"PutNewer, its own way to a partition": {options{PartitionBy: func(string) uint64 { return 0 }}, putNewer},
		"PutNewer, with a bound":               {options{MaxBytes: 100, SizeOf: func(string, int) int { return 1 }}, putNewer},
		"PutNewerContext": {options{}, func(m *pbuf.Map[string, int], version int) (bool, error) {
			return m.PutNewerContext(t.Context(), "k", version, int64(version))
		}},
		"PutIfNewer": {
			options{Newer: func(old, new int) bool { return new > old }},
			func(m *pbuf.Map[string, int], version int) (bool, error) { return m.PutIfNewer("k", version) },
		},
		"DeleteNewer": {
			options{Tombstones: true},
			func(m *pbuf.Map[string, int], version int) (bool, error) { return m.DeleteNewer("k", int64(version)) },
		},
		"Routed": {options{}, func(m *pbuf.Map[string, int], version int) (bool, error) {
			return pbuf.Route(m, "k").PutNewer("k", version, int64(version))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate := newTurnstile[string, int]()
				o := test.options
				o.Partitions, o.FlushInterval, o.Processor, o.Retry.Policy = 1, never, gate.process, pbuf.GiveUp
				m := start(t, o)
				if stored, err := test.write(m, 5); !stored || err != nil {
					t.Fatalf("the first write: %v, %v", stored, err)
				}
				covers := m.Checkpoint()
				go func() { _ = m.Flush(t.Context()) }()
				<-gate.in
				inFlight := m.Checkpoint()
				if stored, err := test.write(m, 4); stored || err != nil {
					t.Fatalf("the stale write: %v, %v", stored, err)
				}
				gate.out <- errSink
				wantLost(t, "that covers the first write", covers, 1, errSink)
				wantLost(t, "made while it was in flight", inFlight, 1, errSink)
				wantLost(t, "after the loss", m.Checkpoint(), 1, errSink)
			})
		})
	}
}

// What was lost and rejects no more is told once, however many stale writes follow.
func TestCheckpointsAfterALossThatIsOver(t *testing.T) {
	t.Run("released", func(t *testing.T) { // and the versions delivered are remembered
		synctest.Test(t, func(t *testing.T) {
			m, gate, _ := twoInFlight(t, options{VersionMemory: 10})
			gate.out <- errSink
			delivered := (<-gate.in)[0].Key
			gate.out <- nil
			synctest.Wait() // the generation is released
			wantLost(t, "the next", m.Checkpoint(), 1, errSink)
			for range 2 {
				putStale(t, m, delivered)
				wantSafe(t, "of a write that was delivered already", m.Checkpoint())
			}
		})
	})
	t.Run("evicted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			hold := make(chan struct{}) // the flusher: a full buffer flushes, and b must not be delivered before it is stale
			m := start(t, options{
				Partitions: 1, FlushInterval: never, Capacity: 1, OnFull: pbuf.DropOldest, Processor: discard[string, int],
				Hooks: pbuf.Hooks{PartitionStart: func(pbuf.PartitionInfo) { <-hold }},
			})
			putTwo(t, m) // b in the place of a
			first := m.Checkpoint()
			putStale(t, m, "b")
			second := m.Checkpoint()
			close(hold)
			flush(t, m)
			wantLost(t, "the next", first, 1, pbuf.ErrFull)
			wantSafe(t, "the one after", second)
		})
	})
}

// Once Stop has begun nobody else can be told, and all who ask are.
func TestCheckpointsOfAStaleWriteDuringStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, gate, lost := twoInFlight(t, options{})
		covers := m.Checkpoint()
		gate.out <- errSink
		<-gate.in
		putStale(t, m, lost)
		go func() { _ = m.Close() }()
		synctest.Wait()
		one, two := m.Checkpoint(), m.Checkpoint()
		gate.out <- nil
		for _, c := range []*pbuf.Checkpoint{covers, one, two} {
			wantLost(t, "beside Stop", c, 1, errSink)
		}
	})
}

// A stale write that returns after others have asked looks again: what rejected it is
// gone by then, and they were told.
func TestStaleWriteThatReturnsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		inside, looks := make(chan bool), 0
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: gate.process, Retry: pbuf.Retry{Policy: pbuf.GiveUp},
			Newer: func(old, new int) bool {
				if looks++; looks == 1 { // one goroutine at a time
					inside <- true
					<-inside
				}
				return new > old
			},
		})
		must(t, m.Put("k", 5))
		stored := make(chan bool)
		go func() {
			ok, err := m.PutIfNewer("k", 4)
			if err != nil {
				t.Error(err)
			}
			stored <- ok
		}()
		<-inside // it has seen 5
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		gate.out <- errSink
		synctest.Wait()
		wantLost(t, "of 5", m.Checkpoint(), 1, errSink)
		inside <- true
		if !<-stored {
			t.Error("4 is stale beside nothing, and nobody will be told")
		}
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		gate.out <- nil
		wantSafe(t, "of 4", m.Checkpoint())
	})
}
