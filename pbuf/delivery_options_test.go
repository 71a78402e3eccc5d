package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

func TestDeliveryOptionsOutOfRange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*options)
		words  []string
	}{
		"policy":         {func(o *options) { o.Retry.Policy = 7 }, []string{"Retry.Policy", "7"}},
		"attempts":       {func(o *options) { o.Retry.MaxAttempts = -1 }, []string{"Retry.MaxAttempts", "-1"}},
		"many attempts":  {func(o *options) { o.Retry.MaxAttempts = 128 }, []string{"Retry.MaxAttempts", "128"}},
		"initial":        {func(o *options) { o.Retry.InitialBackoff = -1 }, []string{"Retry.InitialBackoff", "-1ns"}},
		"maximum":        {func(o *options) { o.Retry.MaxBackoff = -1 }, []string{"Retry.MaxBackoff", "-1ns"}},
		"contradiction":  {func(o *options) { o.Retry.InitialBackoff, o.Retry.MaxBackoff = 2, 1 }, []string{"MaxBackoff", "1ns", "2ns"}},
		"drop and retry": {func(o *options) { o.Retry = pbuf.Retry{Policy: pbuf.Drop, MaxAttempts: 3} }, []string{"Drop", "MaxAttempts", "3"}},
		"capacity":       {func(o *options) { o.Capacity = -1 }, []string{"Capacity", "-1"}},
		"on full":        {func(o *options) { o.OnFull, o.Capacity = 9, 1 }, []string{"OnFull", "9"}},
		"on full alone":  {func(o *options) { o.OnFull = pbuf.Reject }, []string{"OnFull", "Capacity"}},
		"memory":         {func(o *options) { o.VersionMemory = -1 }, []string{"VersionMemory", "-1"}},
		"initial entries": {func(o *options) {
			o.Capacity, o.Initial = 1, slices.Values([]entry{{Key: "a"}, {Key: "b"}})
		}, []string{"Initial", "Capacity"}},
		"initial version": {func(o *options) { o.Initial = slices.Values([]entry{{Version: pbuf.MinVersion - 1}}) }, []string{"Initial", "MinVersion"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := options{Processor: discard[string, int]}
			test.change(&o)
			_, err := pbuf.New(o)
			wantError(t, "New", err, pbuf.ErrOptions, test.words...)
		})
	}
}

// The bound is strict, overwrites are free, and what is in flight counts.
func TestCapacityReject(t *testing.T) {
	gate := newTurnstile[string, int]()
	m := start(t, options{Partitions: 1, ProcessingInterval: never, Capacity: 2, OnFull: pbuf.Reject, Processor: gate.process})
	must(t, m.Put("a", 1))
	ok, err := m.PutNewer("b", 1, 1)
	must(t, err)
	if !ok {
		t.Error("the second key was not stored")
	}
	_, _ = m.Delete("a")
	must(t, m.Put("c", 1)) // a's room
	must(t, m.Put("c", 2))
	// Refused, which wakes the drain: its entries keep their room in flight.
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull, "Capacity is 2")
	<-gate.in
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull)
	gate.out <- nil
	go func() {
		for range gate.in {
			gate.out <- nil
		}
	}()
	flush(t, m)
	must(t, m.Put("d", 1))
	must(t, m.Put("e", 1))
	must(t, m.Close())
	close(gate.in)
	balanced(t, m)
}

// Blocked writers wait for a delivery, for their deadline or for Stop.
func TestCapacityBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		var inside atomic.Pointer[error]
		var m *pbuf.Map[string, int]
		m = start(t, options{
			Partitions: 1, ProcessingInterval: never, Capacity: 1,
			Retry: pbuf.Retry{InitialBackoff: time.Second, MaxBackoff: time.Second},
			Processor: func(context.Context, []entry) error {
				err := m.Put("from inside", 1)
				inside.Store(&err)
				if down.Load() {
					return errDown
				}
				return nil
			},
		})
		must(t, m.Put("a", 1))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		err := m.PutContext(ctx, "b", 1)
		wantError(t, "PutContext", err, pbuf.ErrFull)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("PutContext = %v after %v", err, time.Since(began))
		}
		must(t, m.PutContext(ctx, "a", 2)) // buffered: needs no room, nor the context
		wantError(t, "Put inside", *inside.Load(), pbuf.ErrFull)
		down.Store(false)
		must(t, m.Put("b", 1)) // waits for the retry of a
		if _, place := m.Lookup("b"); place != pbuf.Buffered {
			t.Errorf("b is %v", place)
		}
		down.Store(true)
		refused := make(chan error, 3)
		for _, k := range []string{"x", "y", "z"} {
			go func() { refused <- m.Put(k, 1) }()
		}
		synctest.Wait()
		_ = m.Close()
		for range 3 {
			if err := <-refused; !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("a blocked Put = %v after Stop", err)
			}
		}
		balanced(t, m)
	})
}

func TestCapacityDrop(t *testing.T) {
	for _, test := range []struct {
		policy pbuf.OnFull
		want   []string
	}{{pbuf.DropNewest, []string{"a", "b"}}, {pbuf.DropOldest, []string{"d", "e"}}} {
		var got recorder[string, int]
		busy, release := make(chan struct{}), make(chan struct{})
		m := start(t, options{
			Partitions: 1, ProcessingInterval: never, Capacity: 3, OnFull: test.policy,
			Processor: func(ctx context.Context, batch []pbuf.Entry[string, int]) error {
				if batch[0].Key == "in flight" {
					close(busy)
					<-release
					return nil
				}
				return got.process(ctx, batch)
			},
			Hooks: pbuf.Hooks{Dropped: func(i pbuf.ProcessingInfo) {
				wantError(t, "Dropped", i.Err, pbuf.ErrFull)
			}},
		})
		// A full buffer wakes the drain, which would make room in the middle of the
		// writes: so it is kept busy, with an entry that counts.
		must(t, m.Put("in flight", 0))
		flushed := make(chan error)
		go func() { flushed <- m.Flush(t.Context()) }()
		<-busy
		for i, k := range []string{"a", "b", "c", "d", "e"} {
			must(t, m.Put(k, i))
		}
		close(release)
		must(t, <-flushed)
		must(t, m.Close())
		if s := balanced(t, m); s.Accepted != 6 || s.Delivered != 3 || s.Dropped != 3 {
			t.Errorf("%v: %+v", test.policy, s)
		}
		var keys []string
		for _, e := range got.entries() {
			keys = append(keys, e.Key)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(test.want, keys); diff != "" {
			t.Errorf("%v: delivered (-want +got):\n%s", test.policy, diff)
		}
	}
}

// Many writers, few places: never more entries than the capacity.
func TestCapacityConcurrentSafe(t *testing.T) {
	const capacity = 50
	for i, policy := range []pbuf.OnFull{pbuf.Block, pbuf.Reject, pbuf.DropOldest, pbuf.DropNewest, pbuf.Block} {
		var calls atomic.Int64
		m := start(t, pbuf.Options[int, int]{
			Partitions: 2 - i/4, ProcessingInterval: time.Millisecond, Capacity: capacity, OnFull: policy, BatchSize: 8,
			Retry: pbuf.Retry{InitialBackoff: time.Microsecond, MaxBackoff: time.Millisecond},
			Processor: func(context.Context, []pbuf.Entry[int, int]) error {
				if calls.Add(1)%3 == 0 {
					return errDown
				}
				return nil
			},
			PartitionBy: func(k int) uint64 { return uint64(k % 2) },
		})
		var accepted atomic.Uint64
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := range 1500 {
					err := m.Put(w*10_000+i, i)
					if err == nil {
						accepted.Add(1)
					} else if policy != pbuf.Reject || !errors.Is(err, pbuf.ErrFull) {
						t.Error(err)
					}
					if i%50 != 0 {
						continue
					}
					// Partitions are looked at one after the other, so their sum is of no moment.
					for _, s := range m.Stats().Partitions {
						if s.Size+s.InFlight > capacity || s.Balance() != 0 {
							t.Errorf("policy %d: %+v", policy, s)
						}
					}
				}
			})
		}
		wg.Wait()
		_ = m.Close()
		if s := balanced(t, m); s.Accepted != accepted.Load() {
			t.Errorf("policy %d: %d accepted: %+v", policy, accepted.Load(), s)
		}
	}
}

func TestTombstones(t *testing.T) {
	var got recorder[string, int]
	m := start(t, options{Partitions: 1, ProcessingInterval: never, Tombstones: true, Processor: got.process})
	must(t, m.Put("a", 1))
	for _, k := range []string{"a", "never there"} {
		if ok, err := m.Delete(k); !ok || err != nil {
			t.Errorf("Delete(%s) = %v, %v", k, ok, err)
		}
	}
	if _, ok := m.Get("a"); ok {
		t.Error("Get finds a tombstone's key")
	}
	if ok, err := m.DeleteNewer("b", 5); !ok || err != nil {
		t.Errorf("DeleteNewer = %v, %v", ok, err)
	}
	if ok, _ := m.PutNewer("b", 1, 5); ok {
		t.Error("a write with the tombstone's version was stored")
	}
	if e, place := m.Lookup("b"); place != pbuf.Buffered || !e.Deleted || e.Version != 5 {
		t.Errorf("Lookup = %+v, %v", e, place)
	}
	flush(t, m)
	want := []entry{{Key: "a", Deleted: true}, {Key: "b", Version: 5, Deleted: true}, {Key: "never there", Deleted: true}}
	all := got.entries()
	byKey(all)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	balanced(t, m)
	plain := start(t, options{Processor: discard[string, int]})
	_, err := plain.DeleteNewer("k", 1)
	wantError(t, "DeleteNewer", err, pbuf.ErrOptions, "Tombstones")
	_, err = m.DeleteNewer("k", pbuf.MinVersion-1)
	wantError(t, "DeleteNewer", err, pbuf.ErrVersion)
}

// No addition is lost or made twice, whatever fails meanwhile.
func TestMergeConcurrentSafe(t *testing.T) {
	t.Run("", func(t *testing.T) { mergeConcurrently(t, func(*options) {}) })
	t.Run("with MaxBytes", func(t *testing.T) {
		mergeConcurrently(t, func(o *options) {
			o.MaxBytes, o.SizeOf = 100, func(string, int) int { return 1 } // it tells nothing apart
		})
	})
}

func mergeConcurrently(t *testing.T, change func(*options)) {
	var mu sync.Mutex
	sums := map[string]int{}
	n := 0
	o := options{
		Partitions: 1, ProcessingInterval: time.Millisecond,
		Retry: pbuf.Retry{InitialBackoff: time.Microsecond, MaxBackoff: time.Millisecond},
		Merge: func(_ string, old, new int) int { return old + new },
		Processor: func(_ context.Context, batch []entry) error {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%2 == 1 && n < 500 {
				return errDown
			}
			for _, e := range batch {
				sums[e.Key] += e.Value
			}
			return nil
		},
	}
	change(&o)
	m := start(t, o)
	var wg sync.WaitGroup
	routed := pbuf.Route(m, "pinned")
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				must(t, m.Put("a", 1))
				must(t, routed.Put("b", 2))
			}
			_, err := m.PutAll(pairs("c"))
			must(t, err)
		})
	}
	wg.Wait()
	mu.Lock()
	n = 500 // no failures from here on
	mu.Unlock()
	err := m.Close()
	for e := range m.Undelivered() {
		sums[e.Key] += e.Value
	}
	if sums["a"] != 4000 || sums["b"] != 8000 {
		t.Errorf("sums = %v (Close: %v)", sums, err)
	}
	if s := balanced(t, m); s.Accepted != 8004 {
		t.Errorf("Stats = %+v", s)
	}
}

// A merge that panics harms its caller alone; in merge-back, its entry.
func TestMergePanics(t *testing.T) {
	gate := newTurnstile[string, int]()
	bad := false
	m := start(t, options{
		Partitions: 1, ProcessingInterval: never, Processor: gate.process,
		Merge: func(_ string, old, new int) int {
			if bad {
				panic("no")
			}
			return old + new
		},
	})
	must(t, m.Put("k", 1))
	done := make(chan error, 1)
	go func() { done <- m.Flush(t.Context()) }()
	<-gate.in
	must(t, m.Put("k", 2))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller")
			}
		}()
		bad = true
		_ = m.Put("k", 3)
	}()
	if v, _ := m.Get("k"); v != 2 {
		t.Errorf("k = %d after the panic, want 2", v)
	}
	gate.out <- errDown
	wantError(t, "Flush", <-done, errDown, "1 entries")
	if s := balanced(t, m); s.Dropped != 1 || s.Size != 1 {
		t.Errorf("Stats = %+v", s)
	}
	bad = false
	go func() { done <- m.Close() }()
	<-gate.in
	gate.out <- nil
	must(t, <-done)
}

func TestLookup(t *testing.T) {
	gate := newTurnstile[string, int]()
	m := start(t, options{Partitions: 1, ProcessingInterval: never, Processor: gate.process})
	check := func(key string, value int, want pbuf.Place) {
		t.Helper()
		if e, place := m.Lookup(key); place != want || e.Value != value {
			t.Errorf("Lookup(%s) = %v, %v; want %d, %v", key, e, place, value, want)
		}
	}
	must(t, m.Put("k", 1))
	check("k", 1, pbuf.Buffered)
	check("none", 0, pbuf.Absent)
	done := make(chan error, 1)
	go func() { done <- m.Flush(t.Context()) }()
	<-gate.in
	check("k", 1, pbuf.InFlight)
	must(t, m.Put("k", 2))
	check("k", 2, pbuf.Buffered)
	_, _ = m.Delete("k")
	check("k", 1, pbuf.InFlight)
	gate.out <- nil
	must(t, <-done)
	check("k", 0, pbuf.Absent)
}

// Versions count after their delivery, for as many keys as asked for.
func TestVersionMemory(t *testing.T) {
	m := start(t, options{Partitions: 1, ProcessingInterval: never, VersionMemory: 2, Processor: discard[string, int]})
	put := func(key string, version int64, want bool) {
		t.Helper()
		if ok, err := m.PutNewer(key, 1, version); ok != want || err != nil {
			t.Errorf("PutNewer(%s, %d) = %v, %v; want %v", key, version, ok, err, want)
		}
	}
	put("k", 5, true)
	flush(t, m)
	put("k", 5, false)
	put("k", 4, false)
	put("k", 6, true)
	flush(t, m)
	put("other", 1, true)
	flush(t, m)
	put("k", 6, false) // the last two keys
	must(t, m.Put("k", 1))
	flush(t, m) // starts anew at version 0
	put("k", 1, true)
	flush(t, m)
	for _, k := range []string{"1", "2", "3", "4"} {
		put(k, 1, true)
	}
	flush(t, m)
	put("k", 0, true) // forgotten
}

// A processor that ignores its context is reported, and its partition waits.
func TestStuckProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reports []pbuf.ProcessingInfo
		gate := newTurnstile[uint64, int]()
		opts := everyPartition(nil)
		opts.ProcessingTimeout = time.Second
		opts.Hooks.ProcessingTimeout = func(i pbuf.ProcessingInfo) { reports = append(reports, i) }
		opts.Processor = func(ctx context.Context, batch []pbuf.Entry[uint64, int]) error {
			if batch[0].Key == 0 {
				return gate.process(ctx, batch)
			}
			return nil
		}
		m := start(t, opts)
		must(t, m.Put(0, 1))
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := m.Stats(); s.Stuck != 1 || len(reports) != 1 || reports[0].Duration != time.Second+250*time.Millisecond {
			t.Errorf("Stuck = %d, reports %+v", s.Stuck, reports)
		}
		must(t, m.Put(1, 1)) // another partition goes on
		go func() { _ = m.Flush(t.Context()) }()
		synctest.Wait()
		if s := m.Stats(); s.Delivered != 1 || s.InFlight != 1 {
			t.Errorf("Stats = %+v", s.PartitionStats)
		}
		gate.out <- nil
		must(t, <-done)
		if s := balanced(t, m); s.Stuck != 0 || s.Delivered != 2 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

// With AbandonStuck the flusher goes on, and the entries come again.
func TestAbandonStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		var got recorder[string, int]
		var retry atomic.Bool
		m := start(t, options{
			Partitions: 1, ProcessingInterval: never, ProcessingTimeout: time.Second, AbandonStuck: true,
			Processor: func(ctx context.Context, batch []entry) error {
				if !retry.Swap(true) {
					return gate.process(ctx, batch)
				}
				return got.process(ctx, batch)
			},
		})
		must(t, m.Put("k", 1))
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		wantError(t, "Flush", <-done, pbuf.ErrAbandoned, "1 entries")
		time.Sleep(time.Second) // the backoff
		synctest.Wait()
		if diff := cmp.Diff([]entry{{Key: "k", Value: 1, Attempts: 1}}, got.entries()); diff != "" {
			t.Errorf("the retry (-want +got):\n%s", diff)
		}
		if s := balanced(t, m); s.Stuck != 1 || s.Delivered != 1 {
			t.Errorf("Stats = %+v", s)
		}
		gate.out <- nil
		synctest.Wait()
		if s := balanced(t, m); s.Stuck != 0 || s.Delivered != 1 {
			t.Errorf("Stats after the return = %+v", s)
		}
	})
}

// A failed table comes back entry by entry.
func TestTableRequeue(t *testing.T) {
	rounds := 0
	m := start(t, options{Partitions: 1, ProcessingInterval: never, TableProcessor: func(_ context.Context, table *pbuf.Table[string, int]) error {
		if rounds++; rounds == 1 {
			e, _ := table.Get("a")
			return pbuf.Failed(errDown, e)
		}
		return nil
	}})
	must(t, m.Put("a", 1))
	must(t, m.Put("b", 1))
	wantError(t, "Flush", m.Flush(t.Context()), errDown, "1 entries")
	if s := balanced(t, m); s.Delivered != 1 || s.Size != 1 {
		t.Errorf("Stats = %+v", s)
	}
	flush(t, m)
	if s := balanced(t, m); s.Delivered != 2 {
		t.Errorf("Stats = %+v", s)
	}
}

// Of several initial entries of a key one wins, as writes would.
func TestInitial(t *testing.T) {
	var got recorder[string, int]
	list := []entry{
		{Key: "a", Value: 1, Version: 7, Updates: 3, Attempts: 2},
		{Key: "a", Value: 2, Version: 6},
		{Key: "b", Value: 1},
		{Key: "b", Value: 2},
		{Key: "c", Version: 4, Deleted: true},
	}
	m := start(t, options{Partitions: 1, ProcessingInterval: never, Capacity: 3, OnFull: pbuf.Reject, Initial: slices.Values(list), Processor: got.process})
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull)
	flush(t, m)
	want := []entry{list[0], list[3], list[4]}
	all := got.entries()
	byKey(all)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if s := balanced(t, m); s.Accepted != 3 || s.Delivered != 3 {
		t.Errorf("Stats = %+v", s)
	}
}
