package shard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wantBalance checks that the ledger accounts for every write, with handed the
// number of entries that retired generations have handed out.
func wantBalance(t *testing.T, p tested, handed int) {
	t.Helper()
	l := p.Ledger()
	if l.Accepted+l.Restored != l.Overwritten+l.Erased+uint64(handed) {
		t.Errorf("ledger %+v does not add up with %d entries handed out", l, handed)
	}
}

func TestLedger(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.put(1, 1)         // inserted
		p.put(1, 2)         // overwritten
		p.putNewer(1, 3, 1) // overwritten
		p.putNewer(1, 4, 1) // stale: no write
		p.put(2, 1)
		p.remove(2) // erased
		p.remove(2) // nothing
		p.put(2, 2) // revived: inserted
		p.putNewer(3, 1, 1)
		p.get(3)
		if l, live := p.Running(); live != 3 || l != (Ledger{Accepted: 4, Erased: 1}) {
			t.Errorf("Running = %+v, %d; want 4 accepted that made an entry, 1 erased, 3 live", l, live)
		}
		if l := p.Ledger(); l != (Ledger{}) {
			t.Errorf("Ledger = %+v before any retire", l)
		}
		r := retire(t, p)
		want := Ledger{Retired: 1, Inserted: 4, Accepted: 6, Overwritten: 2, Erased: 1}
		if diff := cmp.Diff(want, p.Ledger()); diff != "" {
			t.Errorf("Ledger (-want +got):\n%s", diff)
		}
		wantBalance(t, p, r.Len())
		if l, live := p.Running(); live != 0 || l != want {
			t.Errorf("Running = %+v, %d after the retire; want the ledger, 0", l, live)
		}
		p.Release(r)
		p.put(5, 1)
		p.remove(5)
		if r := retire(t, p); r != nil { // dead slots only: no generation, but the books have it
			t.Fatalf("retired %v", entries(r))
		}
		want = Ledger{Retired: 1, Inserted: 5, Accepted: 7, Overwritten: 2, Erased: 2}
		if diff := cmp.Diff(want, p.Ledger()); diff != "" {
			t.Errorf("Ledger (-want +got):\n%s", diff)
		}
		p.put(6, 1)
		p.Stop()
		if l, live := p.Running(); live != 0 || l.Accepted != 8 {
			t.Errorf("Running = %+v, %d after Stop; want 8 accepted", l, live)
		}
	})
}
