package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/partitioned-buffer/go/pbuf"
)

type buffer = pbuf.Map[string, string]

// The documentation of PartitionedBuffer.Map, the Elixir library whose
// semantics this keeps, said in Go. Each subtest is named after the lines it
// translates.
func TestAncestor(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, m *pbuf.Map[string, string], got *sink)
	}{
		{"start with a processor", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("key1", "value1"))
			must(t, m.Close())
			got.want(t, "key1 value1 0 0")
		}},
		{"put a single entry", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("key1", "value1"))
			if v, ok := m.Get("key1"); !ok || v != "value1" {
				t.Errorf("Get = %q, %v", v, ok)
			}
		}},
		{"put many, from a map", func(t *testing.T, m *buffer, got *sink) {
			n, err := m.PutAll(maps.All(map[string]string{"key2": "value2", "key3": "value3"}))
			if n != 2 || err != nil {
				t.Errorf("PutAll = %d, %v", n, err)
			}
			must(t, m.Close())
			got.want(t, "key2 value2 0 0", "key3 value3 0 0")
		}},
		{"put many, from a list of pairs", func(t *testing.T, m *buffer, got *sink) {
			n, err := m.PutAll(func(yield func(string, string) bool) {
				_ = yield("key1", "val1") && yield("key2", "val2") && yield("key1", "val3")
			})
			if n != 3 || err != nil {
				t.Errorf("PutAll = %d, %v", n, err)
			}
			must(t, m.Close())
			got.want(t, "key1 val3 0 0", "key2 val2 0 0")
		}},
		{"delete an entry", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("key1", "value1"))
			if deleted, err := m.Delete("key1"); !deleted || err != nil {
				t.Errorf("Delete = %v, %v", deleted, err)
			}
			must(t, m.Close())
			got.want(t)
		}},
		{"a delete does not affect the batch in flight", func(t *testing.T, m *buffer, got *sink) {
			got.during = func() {
				if deleted, err := m.Delete("key1"); deleted || err != nil {
					t.Errorf("Delete = %v, %v; want false: it has been handed off", deleted, err)
				}
			}
			must(t, m.Put("key1", "value1"))
			flush(t, m)
			got.want(t, "key1 value1 0 0")
		}},
		{"get reads the current write table only", func(t *testing.T, m *buffer, got *sink) {
			got.during = func() {
				if v, ok := m.Get("key1"); ok {
					t.Errorf("Get = %q of an entry handed off, want nothing", v)
				}
			}
			must(t, m.Put("key1", "value1"))
			flush(t, m)
		}},
		{"get with a default", func(t *testing.T, m *buffer, got *sink) {
			v, ok := m.Get("key1")
			if !ok {
				v = "default"
			}
			if v != "default" {
				t.Errorf("Get = %q, want nothing, and so the default", v)
			}
		}},
		{"versioned put: newer wins", func(t *testing.T, m *buffer, got *sink) {
			for i, value := range []string{"v1", "v2"} {
				if ok, err := m.PutNewer("key4", value, int64(100*(i+1))); !ok || err != nil {
					t.Errorf("PutNewer = %v, %v", ok, err)
				}
			}
			if v, ok := m.Get("key4"); !ok || v != "v2" {
				t.Errorf("Get = %q, %v; want v2", v, ok)
			}
		}},
		{"written only if absent or greater", func(t *testing.T, m *buffer, got *sink) {
			for _, step := range []struct {
				version int64
				stored  bool
			}{{100, true}, {99, false}, {100, false}, {101, true}} {
				if ok, err := m.PutNewer("user_1", "Alice", step.version); ok != step.stored || err != nil {
					t.Errorf("PutNewer with version %d = %v, %v; want %v", step.version, ok, err, step.stored)
				}
			}
		}},
		{"versions of a clock", func(t *testing.T, m *buffer, got *sink) {
			if ok, err := m.PutNewer("user_123", "Alice", time.Now().UnixNano()); !ok || err != nil {
				t.Errorf("PutNewer = %v, %v", ok, err)
			}
			const monotonic = -576460751000000000 // what the ancestor's System.monotonic_time() looks like
			if ok, err := m.PutNewer("counter", "42", monotonic); !ok || err != nil {
				t.Errorf("PutNewer = %v, %v", ok, err)
			}
			if ok, err := m.PutNewer("counter", "43", monotonic+1); !ok || err != nil {
				t.Errorf("PutNewer = %v, %v", ok, err)
			}
		}},
		{"put many versioned entries", func(t *testing.T, m *buffer, got *sink) {
			entries := []pbuf.Versioned[string, string]{
				{Key: "user_1", Value: "Alice", Version: 100},
				{Key: "user_2", Value: "Bob", Version: 200},
				{Key: "user_1", Value: "Old Alice", Version: 50},
			}
			if n, err := m.PutAllNewer(slices.Values(entries)); n != 2 || err != nil {
				t.Errorf("PutAllNewer = %d, %v; want 2", n, err)
			}
			must(t, m.Close())
			got.want(t, "user_1 Alice 100 0", "user_2 Bob 200 0")
		}},
		{"version and updates in the batch", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("put", "v"))
			must(t, m.Put("put", "w"))
			for version := range int64(4) {
				_, err := m.PutNewer("versioned", "v", 10+version)
				must(t, err)
				_, err = m.PutNewer("reset", "v", 10+version)
				must(t, err)
			}
			must(t, m.Put("reset", "w"))
			must(t, m.Close())
			got.want(t, "put w 0 0", "versioned v 13 3", "reset w 0 0")
		}},
		{"size over all partitions", func(t *testing.T, m *buffer, got *sink) {
			for _, k := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
				must(t, m.Put(k, k))
				must(t, m.Put(k, k))
			}
			if m.Size() != 26 {
				t.Errorf("Size = %d, want 26", m.Size())
			}
		}},
		{"partition_key: the same calls by a route", func(t *testing.T, m *buffer, got *sink) {
			r := pbuf.Route(m, "tenant 7")
			must(t, r.Put("key1", "val1"))
			n, err := r.PutAll(maps.All(map[string]string{"key1": "val2"}))
			if n != 1 || err != nil {
				t.Errorf("PutAll = %d, %v", n, err)
			}
			if ok, err := r.PutNewer("key2", "val3", 5); !ok || err != nil {
				t.Errorf("PutNewer = %v, %v", ok, err)
			}
			if n, err := r.PutAllNewer(slices.Values([]pbuf.Versioned[string, string]{{"key2", "val4", 6}})); n != 1 || err != nil {
				t.Errorf("PutAllNewer = %d, %v", n, err)
			}
			if v, ok := r.Get("key1"); !ok || v != "val2" {
				t.Errorf("Get = %q, %v", v, ok)
			}
			if deleted, err := r.Delete("key1"); !deleted || err != nil {
				t.Errorf("Delete = %v, %v", deleted, err)
			}
			must(t, m.Close())
			got.want(t, "key2 val4 6 1")
		}},
		{"update_options: the interval", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("key1", "value1"))
			must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = 100 * time.Millisecond }))
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			got.want(t, "key1 value1 0 0")
		}},
		{"stop processes the remaining items", func(t *testing.T, m *buffer, got *sink) {
			must(t, m.Put("key1", "value1"))
			must(t, m.Stop(t.Context()))
			got.want(t, "key1 value1 0 0")
			if err := m.Put("key1", "value2"); !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("Put after Stop = %v, want ErrClosed", err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := new(sink)
				m := start(t, pbuf.Options[string, string]{
					Partitions: 4, FlushInterval: time.Hour, Processor: got.process,
				})
				c.test(t, m, got)
			})
		})
	}
}

// sink is a processor as in the ancestor's example: it takes tuples of key,
// value, version and updates.
type sink struct {
	recorder[string, string]
	during func()
}

func (s *sink) process(ctx context.Context, batch []pbuf.Entry[string, string]) error {
	if s.during != nil {
		s.during()
	}
	return s.recorder.process(ctx, batch)
}

// want checks what has been delivered, in whatever order.
func (s *sink) want(t *testing.T, tuples ...string) {
	t.Helper()
	var got []string
	for _, e := range s.entries() {
		got = append(got, fmt.Sprint(e.Key, " ", e.Value, " ", e.Version, " ", e.Updates))
	}
	if diff := cmp.Diff(tuples, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}
