package rivaltest

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

func coalesces(t *testing.T, c Contender) {
	b, l := open(c, 0)
	b.Put(1, 10)
	b.Put(1, 11)
	b.Put(2, 20)
	b.Flush()
	b.Put(1, 12)
	b.Close()
	got := l.byKey(t)
	if len(got[1]) != 2 || got[1][0].Value != 11 || got[1][1].Value != 12 {
		t.Errorf("key 1 delivered as %v, want 11 and then 12", got[1])
	}
	if len(got[2]) != 1 || got[2][0] != (rival.Entry[int, int]{Key: 2, Value: 20}) {
		t.Errorf("key 2 delivered as %v, want 20 once, version 0, no updates", got[2])
	}
}

func updates(t *testing.T, c Contender) {
	b, l := open(c, 0)
	b.PutNewer(1, 10, 5)
	b.PutNewer(1, 11, 4)
	b.PutNewer(1, 12, 6)
	b.PutNewer(1, 13, 9)
	b.PutNewer(2, 20, 1)
	b.Put(2, 21)
	b.Close()
	got := l.byKey(t)
	if want := (rival.Entry[int, int]{Key: 1, Value: 13, Version: 9, Updates: 2}); len(got[1]) != 1 || got[1][0] != want {
		t.Errorf("key 1 delivered as %v, want %v", got[1], want)
	}
	if want := (rival.Entry[int, int]{Key: 2, Value: 21}); len(got[2]) != 1 || got[2][0] != want {
		t.Errorf("key 2 delivered as %v, want %v: Put sets version and updates to 0", got[2], want)
	}
}

func forgets(t *testing.T, c Contender) {
	b, l := open(c, 0)
	for key := range 100 {
		b.Put(key, key)
	}
	for key := 0; key < 100; key += 3 {
		b.Delete(key)
	}
	b.Put(99, 1)
	b.Close()
	got := l.byKey(t)
	for key := range 100 {
		want := key%3 != 0 || key == 99
		if (len(got[key]) == 1) != want {
			t.Errorf("key %d delivered %d times", key, len(got[key]))
		}
	}
}

func putAlls(t *testing.T, c Contender) {
	b, l := open(c, time.Millisecond)
	want := map[int]int{}
	next := 0
	for _, n := range []int{0, 1, 10, 63, 64, 100, 1000, 1024, 3000} {
		keys := make([]int, n)
		for i := range keys {
			keys[i] = next
			want[next] = n
			next++
		}
		b.PutAll(keys, n)
	}
	b.Close()
	got := l.byKey(t)
	for key, value := range want {
		if len(got[key]) != 1 || got[key][0].Value != value {
			t.Fatalf("key %d delivered as %v, want %d once", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d keys delivered, want %d", len(got), len(want))
	}
}
