package pbuf_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

type point struct {
	x, y int
	name string
}

// What happens to keys that are buffered allocates nothing, and neither does a
// look for one that is not; a new key costs its entry in the index.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	t.Run("int", allocations(func(i int) int { return i }, 1))
	t.Run("int32", allocations(func(i int) int32 { return int32(i) }, 1))
	t.Run("string", allocations(func(i int) string { return fmt.Sprintf("key %d", i) }, 1))
	t.Run("struct", allocations(func(i int) point { return point{i, -i, "point"} }, 1))
	t.Run("byte array", allocations(func(i int) [16]byte { return [16]byte{byte(i), byte(i >> 8), byte(i >> 16)} }, 1))
	t.Run("float", allocations(func(i int) float64 { return float64(i) / 3 }, 1))
	t.Run("any of ints", allocations(func(i int) any { return i }, 1))
	t.Run("any of strings", allocations(func(i int) any { return fmt.Sprintf("key %d", i) }, 1))
	t.Run("any of structs", allocations(func(i int) any { return point{i, -i, "point"} }, 1))
	t.Run("wide value", allocations(func(i int) string { return fmt.Sprintf("key %d", i) }, [4]int{1}))
}

func allocations[K comparable, V any](key func(int) K, value V) func(*testing.T) {
	return func(t *testing.T) {
		m := start(t, pbuf.Options[K, V]{Partitions: 4, FlushInterval: never, Processor: discard[K, V]})
		const n = 1000
		keys := make([]K, 2*n) // the second half is not in the buffer
		for i := range keys {
			keys[i] = key(i)
		}
		for _, k := range keys[:n] {
			must(t, m.Put(k, value))
		}
		next, version := 0, int64(0)
		hit := func() K { next = (next + 1) % n; return keys[next] }
		miss := func() K { return keys[n+next%n] }
		fails := 0
		ok := func(ok bool, err error) {
			if !ok || err != nil {
				fails++
			}
		}
		for name, op := range map[string]func(){
			"Put":             func() { ok(true, m.Put(hit(), value)) },
			"PutNewer":        func() { version++; ok(m.PutNewer(hit(), value, version)) },
			"PutNewer, stale": func() { stored, err := m.PutNewer(hit(), value, -1); ok(!stored, err) },
			"Get":             func() { _, found := m.Get(hit()); ok(found, nil) },
			"Get of nothing":  func() { _, found := m.Get(miss()); ok(!found, nil) },
			"Delete, revive":  func() { k := hit(); ok(m.Delete(k)); ok(true, m.Put(k, value)) },
			"Delete nothing":  func() { deleted, err := m.Delete(miss()); ok(!deleted, err) },
			"Route.Put":       func() { k := hit(); ok(true, pbuf.Route(m, k).Put(k, value)) },
			"Route.PutNewer":  func() { k := hit(); version++; ok(pbuf.Route(m, k).PutNewer(k, value, version)) },
			"Route.Get":       func() { k := hit(); _, found := pbuf.Route(m, k).Get(k); ok(found, nil) },
			"Size":            func() { ok(m.Size() == n, nil) },
		} {
			if got := testing.AllocsPerRun(n, op); got != 0 {
				t.Errorf("%s: %v allocations, want 0", name, got)
			}
			if fails > 0 {
				t.Fatalf("%s: %d calls did something else than is measured", name, fails)
			}
		}
	}
}

// Routing by a key of another type allocates nothing either.
func TestAllocationsOfRoutes(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	m := start(t, options{Partitions: 4, FlushInterval: never, Processor: discard[string, int]})
	for name, put := range map[string]func() error{
		"string": func() error { return pbuf.Route(m, "tenant").Put("k", 1) },
		"int":    func() error { return pbuf.Route(m, 100_000).Put("k", 1) },
		"uint16": func() error { return pbuf.Route(m, uint16(7)).Put("k", 1) },
		"struct": func() error { return pbuf.Route(m, point{1, 2, "tenant"}).Put("k", 1) },
	} {
		must(t, put()) // the insert
		if got := testing.AllocsPerRun(1000, func() { _ = put() }); got != 0 {
			t.Errorf("Route by %s: %v allocations, want 0", name, got)
		}
	}
}

// PutAll costs the same few allocations whatever the number of entries.
func TestAllocationsOfPutAll(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	m := start(t, pbuf.Options[int, int]{Partitions: 4, FlushInterval: never, Processor: discard[int, int]})
	putAll := func(n int) func() {
		return func() {
			_, _ = m.PutAll(func(yield func(int, int) bool) {
				for k := range n {
					yield(k, 1)
				}
			})
			_, _ = m.PutAllNewer(func(yield func(pbuf.Versioned[int, int]) bool) {
				for k := range n {
					yield(pbuf.Versioned[int, int]{Key: k, Version: 1})
				}
			})
		}
	}
	putAll(1000)() // the inserts
	one, many := testing.AllocsPerRun(100, putAll(1)), testing.AllocsPerRun(100, putAll(1000))
	if many > one {
		t.Errorf("%v allocations for 1 entry and %v for 1000, want no more", one, many)
	}
}

// An insert costs one allocation, the entry of the index, and its share of what
// is allocated for many: arena segments, the index's tables and, for one key in
// a dozen, a bucket that overflows.
func TestAllocationsOfInserts(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const n = 100_000
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("key %d", i)
	}
	m := start(t, options{Partitions: 4, FlushInterval: never, Processor: discard[string, int]})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, k := range keys {
		must(t, m.Put(k, 1))
	}
	runtime.ReadMemStats(&after)
	if got := float64(after.Mallocs-before.Mallocs) / n; got > 1.15 {
		t.Errorf("%.3f allocations per insert, want 1 and what is paid once for many", got)
	}
}
