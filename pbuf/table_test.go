package pbuf_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// keeper is a TableProcessor that keeps its tables.
type keeper struct {
	mu     sync.Mutex
	tables []*pbuf.Table[string, int]
}

func (k *keeper) process(_ context.Context, table *pbuf.Table[string, int]) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tables = append(k.tables, table)
	return nil
}

func TestTable(t *testing.T) {
	var k keeper
	m := start(t, options{Partitions: 1, FlushInterval: never, TableProcessor: k.process})
	_, err := m.PutAll(pairs("a", "b", "c", "a"))
	must(t, err)
	for version := range int64(3) {
		_, err := m.PutNewer("b", int(100*version), version+1)
		must(t, err)
	}
	_, err = m.Delete("c")
	must(t, err)
	flush(t, m)
	if len(k.tables) != 1 {
		t.Fatalf("%d tables, want the whole generation in one", len(k.tables))
	}
	table := k.tables[0]
	want := []entry{{Key: "a", Value: 3}, {Key: "b", Value: 200, Version: 3, Updates: 3}}
	if diff := cmp.Diff(want, slices.Collect(table.All())); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	if table.Len() != len(want) {
		t.Errorf("Len = %d, want %d", table.Len(), len(want))
	}
	for _, e := range want {
		if got, ok := table.Get(e.Key); !ok || got != e {
			t.Errorf("Get(%q) = %v, %v; want %v", e.Key, got, ok, e)
		}
	}
	for _, key := range []string{"c", "d", ""} { // deleted, and never there
		if got, ok := table.Get(key); ok || got != (entry{}) {
			t.Errorf("Get(%q) = %v, %v; want nothing", key, got, ok)
		}
	}
	for e := range table.All() {
		if e != want[0] {
			t.Errorf("All begins with %v, want %v each time", e, want[0])
		}
		break
	}
}

// A table that is kept stays as it was handed over, whatever happens to its
// keys afterwards and however many generations follow.
func TestTablesMayBeKept(t *testing.T) {
	var k keeper
	m := start(t, options{Partitions: 1, FlushInterval: never, TableProcessor: k.process})
	keys := []string{"a", "b", "c", "d"}
	const generations = 50
	for g := range generations {
		for i, key := range keys {
			must(t, m.Put(key, 10*g+i))
		}
		flush(t, m)
	}
	must(t, m.Close())
	if len(k.tables) != generations {
		t.Fatalf("%d tables, want %d", len(k.tables), generations)
	}
	var wg sync.WaitGroup
	for range 2 { // readers may be many
		wg.Go(func() {
			for g, table := range k.tables {
				var want []entry
				for i, key := range keys {
					want = append(want, entry{Key: key, Value: 10*g + i})
				}
				if diff := cmp.Diff(want, slices.Collect(table.All())); diff != "" {
					t.Errorf("table %d (-want +got):\n%s", g, diff)
				}
				if e, ok := table.Get("c"); !ok || e != want[2] || table.Len() != 4 {
					t.Errorf("table %d: Get = %v, %v, Len = %d; want %v and 4", g, e, ok, table.Len(), want[2])
				}
			}
		})
	}
	wg.Wait()
}

func TestTablesPerPartition(t *testing.T) {
	var k keeper
	m := start(t, options{
		Partitions: 3, FlushInterval: never, TableProcessor: k.process,
		PartitionBy: func(key string) uint64 { return uint64(key[0] - 'a') },
	})
	_, err := m.PutAll(pairs("a1", "a2", "b1", "d1"))
	must(t, err)
	flush(t, m)
	got := map[int][]string{}
	for _, table := range k.tables {
		for e := range table.All() {
			got[table.Len()] = append(got[table.Len()], e.Key)
		}
	}
	// d shares the first partition with a; the empty third one has no table.
	want := map[int][]string{3: {"a1", "a2", "d1"}, 1: {"b1"}}
	if diff := cmp.Diff(want, got); diff != "" || len(k.tables) != 2 {
		t.Errorf("%d tables, keys by size (-want +got):\n%s", len(k.tables), diff)
	}
}
