package history

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
)

// cell is a live plain value.
func cell(value int) Cell { return Cell{Live: true, Value: value} }

// version is a live versioned value.
func version(value int, v int64) Cell { return Cell{Live: true, Value: value, Version: v} }

// swap is what a retire hands out of key 0.
func swap(c Cell) Seen { return Seen{OK: true, Moved: [Keys]Cell{c}} }

// did is one operation and what was seen.
type did struct {
	op   Op
	seen Seen
}

// operations puts them one after the other, or all at the same time.
func operations(list []did, concurrent bool) (ops []porcupine.Operation) {
	for i, d := range list {
		o := porcupine.Operation{ClientId: i, Input: d.op, Output: d.seen, Call: int64(2*i + 1), Return: int64(2*i + 2)}
		if concurrent {
			o.Call, o.Return = 1, 2
		}
		ops = append(ops, o)
	}
	return ops
}

// What breaks an invariant has no explanation in either model; what does not
// has one. Concurrent histories may be explained in any order.
func TestModels(t *testing.T) {
	put := func(v int) did { return did{Op{Kind: Put, Value: v}, Seen{Result: Inserted}} }
	over := func(v int) did { return did{Op{Kind: Put, Value: v}, Seen{Result: Overwrote}} }
	newer := func(v int64, r Result) did {
		return did{Op{Kind: PutNewer, Value: int(v), Version: v}, Seen{Result: r}}
	}
	retire := func(c Cell) did { return did{Op{Kind: Retire}, swap(c)} }
	release := did{Op{Kind: Release}, Seen{}}
	remember := func(v int64) did { return did{Op{Kind: Remember, Version: v}, Seen{}} }
	restore := func(c Cell, r Result) did { return did{Op{Kind: Restore, Cell: c}, Seen{Result: r}} }
	get := func(v int, ok bool) did { return did{Op{Kind: Get}, Seen{OK: ok, Cell: Cell{Value: v}}} }
	for name, c := range map[string]struct {
		list       []did
		concurrent bool
		want       bool
	}{
		"a write is delivered":            {[]did{put(1), retire(cell(1))}, false, true},
		"a write is lost":                 {[]did{put(1), retire(Cell{})}, false, false},
		"a write is delivered twice":      {[]did{put(1), retire(cell(1)), release, retire(cell(1))}, false, false},
		"another value is delivered":      {[]did{put(1), retire(cell(2))}, false, false},
		"the last write wins":             {[]did{put(1), over(2), retire(cell(2))}, false, true},
		"the last write loses":            {[]did{put(1), over(2), retire(cell(1))}, false, false},
		"unless they were concurrent":     {[]did{put(1), over(2), retire(cell(2)), get(1, true)}, true, true},
		"a stale winner":                  {[]did{newer(2, Inserted), newer(1, Overwrote)}, false, false},
		"a newer one is rejected":         {[]did{newer(1, Inserted), newer(2, Stale)}, false, false},
		"stale against what is in flight": {[]did{newer(2, Inserted), retire(version(2, 2)), newer(1, Stale)}, false, true},
		"accepted beside what is in flight": {
			[]did{newer(2, Inserted), retire(version(2, 2)), newer(1, Inserted)}, false, false,
		},
		"accepted once it is delivered": {
			[]did{newer(2, Inserted), retire(version(2, 2)), release, newer(1, Inserted)}, false, true,
		},
		"unless it is remembered": {
			[]did{newer(2, Inserted), retire(version(2, 2)), remember(2), release, newer(1, Inserted)}, false, false,
		},
		"stale, though the memory began anew": {
			[]did{newer(2, Inserted), retire(version(2, 2)), remember(2), release, put(0), retire(cell(0)), remember(0), release, newer(1, Stale)},
			false, false,
		},
		"two generations in flight":    {[]did{put(1), retire(cell(1)), put(2), retire(cell(2))}, false, false},
		"a requeue comes back":         {[]did{put(1), retire(cell(1)), restore(cell(1), Inserted), release, retire(cell(1))}, false, true},
		"a requeue replaces a write":   {[]did{put(1), retire(cell(1)), put(2), restore(cell(1), Overwrote), retire(cell(1))}, false, false},
		"a requeue of unknown outcome": {[]did{put(1), retire(cell(1)), put(2), restore(cell(1), Unknown), release, retire(cell(2))}, false, true},
		"a requeue that is lost":       {[]did{put(1), retire(cell(1)), restore(cell(1), Unknown), release, retire(Cell{})}, false, false},
		"a deleted key is got":         {[]did{put(1), {Op{Kind: Delete}, Seen{OK: true}}, get(1, true)}, false, false},
		"a write after Stop": {
			[]did{{Op{Kind: Stop}, Seen{}}, put(1)}, false, false,
		},
		"a refusal before Stop": {
			[]did{{Op{Kind: Put}, Seen{Result: Closed}}, {Op{Kind: Stop}, Seen{}}}, false, false,
		},
		"nothing is looked up that is in flight": {
			[]did{put(1), retire(cell(1)), {Op{Kind: Lookup}, Seen{}}}, false, false,
		},
	} {
		ops := operations(c.list, c.concurrent)
		for level, model := range map[string]porcupine.Model{"whole": Whole(), "per key": PerKey()} {
			if got := porcupine.CheckOperations(model, ops); got != c.want {
				t.Errorf("%s: %s: explained %v, want %v", level, name, got, c.want)
			}
		}
	}
}

// Only the whole sees that two keys did not move at one moment.
func TestWholeSeesMore(t *testing.T) {
	ops := operations([]did{
		{Op{Kind: Put, Key: 0, Value: 1}, Seen{Result: Inserted}},
		{Op{Kind: Put, Key: 1, Value: 1}, Seen{Result: Inserted}},
		{Op{Kind: Retire}, Seen{OK: true, Moved: [Keys]Cell{cell(1)}}},
	}, false)
	ops[2].Call = 0 // the swap may have come before either put, and took the one without the other
	ops[1].Call, ops[0].Call = 1, 3
	ops[1].Return, ops[0].Return, ops[2].Return = 2, 4, 5
	if porcupine.CheckOperations(Whole(), ops) {
		t.Error("whole: a swap that took the later put and left the earlier one is explained")
	}
	if !porcupine.CheckOperations(PerKey(), ops) {
		t.Error("per key: no key by itself has anything to explain")
	}
}

// The error names a file with porcupine's picture, and says what happened.
func TestViolationsHaveAPicture(t *testing.T) {
	ops := operations([]did{
		{Op{Kind: PutNewer, Value: 2, Version: 2}, Seen{Result: Inserted}},
		{Op{Kind: PutNewer, Value: 1, Version: 1}, Seen{Result: Overwrote}},
	}, false)
	for level, model := range map[string]porcupine.Model{"whole": Whole(), "per key": PerKey()} {
		t.Run(level, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			err := Check(model, ops)
			if err == nil {
				t.Fatal("a stale winner is explained")
			}
			m := regexp.MustCompile(`picture: (\S+\.html)`).FindStringSubmatch(err.Error())
			if m == nil {
				t.Fatalf("the error names no picture: %v", err)
			}
			page, fileErr := os.ReadFile(m[1])
			if fileErr != nil {
				t.Fatal(fileErr)
			}
			for _, word := range []string{"<html", "PutNewer(0, 2@2)", "PutNewer(0, 1@1)"} {
				if !strings.Contains(string(page), word) {
					t.Errorf("the picture lacks %q", word)
				}
			}
			for _, word := range []string{"Illegal", "PutNewer(0, 1@1) → overwrote"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("the error lacks %q: %v", word, err)
				}
			}
		})
	}
	if err := Check(Whole(), ops[:1]); err != nil {
		t.Errorf("nothing is wrong with one write: %v", err)
	}
}
