package pbuf_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// table is a sink that adds deltas, as a database would: k = k + delta, or, if the
// key was deleted before, k = delta.
type table struct {
	rows map[string]int
	fail bool // the next call, after it has been noted
	seen []entry
}

func (s *table) process(_ context.Context, batch []entry) error {
	s.seen = append(s.seen, slices.Clone(batch)...)
	if s.fail {
		s.fail = false
		return errDown
	}
	for _, e := range batch {
		switch {
		case e.Deleted:
			delete(s.rows, e.Key)
		case e.Reset:
			s.rows[e.Key] = e.Value
		default:
			s.rows[e.Key] += e.Value
		}
	}
	return nil
}

func adding(t *testing.T, sink *table, change func(*options)) *pbuf.Map[string, int] {
	o := options{
		Partitions: 1, FlushInterval: never, Tombstones: true, Processor: sink.process,
		Merge: func(_ string, old, new int) int { return old + new },
	}
	change(&o)
	return start(t, o)
}

// A Delete and the Puts after it, however they come together with generations and
// failures: the sink ends with what was put since the Delete.
func TestDeleteThenPutWithMerge(t *testing.T) {
	for name, run := range map[string]func(t *testing.T, m *pbuf.Map[string, int], sink *table, del func()){
		"in one interval": func(t *testing.T, m *pbuf.Map[string, int], _ *table, del func()) {
			del()
			must(t, m.Put("k", 1))
		},
		"after other deltas": func(t *testing.T, m *pbuf.Map[string, int], _ *table, del func()) {
			must(t, m.Put("k", 5))
			del()
			must(t, m.Put("k", 1))
		},
		"and merged": func(t *testing.T, m *pbuf.Map[string, int], _ *table, del func()) {
			del()
			must(t, m.Put("k", 4))
			must(t, m.Put("k", -3))
		},
		"in two intervals": func(t *testing.T, m *pbuf.Map[string, int], _ *table, del func()) {
			del()
			flush(t, m)
			must(t, m.Put("k", 1))
		},
		"the delivery fails": func(t *testing.T, m *pbuf.Map[string, int], sink *table, del func()) {
			del()
			must(t, m.Put("k", 4))
			sink.fail = true
			wantError(t, "Flush", m.Flush(t.Context()), errDown)
			must(t, m.Put("k", -3)) // merged with what came back
		},
		"the tombstone fails": func(t *testing.T, m *pbuf.Map[string, int], sink *table, del func()) {
			del()
			sink.fail = true
			wantError(t, "Flush", m.Flush(t.Context()), errDown)
			must(t, m.Put("k", 1))
		},
		"the delta before it fails": func(t *testing.T, m *pbuf.Map[string, int], sink *table, del func()) {
			must(t, m.Put("k", 5))
			sink.fail = true
			wantError(t, "Flush", m.Flush(t.Context()), errDown)
			del()
			must(t, m.Put("k", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			sink := &table{rows: map[string]int{"k": 66}}
			m := adding(t, sink, func(*options) {})
			run(t, m, sink, func() {
				deleted, err := m.Delete("k")
				if must(t, err); !deleted {
					t.Error("Delete left no tombstone")
				}
			})
			must(t, m.Close())
			if sink.rows["k"] != 1 {
				t.Errorf("the sink holds %d, want 1; it got %+v", sink.rows["k"], sink.seen)
			}
			balanced(t, m)
		})
	}
}

// What is written while the older entry is in flight meets it when it comes back.
func TestResetOfWhatComesBack(t *testing.T) {
	type step func(t *testing.T, m *pbuf.Map[string, int])
	put := func(v int) step {
		return func(t *testing.T, m *pbuf.Map[string, int]) { must(t, m.Put("k", v)) }
	}
	del := func(t *testing.T, m *pbuf.Map[string, int]) { _, err := m.Delete("k"); must(t, err) }
	for name, test := range map[string]struct {
		before, meanwhile []step
		want              entry
	}{
		"a tombstone, then a delta":      {[]step{del}, []step{put(1)}, entry{Key: "k", Value: 1, Reset: true}},
		"a reset value, then a delta":    {[]step{del, put(4)}, []step{put(-3)}, entry{Key: "k", Value: 1, Reset: true}},
		"a delta, then a tombstone":      {[]step{put(5)}, []step{del}, entry{Key: "k", Deleted: true}},
		"a delta, then a reset value":    {[]step{put(5)}, []step{del, put(1)}, entry{Key: "k", Value: 1, Reset: true}},
		"a tombstone, then a versioned":  {[]step{del}, []step{func(t *testing.T, m *pbuf.Map[string, int]) { _, err := m.PutNewer("k", 7, 3); must(t, err) }}, entry{Key: "k", Value: 7, Version: 3, Reset: true}},
		"a delta, then another":          {[]step{put(5)}, []step{put(1)}, entry{Key: "k", Value: 6}},
		"a reset value, then nothing":    {[]step{del, put(1)}, nil, entry{Key: "k", Value: 1, Attempts: 1, Reset: true}},
		"a tombstone, then an empty one": {[]step{del}, []step{del}, entry{Key: "k", Deleted: true}},
	} {
		t.Run(name, func(t *testing.T) {
			gate := newTurnstile[string, int]()
			m := adding(t, &table{}, func(o *options) { o.Processor = gate.process })
			for _, s := range test.before {
				s(t, m)
			}
			flushed := make(chan error, 1)
			go func() { flushed <- m.Flush(t.Context()) }()
			<-gate.in
			for _, s := range test.meanwhile {
				s(t, m)
			}
			gate.out <- errDown
			<-flushed // an error or not, as it came back or was replaced
			go func() { flushed <- m.Close() }()
			got := <-gate.in
			gate.out <- nil
			must(t, <-flushed)
			if diff := cmp.Diff([]entry{test.want}, got); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
			balanced(t, m)
		})
	}
}

// Undelivered keeps what belongs together, and Initial puts it together.
func TestResetThroughInitial(t *testing.T) {
	for name, initial := range map[string][]entry{
		"a tombstone and a delta":   {{Key: "k", Value: 9}, {Key: "k", Deleted: true}, {Key: "k", Value: 1}},
		"a reset value and a delta": {{Key: "k", Value: 4, Reset: true}, {Key: "k", Value: -3}},
		"a delta and a reset value": {{Key: "k", Value: 4}, {Key: "k", Value: 1, Reset: true}},
	} {
		sink := &table{rows: map[string]int{"k": 66}}
		m := adding(t, sink, func(o *options) { o.Initial = slices.Values(initial) })
		must(t, m.Close())
		if sink.rows["k"] != 1 {
			t.Errorf("%s: the sink holds %d, want 1; it got %+v", name, sink.rows["k"], sink.seen)
		}
	}
}

// Without Merge or Newer a value replaces anyway, and says nothing.
func TestNoReset(t *testing.T) {
	sink := &table{rows: map[string]int{}}
	m := adding(t, sink, func(o *options) { o.Merge = nil })
	_, err := m.Delete("k")
	must(t, err)
	must(t, m.Put("k", 1))
	must(t, m.Close())
	if diff := cmp.Diff([]entry{{Key: "k", Value: 1}}, sink.seen); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

// A tombstone has no value that Merge could get, also when it comes back from a failed
// delivery to a Put that came since.
func TestMergeGetsNoTombstone(t *testing.T) {
	var m *pbuf.Map[string, int]
	var last entry
	calls := 0
	m = start(t, options{
		Partitions: 1, FlushInterval: never, Tombstones: true,
		Merge: func(_ string, old, new int) int { return old * new },
		Processor: func(_ context.Context, batch []entry) error {
			if calls++; calls == 1 {
				if err := m.Put("k", 5); err != nil {
					t.Error(err)
				}
				return errDown
			}
			last = batch[0]
			return nil
		},
	})
	_, err := m.Delete("k")
	must(t, err)
	_ = m.Flush(t.Context()) // the tombstone fails
	flush(t, m)
	if want := (entry{Key: "k", Value: 5, Reset: true}); last != want {
		t.Errorf("delivered %+v, want %+v", last, want)
	}
}
