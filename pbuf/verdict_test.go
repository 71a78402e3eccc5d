package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// The processor's verdict on each entry.
func TestVerdicts(t *testing.T) {
	type dead struct {
		keys []string
		err  string
	}
	one := func(batch []entry, key string) entry {
		return batch[slices.IndexFunc(batch, func(e entry) bool { return e.Key == key })]
	}
	for name, test := range map[string]struct {
		fail      func(batch []entry) error
		delivered []string
		back      []string
		dead      []string
	}{
		"nothing":            {func([]entry) error { return pbuf.Failed[string, int](nil) }, []string{"a", "b", "c"}, nil, nil},
		"all":                {func([]entry) error { return errDown }, nil, []string{"a", "b", "c"}, nil},
		"panic":              {func([]entry) error { panic("no") }, nil, []string{"a", "b", "c"}, nil},
		"Goexit":             {func([]entry) error { runtime.Goexit(); return nil }, nil, []string{"a", "b", "c"}, nil},
		"one":                {func(b []entry) error { return pbuf.Failed(errDown, one(b, "b")) }, []string{"a", "c"}, []string{"b"}, nil},
		"wrapped":            {func(b []entry) error { return fmt.Errorf("sink: %w", pbuf.Failed(errDown, one(b, "b"))) }, []string{"a", "c"}, []string{"b"}, nil},
		"no reason":          {func(b []entry) error { return pbuf.Failed(nil, one(b, "b")) }, []string{"a", "c"}, []string{"b"}, nil},
		"no entries":         {func([]entry) error { return pbuf.Failed[string, int](errDown) }, nil, []string{"a", "b", "c"}, nil},
		"a foreign key":      {func(b []entry) error { return pbuf.Failed(errDown, one(b, "b"), entry{Key: "z"}) }, nil, []string{"a", "b", "c"}, nil},
		"a remark beside it": {func(b []entry) error { return errors.Join(errSink, pbuf.Failed(errDown, one(b, "b"))) }, []string{"a", "c"}, []string{"b"}, nil},
		"one of two names a foreign key": {func(b []entry) error {
			return errors.Join(pbuf.Failed(errDown, one(b, "a")), pbuf.Failed(errDown, entry{Key: "z"}))
		}, nil, []string{"a", "b", "c"}, nil},
		"permanent":                          {func([]entry) error { return pbuf.Permanent(errDown) }, nil, nil, []string{"a", "b", "c"}},
		"one permanent":                      {func(b []entry) error { return pbuf.Failed(pbuf.Permanent(errDown), one(b, "b")) }, []string{"a", "c"}, nil, []string{"b"}},
		"one permanent, the other way round": {func(b []entry) error { return pbuf.Permanent(pbuf.Failed(errDown, one(b, "b"))) }, []string{"a", "c"}, nil, []string{"b"}},
		"both": {func(b []entry) error {
			return errors.Join(pbuf.Failed(errDown, one(b, "a")), pbuf.Failed(pbuf.Permanent(errSink), one(b, "b")))
		}, []string{"c"}, []string{"a"}, []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			var letters []dead
			first := true
			m := start(t, options{
				Partitions: 1, FlushInterval: never,
				Processor: func(_ context.Context, batch []entry) error {
					if !first {
						return nil
					}
					first = false
					return test.fail(slices.Clone(batch))
				},
				DeadLetter: func(_ context.Context, list []entry, err error) error {
					d := dead{err: err.Error()}
					for _, e := range list {
						d.keys = append(d.keys, e.Key)
						if e.Attempts != 1 {
							t.Errorf("%v has %d attempts, want 1", e.Key, e.Attempts)
						}
					}
					letters = append(letters, d)
					return nil
				},
			})
			for _, k := range []string{"a", "b", "c"} {
				must(t, m.Put(k, 1))
			}
			if err := m.Flush(t.Context()); (err == nil) != (len(test.delivered) == 3) {
				t.Errorf("Flush = %v", err)
			}
			s := balanced(t, m)
			var back []string
			for e := range m.All() {
				back = append(back, e.Key)
			}
			slices.Sort(back)
			var gone []string
			for _, l := range letters {
				gone = append(gone, l.keys...)
			}
			slices.Sort(gone)
			if diff := cmp.Diff(test.back, back); diff != "" {
				t.Errorf("requeued (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.dead, gone); diff != "" {
				t.Errorf("dead letters (-want +got):\n%s", diff)
			}
			if int(s.Delivered) != len(test.delivered) || int(s.DeadLettered) != len(test.dead) {
				t.Errorf("Stats = %+v", s)
			}
		})
	}
}

// A DeadLetter that fails, panics or exits loses the entries, and says so.
func TestDeadLetterFails(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errSink },
		"panic":  func() error { panic(errSink) },
		"Goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			var dropped []pbuf.BatchInfo
			m := start(t, options{
				Partitions: 1, FlushInterval: never, Retry: pbuf.Retry{MaxAttempts: 1},
				Processor:  func(context.Context, []entry) error { return errDown },
				DeadLetter: func(context.Context, []entry, error) error { return fail() },
				Hooks:      pbuf.Hooks{Dropped: func(i pbuf.BatchInfo) { dropped = append(dropped, i) }},
			})
			must(t, m.Put("k", 1))
			wantError(t, "Flush", m.Flush(t.Context()), errDown, "1 entries")
			if s := balanced(t, m); s.Dropped != 1 || s.DeadLettered != 0 {
				t.Errorf("Stats = %+v", s)
			}
			must(t, m.Close()) // the hook has run
			if len(dropped) != 1 || dropped[0].Entries != 1 || !errors.Is(dropped[0].Err, errDown) {
				t.Errorf("Dropped: %+v", dropped)
			}
			if name != "Goexit" && !errors.Is(dropped[0].Err, errSink) {
				t.Errorf("Dropped says %v, want DeadLetter's error in it", dropped[0].Err)
			}
		})
	}
}

// One poison entry among 512, whose processor can only fail the whole batch: the next
// flush finds it, and all others, those of every round too, are delivered. It is given
// up after its attempts, and nothing else is.
func TestPoisonIsIsolated(t *testing.T) {
	for _, attempts := range []int{0, 2, 3, 5, 10, 20} {
		t.Run(fmt.Sprint("MaxAttempts ", attempts), func(t *testing.T) {
			for _, poison := range []int{0, 1, 255, 256, 300, 511} {
				const size = 512
				delivered := map[int]bool{}
				rounds, alone := 0, 0
				var letters []pbuf.Entry[int, int]
				m := start(t, pbuf.Options[int, int]{
					Partitions: 1, FlushInterval: never,
					Retry: pbuf.Retry{MaxAttempts: attempts},
					Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
						for _, e := range batch {
							if e.Key == poison {
								if len(batch) == 1 && alone == 0 {
									alone = rounds
								}
								return errDown
							}
						}
						for _, e := range batch {
							if delivered[e.Key] {
								t.Errorf("%d delivered twice", e.Key)
							}
							delivered[e.Key] = true
						}
						return nil
					},
					DeadLetter: func(_ context.Context, list []pbuf.Entry[int, int], _ error) error {
						letters = append(letters, list...)
						return nil
					},
				})
				for k := range size {
					must(t, m.Put(k, k))
				}
				limit := 3
				if attempts > 0 {
					limit = attempts - 1
				}
				for ; rounds <= limit; rounds++ {
					for k := range 100 { // fresh traffic must not be held up
						must(t, m.Put(1000*(rounds+1)+k, k))
					}
					_ = m.Flush(t.Context())
					if !delivered[1000*(rounds+1)] && rounds > 0 {
						t.Errorf("poison %d: the entries of round %d were held up", poison, rounds)
					}
					balanced(t, m)
				}
				if alone != 1 {
					t.Errorf("poison %d: alone in round %d, want 1", poison, alone)
				}
				if want := size - 1 + 100*(limit+1); len(delivered) != want {
					t.Errorf("poison %d: %d others delivered, want %d", poison, len(delivered), want)
				}
				if attempts > 0 && (len(letters) != 1 || letters[0].Key != poison || int(letters[0].Attempts) != attempts) {
					t.Errorf("poison %d: dead letters %v, want it after %d attempts", poison, letters, attempts)
				}
			}
		})
	}
}
