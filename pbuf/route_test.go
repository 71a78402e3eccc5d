package pbuf_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// routed has so many partitions that two keys seldom share one.
func routed[K comparable](t *testing.T) *pbuf.Map[K, int] {
	return start(t, pbuf.Options[K, int]{Partitions: 256, FlushInterval: never, Processor: discard[K, int]})
}

// wantAlike checks that a key and a partition key equal to it meet: what is put
// by the one is seen by the other.
func wantAlike[K, P comparable](t *testing.T, m *pbuf.Map[K, int], key K, partitionKey P) {
	t.Helper()
	must(t, m.Put(key, 1))
	defer func() {
		_, err := m.Delete(key)
		must(t, err)
	}()
	if _, ok := pbuf.Route(m, partitionKey).Get(key); !ok {
		t.Errorf("Route by %T(%v) does not lead to the partition of %T(%v)", partitionKey, partitionKey, key, key)
	}
}

func TestRouteLeadsToThePartitionOfTheKey(t *testing.T) {
	type (
		name string
		code int16
	)
	t.Run("integers of all types", func(t *testing.T) {
		m := routed[int](t)
		for _, k := range []int{0, 1, 7, 100, 127} {
			wantAlike(t, m, k, k)
			wantAlike(t, m, k, int8(k))
			wantAlike(t, m, k, int16(k))
			wantAlike(t, m, k, int32(k))
			wantAlike(t, m, k, int64(k))
			wantAlike(t, m, k, uint(k))
			wantAlike(t, m, k, uint8(k))
			wantAlike(t, m, k, uint16(k))
			wantAlike(t, m, k, uint32(k))
			wantAlike(t, m, k, uint64(k))
			wantAlike(t, m, k, uintptr(k))
			wantAlike(t, m, k, code(k))
		}
		for _, k := range []int{-1, -100, -128} {
			wantAlike(t, m, k, int8(k))
			wantAlike(t, m, k, int16(k))
			wantAlike(t, m, k, int32(k))
			wantAlike(t, m, k, int64(k))
		}
	})
	t.Run("integers to narrow keys", func(t *testing.T) {
		wantAlike(t, routed[uint8](t), 200, 200)
		wantAlike(t, routed[int32](t), -200, -200)
		wantAlike(t, routed[int32](t), math.MaxInt32, uint64(math.MaxInt32))
		wantAlike(t, routed[uint64](t), math.MaxUint64, uint64(math.MaxUint64))
	})
	t.Run("strings", func(t *testing.T) {
		m := routed[string](t)
		for _, k := range []string{"", "a", "a longer key that is no longer hashed in one step, whatever the length of a step"} {
			wantAlike(t, m, k, k)
			wantAlike(t, m, k, name(k))
			wantAlike(t, routed[name](t), name(k), k)
		}
	})
	t.Run("structs", func(t *testing.T) { wantAlike(t, routed[point](t), point{x: 1, y: 2}, point{x: 1, y: 2}) })
	t.Run("byte arrays", func(t *testing.T) { wantAlike(t, routed[[16]byte](t), [16]byte{1}, [16]byte{1}) })
	t.Run("floats", func(t *testing.T) { wantAlike(t, routed[float64](t), 0, math.Copysign(0, -1)) })
	t.Run("interfaces", func(t *testing.T) {
		m := routed[any](t)
		wantAlike(t, m, any(7), any(7))
		wantAlike(t, m, any(7), 7)
		wantAlike(t, m, any("a"), "a")
		wantAlike(t, m, any(point{x: 1, y: 2}), point{x: 1, y: 2})
		wantAlike(t, routed[int](t), 7, any(7))
		wantAlike(t, routed[string](t), "a", any("a"))
	})
}

// Route sends all calls to the partition of another key, the ancestor's
// partition_key: two routes are two entries.
func TestRouteSendsKeysElsewhere(t *testing.T) {
	var r recorder[string, int]
	m := start(t, options{
		Partitions: 8, FlushInterval: never, Processor: r.process,
		PartitionBy: func(k string) uint64 { return uint64(k[0] - 'a') },
	})
	for _, k := range []string{"a1", "b1", "c1"} {
		must(t, pbuf.Route(m, "d").Put(k, 1))
	}
	sizes := make([]int, 8)
	for p, s := range m.Stats().Partitions {
		sizes[p] = s.Size
	}
	if diff := cmp.Diff([]int{0, 0, 0, 3, 0, 0, 0, 0}, sizes); diff != "" {
		t.Errorf("entries by partition (-want +got):\n%s", diff)
	}
	if _, ok := m.Get("a1"); ok {
		t.Error("Get finds the key without its route")
	}
	must(t, m.Put("a1", 2))
	if deleted, err := pbuf.Route(m, "d").Delete("a1"); !deleted || err != nil {
		t.Errorf("Delete by the route = %v, %v", deleted, err)
	}
	if v, ok := m.Get("a1"); !ok || v != 2 {
		t.Errorf("Get = %d, %v; want the entry of the other partition to stand", v, ok)
	}
	flush(t, m)
	want := map[string]int{"a1": 2, "b1": 1, "c1": 1}
	got := map[string]int{}
	for _, e := range r.entries() {
		got[e.Key] = e.Value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

func TestPartitionBy(t *testing.T) {
	t.Run("modulo", func(t *testing.T) {
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: 3, FlushInterval: never, Processor: discard[uint64, int],
			PartitionBy: func(k uint64) uint64 { return k },
		})
		for _, k := range []uint64{0, 3, 6, 1, 4, math.MaxUint64 - 1} { // 2^64-2 is 2 modulo 3
			must(t, m.Put(k, 0))
		}
		var sizes []int
		for _, s := range m.Stats().Partitions {
			sizes = append(sizes, s.Size)
		}
		if diff := cmp.Diff([]int{3, 2, 1}, sizes); diff != "" {
			t.Errorf("entries by partition (-want +got):\n%s", diff)
		}
	})
	t.Run("routes by keys of the Map too", func(t *testing.T) {
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: 256, FlushInterval: never, Processor: discard[uint64, int],
			PartitionBy: func(k uint64) uint64 { return k * 17 },
		})
		for k := range uint64(50) {
			wantAlike(t, m, k, k)
			wantAlike(t, m, k, any(k))
		}
	})
	t.Run("a panic in it is the writer's", func(t *testing.T) {
		m := start(t, options{
			FlushInterval: never, Processor: discard[string, int],
			PartitionBy: func(string) uint64 { panic("no route") },
		})
		func() {
			defer func() {
				if v := recover(); v != "no route" {
					t.Errorf("recovered %v", v)
				}
			}()
			_ = m.Put("k", 1)
		}()
		must(t, pbuf.Route(m, 1).Put("k", 1)) // not a key: routes by its hash
		flush(t, m)
	})
}

// Keys spread evenly over partitions, also patterned ones, and each key always
// goes to the same one.
func TestDefaultRoutingSpreads(t *testing.T) {
	const partitions, n = 7, 21_000
	for name, key := range map[string]func(int) int{
		"counting": func(i int) int { return i }, "multiples of 4096": func(i int) int { return i << 12 },
		"high bits": func(i int) int { return i << 14 }, "negative": func(i int) int { return -i },
	} {
		m := start(t, pbuf.Options[int, int]{Partitions: partitions, FlushInterval: never, Processor: discard[int, int]})
		for range 2 {
			for i := range n {
				must(t, m.Put(key(i), i))
			}
		}
		if m.Size() != n {
			t.Errorf("%s: Size = %d, want %d", name, m.Size(), n)
		}
		for p, s := range m.Stats().Partitions {
			// 3,000 expected, standard deviation 51.
			if s.Size < 2_500 || s.Size > 3_500 {
				t.Errorf("%s: partition %d has %d of %d keys", name, p, s.Size, n)
			}
		}
	}
}
