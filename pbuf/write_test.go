package pbuf_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// step is one write to the key "k".
type step func(t *testing.T, w writer[string, int])

func put(value int) step {
	return func(t *testing.T, w writer[string, int]) {
		t.Helper()
		must(t, w.Put("k", value))
	}
}

func putNewer(value int, version int64, want bool) step {
	return func(t *testing.T, w writer[string, int]) {
		t.Helper()
		if stored, err := w.PutNewer("k", value, version); err != nil || stored != want {
			t.Errorf("PutNewer(%d, version %d) = %v, %v; want %v", value, version, stored, err, want)
		}
	}
}

func remove(want bool) step {
	return func(t *testing.T, w writer[string, int]) {
		t.Helper()
		if deleted, err := w.Delete("k"); err != nil || deleted != want {
			t.Errorf("Delete = %v, %v; want %v", deleted, err, want)
		}
	}
}

const stale, stored = false, true

var writeTests = []struct {
	name  string
	steps []step
	want  []entry // what is delivered of "k"
}{
	{"a put has version and updates 0", []step{put(1)}, []entry{{Key: "k", Value: 1}}},
	{"the last write wins", []step{put(1), put(2), put(3)}, []entry{{Key: "k", Value: 3}}},
	{"a versioned insert has no updates", []step{putNewer(1, 7, stored)}, []entry{{Key: "k", Value: 1, Version: 7}}},
	{"newer wins, and is an update", []step{putNewer(1, 7, stored), putNewer(2, 8, stored)}, []entry{{Key: "k", Value: 2, Version: 8, Updates: 1}}},
	{"equal is not newer", []step{putNewer(1, 7, stored), putNewer(2, 7, stale)}, []entry{{Key: "k", Value: 1, Version: 7}}},
	{"older is stale", []step{putNewer(1, 7, stored), putNewer(2, 6, stale)}, []entry{{Key: "k", Value: 1, Version: 7}}},
	{"stale writes are no updates", []step{putNewer(1, 1, stored), putNewer(2, 2, stored), putNewer(3, 2, stale), putNewer(4, 3, stored)}, []entry{{Key: "k", Value: 4, Version: 3, Updates: 2}}},
	{"a put beats any version and starts over", []step{putNewer(1, 7, stored), putNewer(2, 8, stored), put(3)}, []entry{{Key: "k", Value: 3}}},
	{"a put counts as version 0", []step{put(1), putNewer(2, 0, stale), putNewer(3, -1, stale), putNewer(4, 1, stored)}, []entry{{Key: "k", Value: 4, Version: 1, Updates: 1}}},
	{"puts in between reset updates", []step{putNewer(1, 1, stored), putNewer(2, 2, stored), put(3), putNewer(4, 5, stored), putNewer(5, 6, stored)}, []entry{{Key: "k", Value: 5, Version: 6, Updates: 2}}},
	{"negative versions compare too", []step{putNewer(1, -9, stored), putNewer(2, -10, stale), putNewer(3, -8, stored)}, []entry{{Key: "k", Value: 3, Version: -8, Updates: 1}}},
	{"the extremes of versions", []step{putNewer(1, pbuf.MinVersion, stored), putNewer(2, pbuf.MinVersion, stale), putNewer(3, pbuf.MinVersion+1, stored), putNewer(4, math.MaxInt64, stored), putNewer(5, math.MaxInt64, stale)}, []entry{{Key: "k", Value: 4, Version: math.MaxInt64, Updates: 2}}},
	{"a put replaces the highest version", []step{putNewer(1, math.MaxInt64, stored), put(2)}, []entry{{Key: "k", Value: 2}}},
	{"a deleted key is not delivered", []step{put(1), remove(true)}, nil},
	{"deleting what is not there", []step{remove(false), put(1), remove(true), remove(false)}, nil},
	{"after a delete any version will do", []step{putNewer(1, 9, stored), remove(true), putNewer(2, 3, stored)}, []entry{{Key: "k", Value: 2, Version: 3}}},
	{"after a delete updates count from 0", []step{putNewer(1, 1, stored), putNewer(2, 2, stored), remove(true), putNewer(3, 1, stored), putNewer(4, 2, stored)}, []entry{{Key: "k", Value: 4, Version: 2, Updates: 1}}},
	{"a put after a delete", []step{put(1), remove(true), put(2)}, []entry{{Key: "k", Value: 2}}},
}

func TestWritesToOneKey(t *testing.T) {
	for _, test := range writeTests {
		t.Run(test.name, func(t *testing.T) {
			bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
				for _, s := range test.steps {
					s(t, w)
				}
				value, ok := w.Get("k")
				if wantOK := len(test.want) > 0; ok != wantOK || ok && value != test.want[0].Value || !ok && value != 0 {
					t.Errorf("Get = %d, %v; want %v", value, ok, test.want)
				}
				if size := m.Size(); size != len(test.want) {
					t.Errorf("Size = %d, want %d", size, len(test.want))
				}
				flush(t, m)
				if diff := cmp.Diff(test.want, got.entries()); diff != "" {
					t.Errorf("delivered (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Versions and updates belong to a generation: once an entry has been
// delivered, its key starts anew.
func TestEachGenerationStartsAnew(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		for _, round := range [][]step{
			{putNewer(1, 10, stored), putNewer(2, 20, stored)},
			{putNewer(3, 5, stored)}, // 20 has been delivered and is forgotten
			{remove(false), put(4)},
			{putNewer(5, -1, stored)},
		} {
			for _, s := range round {
				s(t, w)
			}
			flush(t, m)
			if value, ok := w.Get("k"); ok {
				t.Errorf("Get after Flush = %d, want nothing", value)
			}
			if size := m.Size(); size != 0 {
				t.Errorf("Size after Flush = %d, want 0", size)
			}
		}
		want := []entry{{Key: "k", Value: 2, Version: 20, Updates: 1}, {Key: "k", Value: 3, Version: 5}, {Key: "k", Value: 4}, {Key: "k", Value: 5, Version: -1}}
		if diff := cmp.Diff(want, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// Many distinct keys, far past the first segment of the arena and through
// several growths of the index.
func TestManyKeys(t *testing.T) {
	const n = 20_000
	var r recorder[int, int]
	m := start(t, pbuf.Options[int, int]{Partitions: 3, FlushInterval: never, Processor: r.process})
	for round := range 3 {
		for k := range n {
			must(t, m.Put(k, -1))
			must(t, m.Put(k, k+round))
		}
		if size := m.Size(); size != n {
			t.Fatalf("Size = %d, want %d", size, n)
		}
		for k := range n {
			if v, ok := m.Get(k); !ok || v != k+round {
				t.Fatalf("Get(%d) = %d, %v; want %d", k, v, ok, k+round)
			}
		}
		flush(t, m)
		seen := make(map[int]int, n)
		for _, e := range r.entries()[round*n:] {
			seen[e.Key] = e.Value
		}
		for k := range n {
			if seen[k] != k+round {
				t.Fatalf("round %d: key %d was delivered as %d, want %d", round, k, seen[k], k+round)
			}
		}
		if len(r.entries()) != (round+1)*n {
			t.Fatalf("round %d: %d entries delivered, want %d", round, len(r.entries()), (round+1)*n)
		}
	}
}
