package main

import (
	"slices"
	"testing"
)

func TestCompareFindsEveryDifference(t *testing.T) {
	log := map[string]row{"a": {"1", 1, false}, "b": {"2", 2, false}, "c": {"", 3, true}}
	if d := compare(log, log); len(d) != 0 {
		t.Errorf("equal: %v", d)
	}
	got := map[string]row{"a": {"0", 1, false}, "c": {"", 3, false}, "d": {"4", 4, false}}
	want := []string{
		"a: the row is {value:0 version:1 deleted:false}, the log says {value:1 version:1 deleted:false}",
		"b: there is no row, the log says {value:2 version:2 deleted:false}",
		"c: the row is {value: version:3 deleted:false}, the log says {value: version:3 deleted:true}",
		"d: the row is {value:4 version:4 deleted:false}, the log does not know it",
	}
	if d := compare(log, got); !slices.Equal(d, want) {
		t.Errorf("got %q, want %q", d, want)
	}
}

func TestKeysAreInTheirSubjects(t *testing.T) {
	for _, key := range []string{"k1", "a.b.c"} {
		if got, err := keyOf(subject(key)); err != nil || got != key {
			t.Errorf("%s came back as %q, %v", key, got, err)
		}
	}
	if _, err := keyOf("log.1"); err == nil {
		t.Error("a subject without a key")
	}
}

// Every worker is somewhere the first of four.
func TestRanksSpreadThePartitions(t *testing.T) {
	firsts := map[int]int{}
	for p := range partitions {
		first := 1
		for w := 2; w <= 4; w++ {
			if rank(w, p) < rank(first, p) {
				first = w
			}
		}
		firsts[first]++
	}
	if len(firsts) != 4 {
		t.Errorf("partitions by their preferred worker: %v", firsts)
	}
}
