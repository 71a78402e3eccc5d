package rivaltest

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// Contender is what is tested: integer keys and values.
type Contender = rival.Contender[int, int]

// Conforms runs the tests that fit what c can do.
func Conforms(t *testing.T, c Contender) {
	t.Helper()
	for _, test := range []struct {
		name  string
		needs rival.Job
		run   func(*testing.T, Contender)
	}{
		{"gets what was put", rival.Puts | rival.Gets, gets},
		{"deletes", rival.Deletes | rival.Gets | rival.Answers, deletes},
		{"decides by version", rival.Newer | rival.Answers, decides},
		{"runs every kind", rival.Puts | rival.Gets | rival.Deletes | rival.Answers, runs},
		{"delivers the last write", rival.Puts | rival.Flushes | rival.Coalesces, coalesces},
		{"delivers versions and updates", rival.Newer | rival.Flushes | rival.Coalesces, updates},
		{"delivers no deleted key", rival.Deletes | rival.Flushes, forgets},
		{"delivers batches of PutAll", rival.Puts | rival.Flushes, putAlls},
		{"conserves puts", rival.Puts | rival.Flushes | rival.Lossless, conservesPuts},
		{"conserves versions", rival.Newer | rival.Flushes | rival.Answers | rival.Lossless, conservesVersions},
	} {
		if c.Can&test.needs == test.needs {
			t.Run(test.name, func(t *testing.T) { test.run(t, c) })
		}
	}
}

func open(c Contender, interval time.Duration) (rival.Buffer[int, int], *ledger) {
	l := new(ledger)
	return c.New(rival.Config[int, int]{Hash: rival.HashInt[int], Interval: interval, Sink: l.sink}), l
}

func gets(t *testing.T, c Contender) {
	b, _ := open(c, 0)
	defer b.Close()
	b.Put(1, 10)
	b.Put(1, 11)
	if v, ok := b.Get(1); !ok || v != 11 {
		t.Errorf("Get(1) = %d, %v, want 11, true", v, ok)
	}
	if v, ok := b.Get(2); ok {
		t.Errorf("Get(2) = %d, true, want nothing", v)
	}
}

func deletes(t *testing.T, c Contender) {
	b, _ := open(c, 0)
	defer b.Close()
	for key := range 10 {
		b.Put(key, key)
	}
	if !b.Delete(3) || b.Delete(3) || b.Delete(99) {
		t.Error("Delete must be true for a key that is there, once")
	}
	for key := range 10 {
		if v, ok := b.Get(key); ok == (key == 3) || ok && v != key {
			t.Errorf("Get(%d) = %d, %v after the Delete of 3", key, v, ok)
		}
	}
}

func decides(t *testing.T, c Contender) {
	b, _ := open(c, 0)
	defer b.Close()
	for i, want := range []struct {
		version int64
		stored  bool
	}{{5, true}, {5, false}, {4, false}, {6, true}, {0, false}} {
		if got := b.PutNewer(1, i, want.version); got != want.stored {
			t.Errorf("PutNewer of version %d, the %dth = %v", want.version, i, got)
		}
	}
	if v, ok := b.Get(1); c.Can&rival.Gets != 0 && (!ok || v != 3) {
		t.Errorf("Get(1) = %d, %v, want 3, true", v, ok)
	}
}

func runs(t *testing.T, c Contender) {
	b, _ := open(c, 0)
	defer b.Close()
	hits := b.Run(&rival.Ops[int, int]{
		Keys:  []int{1, 2, 1, 3, 2, 2},
		Kinds: []workload.Kind{workload.Put, workload.Put, workload.Get, workload.Get, workload.Delete, workload.Get},
		Value: 7,
	})
	if hits != 2 {
		t.Errorf("%d hits, want 2: a Get and a Delete", hits)
	}
	if c.Can&rival.Newer == 0 {
		return
	}
	hits = b.Run(&rival.Ops[int, int]{
		Keys:    []int{5, 5, 5},
		Kinds:   []workload.Kind{workload.PutNewer, workload.PutNewer, workload.PutNewer},
		Version: 1,
	})
	if hits != 3 || b.PutNewer(5, 0, 3) {
		t.Errorf("%d hits of versions 1, 2, 3, want 3, and then no other 3", hits)
	}
}
