package pbuf_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// A SizeOf that panics or says nonsense harms the write that asked, and nothing else.
func TestSizeOfFails(t *testing.T) {
	for name, merge := range map[string]func(string, string, string) string{
		"plain": nil,
		"Merge": func(_, _, newer string) string { return newer },
	} {
		t.Run(name, func(t *testing.T) {
			say := 1
			m := start(t, texts{
				Partitions: 1, FlushInterval: never, MaxBytes: 10, OnFull: pbuf.Reject, Merge: merge, Tombstones: true,
				Processor: discard[string, string],
				SizeOf: func(string, string) int {
					if say == 0 {
						panic(errSink)
					}
					return say
				},
			})
			must(t, m.Put("k", "old"))
			for write, do := range map[string]func(key string) error{
				"Put":         func(key string) error { return m.Put(key, "new") },
				"PutContext":  func(key string) error { return m.PutContext(t.Context(), key, "new") },
				"PutNewer":    func(key string) error { _, err := m.PutNewer(key, "new", 5); return err },
				"Delete":      func(key string) error { _, err := m.Delete(key); return err },
				"DeleteNewer": func(key string) error { _, err := m.DeleteNewer(key, 5); return err },
				"PutAll":      func(key string) error { _, err := m.PutAll(onePair(key, "new")); return err },
			} {
				for _, key := range []string{"k", "other"} {
					say = -3
					wantError(t, write, do(key), pbuf.ErrArgument, "SizeOf", "-3")
					say = 0
					func() {
						defer func() {
							if recover() != any(errSink) {
								t.Errorf("%s: the panic did not reach the caller", write)
							}
						}()
						_ = do(key)
					}()
				}
			}
			if v, _ := m.Get("k"); v != "old" || m.Size() != 1 {
				t.Errorf("k = %q of %d entries, want what was there", v, m.Size())
			}
			say = 1
			wantBytes(t, m, 1)
			must(t, m.Put("other", "new")) // nothing is left locked
			flush(t, m)
			wantBytes(t, m, 0)
		})
	}
}

func onePair(key, value string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) { yield(key, value) }
}

// Merge's values count as they are made, those of failed deliveries too, and
// where SizeOf fails for such a one both sizes do.
func TestMaxBytesMerge(t *testing.T) {
	for name, test := range map[string]struct {
		fail func() int
		want int64
	}{
		"sized":    {nil, 1 + 4 + 5},
		"panic":    {func() int { panic("no") }, 5 + 6},
		"negative": {func() int { return -1 }, 5 + 6},
	} {
		t.Run(name, func(t *testing.T) {
			gate := newTurnstile[string, string]()
			m := start(t, texts{
				Partitions: 1, FlushInterval: never, MaxBytes: 6, OnFull: pbuf.Reject, Processor: gate.process,
				Retry: pbuf.Retry{InitialBackoff: time.Hour},
				Merge: func(_, old, newer string) string { return old + newer },
				SizeOf: func(key, value string) int {
					if test.fail != nil && value == "0123abcde" {
						return test.fail()
					}
					return len(key) + len(value)
				},
			})
			must(t, m.Put("k", "01"))
			must(t, m.Put("k", "23"))
			wantBytes(t, m, 5)
			done := make(chan error, 1)
			go func() { done <- m.Flush(t.Context()) }()
			<-gate.in
			must(t, m.Put("k", ""))
			must(t, m.Put("k", "abcde"))
			wantBytes(t, m, 5+6)
			gate.out <- errDown
			wantError(t, "Flush", <-done, errDown)
			wantBytes(t, m, test.want)
			if v, _ := m.Get("k"); v != "0123abcde" {
				t.Errorf("k = %q", v)
			}
			_, err := m.Delete("k")
			must(t, err)
			wantBytes(t, m, 0)
			balanced(t, m)
		})
	}
}

// A NaN is never found again, but its bytes are given back.
func TestMaxBytesOfNaN(t *testing.T) {
	fail := true
	m := start(t, pbuf.Options[float64, int]{
		Partitions: 1, FlushInterval: never, MaxBytes: 20, OnFull: pbuf.Reject,
		SizeOf: func(float64, int) int { return 10 },
		Processor: func(context.Context, []pbuf.Entry[float64, int]) error {
			if fail {
				return errDown
			}
			return nil
		},
	})
	must(t, m.Put(math.NaN(), 1))
	must(t, m.Put(math.NaN(), 1))
	wantBytes(t, m, 20)
	_ = m.Flush(t.Context())
	fail = false
	flush(t, m)
	wantBytes(t, m, 0)
	must(t, m.Put(1, 1))
	must(t, m.Put(2, 1))
}
