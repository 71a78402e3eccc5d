package pbuf_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

func TestDeliveryOptionsOutOfRange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*options)
		words  []string
	}{
		"policy":         {func(o *options) { o.Retry.Policy = 7 }, []string{"Retry.Policy is pbuf.RetryPolicy(7)"}},
		"attempts":       {func(o *options) { o.Retry.MaxAttempts = -1 }, []string{"Retry.MaxAttempts", "-1"}},
		"many attempts":  {func(o *options) { o.Retry.MaxAttempts = 128 }, []string{"Retry.MaxAttempts", "128"}},
		"initial":        {func(o *options) { o.Retry.InitialBackoff = -1 }, []string{"Retry.InitialBackoff", "-1ns"}},
		"maximum":        {func(o *options) { o.Retry.MaxBackoff = -1 }, []string{"Retry.MaxBackoff", "-1ns"}},
		"initial's unit": {func(o *options) { o.Retry.InitialBackoff = 200 }, []string{"Retry.InitialBackoff is 200ns", "200 * time.Millisecond"}},
		"maximum's unit": {func(o *options) { o.Retry.MaxBackoff = 30 }, []string{"Retry.MaxBackoff is 30ns", "did you mean 30 * time.Second?"}},
		"contradiction":  {func(o *options) { o.Retry.InitialBackoff, o.Retry.MaxBackoff = time.Minute, time.Second }, []string{"MaxBackoff", "1s", "1m0s"}},
		"drop and retry": {func(o *options) { o.Retry = pbuf.Retry{Policy: pbuf.GiveUp, MaxAttempts: 3} }, []string{"GiveUp", "MaxAttempts", "3"}},
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

func TestTombstones(t *testing.T) {
	var got recorder[string, int]
	m := start(t, options{Partitions: 1, FlushInterval: never, Tombstones: true, Processor: got.process})
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

func TestLookup(t *testing.T) {
	gate := newTurnstile[string, int]()
	m := start(t, options{Partitions: 1, FlushInterval: never, Processor: gate.process})
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
	m := start(t, options{Partitions: 1, FlushInterval: never, VersionMemory: 2, Processor: discard[string, int]})
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

// A failed table comes back entry by entry.
func TestTableRequeue(t *testing.T) {
	rounds := 0
	m := start(t, options{Partitions: 1, FlushInterval: never, TableProcessor: func(_ context.Context, table *pbuf.Table[string, int]) error {
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
	m := start(t, options{Partitions: 1, FlushInterval: never, Capacity: 3, OnFull: pbuf.Reject, Initial: slices.Values(list), Processor: got.process})
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull)
	flush(t, m)
	want := []entry{list[0], list[3], list[4]}
	want[0].Attempts = 0
	all := got.entries()
	byKey(all)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if s := balanced(t, m); s.Accepted != 3 || s.Delivered != 3 {
		t.Errorf("Stats = %+v", s)
	}
}
