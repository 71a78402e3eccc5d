package pbuf_test

import (
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// keysOf puts each key twice and checks that the buffer tells them apart as a
// Go map does.
func keysOf[K comparable](keys ...K) func(*testing.T) {
	return func(t *testing.T) {
		var r recorder[K, int]
		m := start(t, pbuf.Options[K, int]{Partitions: 3, FlushInterval: never, Processor: r.process})
		want := map[K]int{}
		for range 2 {
			for i, k := range keys {
				must(t, m.Put(k, i))
				want[k] = i
			}
		}
		if m.Size() != len(want) {
			t.Errorf("Size = %d, want %d", m.Size(), len(want))
		}
		for k, v := range want {
			if got, ok := m.Get(k); !ok || got != v {
				t.Errorf("Get(%v) = %d, %v; want %d", k, got, ok, v)
			}
		}
		flush(t, m)
		got := map[K]int{}
		for _, e := range r.entries() {
			got[e.Key] = e.Value
		}
		if !maps.Equal(want, got) || len(r.entries()) != len(want) {
			t.Errorf("delivered %v, want %v", r.entries(), want)
		}
	}
}

// Each kind that takes a way of its own through hashing and index. Each costs the
// compilation of a Map, so of the widths of integers there are a few here and
// the rest in the tests of the hashes; kinds that are hashed alike are under any.
func TestKeysOfAllKinds(t *testing.T) {
	type named string
	type id [16]byte
	a, b := new(int), new(int)
	c, d := make(chan int), make(chan int)
	t.Run("int", keysOf(0, 1, -1, math.MaxInt, math.MinInt))
	t.Run("int32", keysOf[int32](0, 1, -1))
	t.Run("uint8", keysOf[uint8](0, 1, 255))
	t.Run("uint64", keysOf[uint64](0, 1, math.MaxUint64))
	t.Run("string", keysOf("", "a", "b", strings.Repeat("long", 100)))
	t.Run("named string", keysOf[named]("", "a", "b"))
	t.Run("float64", keysOf(0, 1.5, math.Inf(1), math.Copysign(0, -1)))
	t.Run("byte array", keysOf(id{}, id{1}, id{15: 1}))
	t.Run("empty struct", keysOf(struct{}{}))
	t.Run("struct", keysOf(point{1, 2, "a"}, point{2, 1, "a"}, point{1, 2, "b"}))
	t.Run("pointer", keysOf(a, b, nil))
	t.Run("interface", keysOf[any](nil, 1, int64(1), uint8(1), 1.0, "1", point{1, 1, "1"}, [1]int{1}))
	t.Run("kinds under an interface", keysOf[any](
		int8(1), int16(1), uint(1), uint16(1), uint32(1), uintptr(1), true, false,
		1+2i, 2+1i, [0]byte{}, [2]int{1, 2}, [2]int{2, 1}, c, d))
	t.Run("pointers under an interface", keysOf[any](a, b, (*int)(nil), (*string)(nil), c, (chan int)(nil), [1]*int{a}, struct{ p *int }{b}))
	t.Run("interface with methods", keysOf[error](nil, io.EOF, &pbuf.PanicError{}, (*pbuf.FlushError)(nil)))
	t.Run("struct with an interface", keysOf(struct{ k any }{}, struct{ k any }{a}, struct{ k any }{"1"}))
}

// A pointer is its address, also under an interface: what it points to may
// change without the key becoming another.
func TestPointerKeysUnderAnInterface(t *testing.T) {
	var r recorder[any, int]
	m := start(t, pbuf.Options[any, int]{Partitions: 2, FlushInterval: never, Processor: r.process})
	key := new(int)
	for i := range 100 {
		*key = i
		must(t, m.Put(key, i))
		if v, ok := m.Get(key); !ok || v != i {
			t.Fatalf("Get = %d, %v; want %d", v, ok, i)
		}
	}
	flush(t, m)
	if got := r.entries(); len(got) != 1 || got[0].Key != key || got[0].Value != 99 {
		t.Errorf("delivered %v, want the last value once", got)
	}
}

// A key that is not equal to itself is new each time, can be neither read nor
// deleted, and is delivered all the same: what a Go map would do.
func TestNaNKeys(t *testing.T) {
	var r recorder[float64, int]
	m := start(t, pbuf.Options[float64, int]{Partitions: 2, FlushInterval: never, Processor: r.process})
	const n = 1000 // through several growths of the index
	for i := range n {
		must(t, m.Put(math.NaN(), i))
	}
	if m.Size() != n {
		t.Errorf("Size = %d, want %d", m.Size(), n)
	}
	if _, ok := m.Get(math.NaN()); ok {
		t.Error("Get finds a NaN")
	}
	if deleted, err := m.Delete(math.NaN()); deleted || err != nil {
		t.Errorf("Delete = %v, %v", deleted, err)
	}
	if stored, err := m.PutNewer(math.NaN(), n, -5); !stored || err != nil {
		t.Errorf("PutNewer = %v, %v; want true: there is no older one", stored, err)
	}
	flush(t, m)
	values := map[int]bool{}
	for _, e := range r.entries() {
		values[e.Value] = true
	}
	if len(values) != n+1 || len(r.entries()) != n+1 {
		t.Errorf("%d values delivered in %d entries, want %d", len(values), len(r.entries()), n+1)
	}
}

// A key that cannot be hashed panics in the caller's goroutine before anything
// is touched: nothing is stored, and nobody waits for ever afterwards.
func TestUnhashableKeys(t *testing.T) {
	type box struct{ content any }
	for name, partitionBy := range map[string]func(any) uint64{"default": nil, "PartitionBy": func(any) uint64 { return 1 }} {
		for _, key := range []any{[]int{1}, map[int]int{}, func() {}, box{[]int{1}}, [1]any{[]int{1}}} {
			t.Run(name, func(t *testing.T) {
				var r recorder[any, int]
				m := start(t, pbuf.Options[any, int]{
					Partitions: 2, FlushInterval: never, Processor: r.process, PartitionBy: partitionBy,
				})
				for _, w := range []writer[any, int]{m, pbuf.Route(m, any("pinned"))} {
					wantUnhashable(t, "Put", func() { _ = w.Put(key, 1) })
					wantUnhashable(t, "PutNewer", func() { _, _ = w.PutNewer(key, 1, 1) })
					wantUnhashable(t, "PutAll", func() { _, _ = w.PutAll(func(yield func(any, int) bool) { yield(key, 1) }) })
					wantUnhashable(t, "PutAllNewer", func() { _, _ = w.PutAllNewer(slices.Values([]pbuf.Versioned[any, int]{{key, 1, 1}})) })
					wantUnhashable(t, "Get", func() { w.Get(key) })
					wantUnhashable(t, "Delete", func() { _, _ = w.Delete(key) })
				}
				if partitionBy == nil {
					wantUnhashable(t, "Route", func() { pbuf.Route(m, key) })
				}
				if m.Size() != 0 {
					t.Errorf("Size = %d after keys that panicked", m.Size())
				}
				must(t, m.Put("hashable", 1))
				flush(t, m)
				if len(r.entries()) != 1 {
					t.Errorf("delivered %v, want the one hashable key", r.entries())
				}
			})
		}
	}
}

func wantUnhashable(t *testing.T, name string, call func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(runtime.Error)
		if !ok || !strings.Contains(err.Error(), "unhashable") {
			t.Errorf("%s: recovered %v, want the runtime's error about an unhashable key", name, err)
		}
	}()
	call()
}
