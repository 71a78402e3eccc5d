package pbuf_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// evicting is a full-grown buffer whose keys name their partition by their first
// byte, "0" or "1", and whose deliveries wait at the gates.
func evicting(t *testing.T, capacity int) (m *pbuf.Map[string, int], gate *turnstile[string, int]) {
	gate = newTurnstile[string, int]()
	return start(t, options{
		Partitions: 2, FlushInterval: never, Capacity: capacity, OnFull: pbuf.DropOldest,
		Processor: gate.process, PartitionBy: func(key string) uint64 { return uint64(key[0] - '0') },
	}), gate
}

// held makes both partitions busy delivering one entry each, of key 0! and 1!.
func held(t *testing.T, m *pbuf.Map[string, int], gate *turnstile[string, int]) (release func()) {
	t.Helper()
	must(t, m.Put("0!", 0))
	must(t, m.Put("1!", 0))
	flushed := make(chan error, 1)
	go func() { flushed <- m.Flush(t.Context()) }()
	<-gate.in
	<-gate.in
	return func() {
		gate.out <- nil
		gate.out <- nil
		must(t, <-flushed)
	}
}

// buffered returns the keys of the current generations, sorted.
func buffered(m *pbuf.Map[string, int]) (keys []string) {
	for e := range m.All() {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return keys
}

// finish delivers the rest.
func finish(t *testing.T, m *pbuf.Map[string, int], gate *turnstile[string, int]) {
	t.Helper()
	closed := make(chan error, 1)
	go func() { closed <- m.Close() }()
	for {
		select {
		case <-gate.in:
			gate.out <- nil
		case err := <-closed:
			must(t, err)
			balanced(t, m)
			return
		}
	}
}

func wantBuffered(t *testing.T, m *pbuf.Map[string, int], dropped uint64, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, buffered(m)); diff != "" {
		t.Errorf("buffered (-want +got):\n%s", diff)
	}
	if s := balanced(t, m); s.Dropped != dropped {
		t.Errorf("%d entries are dropped, want %d", s.Dropped, dropped)
	}
}

// The first one of the key's own partition goes, then the next.
func TestEvictOldest(t *testing.T) {
	m, gate := evicting(t, 2+3)
	release := held(t, m, gate) // in flight, they keep their room
	for i, key := range []string{"0a", "0b", "1a", "0a"} {
		must(t, m.Put(key, i))
	}
	must(t, m.Put("0c", 1))
	wantBuffered(t, m, 1, "0b", "0c", "1a")
	if stored, err := m.PutNewer("0d", 1, 1); !stored || err != nil {
		t.Errorf("PutNewer = %v, %v; want room made for it", stored, err)
	}
	wantBuffered(t, m, 2, "0c", "0d", "1a")
	release()
	finish(t, m, gate)
}

// A partition with nothing to drop takes the room of another one.
func TestEvictFromAnotherPartition(t *testing.T) {
	m, gate := evicting(t, 2+2)
	release := held(t, m, gate)
	must(t, m.Put("0a", 1))
	must(t, m.Put("0b", 1))
	must(t, m.Put("1a", 1))
	wantBuffered(t, m, 1, "0b", "1a")
	release()
	finish(t, m, gate)
}

// What is in flight is not dropped: then it is the write itself.
func TestEvictNothing(t *testing.T) {
	m, gate := evicting(t, 2)
	release := held(t, m, gate)
	must(t, m.Put("0a", 1))
	if stored, err := m.PutNewer("1a", 1, 1); stored || err != nil {
		t.Errorf("PutNewer = %v, %v; want it dropped", stored, err)
	}
	wantBuffered(t, m, 2)
	release()
	must(t, m.Put("0b", 1)) // there is room again
	wantBuffered(t, m, 2, "0b")
	finish(t, m, gate)
	if s := m.Stats(); s.Delivered != 3 || s.Accepted != 5 {
		t.Errorf("Stats = %+v", s.PartitionStats)
	}
}

// An entry is found too when so many keys came and went after it that nobody
// remembers which was first.
func TestEvictForgotten(t *testing.T) {
	m, gate := evicting(t, 2+2)
	release := held(t, m, gate)
	must(t, m.Put("0a", 1))
	for i := range 100 {
		key := fmt.Sprint("0", i)
		must(t, m.Put(key, i))
		if deleted, err := m.Delete(key); !deleted || err != nil {
			t.Fatalf("Delete(%s) = %v, %v", key, deleted, err)
		}
	}
	must(t, m.Put("1a", 1))
	must(t, m.Put("0b", 1)) // 0a is all that partition 0 has
	wantBuffered(t, m, 1, "0b", "1a")
	release()
	finish(t, m, gate)
}
