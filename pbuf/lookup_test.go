package pbuf_test

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// All ends where the loop does, in whatever partition that is.
func TestAllEndsWithTheLoop(t *testing.T) {
	m := start(t, options{Partitions: 4, FlushInterval: never, Processor: discard[string, int]})
	const keys = 40
	for i := range keys {
		must(t, m.Put(fmt.Sprint(i), i))
	}
	for most := 1; most <= keys; most++ {
		seen := map[string]bool{}
		for e := range m.All() {
			seen[e.Key] = true
			if len(seen) == most {
				break
			}
		}
		if len(seen) != most {
			t.Fatalf("the loop sees %d entries, want %d", len(seen), most)
		}
	}
	for range new(pbuf.Map[string, int]).All() {
		t.Error("the zero Map has an entry")
	}
}

// Writer by writer: where a key is, and what becomes of a versioned delete.
func TestLookupAndDeleteNewer(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], _ *recorder[string, int]) {
		must(t, w.PutContext(t.Context(), "plain", 1))
		if stored, err := w.PutNewerContext(t.Context(), "versioned", 2, 5); !stored || err != nil {
			t.Errorf("PutNewerContext = %v, %v; want stored", stored, err)
		}
		if stored, err := w.PutNewerContext(t.Context(), "versioned", 3, 5); stored || err != nil {
			t.Errorf("PutNewerContext = %v, %v; want it stale", stored, err)
		}
		for _, want := range []entry{{Key: "plain", Value: 1}, {Key: "versioned", Value: 2, Version: 5}} {
			if e, place := w.Lookup(want.Key); e != want || place != pbuf.Buffered {
				t.Errorf("Lookup(%s) = %+v, %v; want %+v, buffered", want.Key, e, place, want)
			}
		}
		_, err := w.DeleteNewer("versioned", 6)
		wantError(t, "DeleteNewer", err, pbuf.ErrOptions, "DeleteNewer", "Tombstones is false")
		flush(t, m)
		if e, place := w.Lookup("plain"); place != pbuf.Absent {
			t.Errorf("Lookup = %+v, %v after the delivery; want it absent", e, place)
		}
	})
}

func TestDeleteNewerOfARoute(t *testing.T) {
	var got recorder[string, int]
	m := start(t, options{Partitions: 4, FlushInterval: never, Tombstones: true, Processor: got.process})
	r := pbuf.Route(m, "pinned")
	must(t, r.Put("elsewhere", 1))
	for version, want := range map[int64]bool{-1: false, 0: false} {
		if stored, err := r.DeleteNewer("elsewhere", version); stored != want || err != nil {
			t.Errorf("DeleteNewer(version %d) = %v, %v; want %v", version, stored, err, want)
		}
	}
	if stored, err := r.DeleteNewer("elsewhere", 1); !stored || err != nil {
		t.Errorf("DeleteNewer(version 1) = %v, %v; want stored", stored, err)
	}
	if _, err := r.DeleteNewer("elsewhere", pbuf.MinVersion-1); err == nil {
		t.Error("a reserved version is stored")
	}
	flush(t, m)
	want := entry{Key: "elsewhere", Version: 1, Updates: 1, Deleted: true}
	if all := got.entries(); len(all) != 1 || all[0] != want {
		t.Errorf("delivered %+v, want %+v: the tombstone took the place of the entry", all, want)
	}
	_, err := pbuf.Routed[string, int]{}.DeleteNewer("k", 1)
	wantError(t, "DeleteNewer", err, pbuf.ErrClosed)
	_, err = new(pbuf.Map[string, int]).DeleteNewer("k", 1)
	wantError(t, "DeleteNewer", err, pbuf.ErrClosed)
}
