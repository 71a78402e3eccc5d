package shard

import "testing"

func TestMetaPacking(t *testing.T) {
	for _, updates := range []uint64{0, 1, 255, 1 << 20, updatesMax} {
		for _, attempts := range []uint8{0, 1, 64, MaxAttempts} {
			for _, deleted := range []bool{false, true} {
				for _, writes := range []uint16{0, 1, 1<<16 - 1} {
					s := Slot[int, int]{meta: metaOf(updates, attempts, deleted) | meta(writes)}
					if s.Updates() != updates || s.Attempts() != attempts || s.Deleted() != deleted || s.meta.writes() != writes {
						t.Errorf("updates %d, attempts %d, deleted %v, writes %d come back as %d, %d, %v, %d",
							updates, attempts, deleted, writes, s.Updates(), s.Attempts(), s.Deleted(), s.meta.writes())
					}
				}
			}
		}
	}
}

func TestMetaSaturates(t *testing.T) {
	s := Slot[int, int]{meta: metaOf(updatesMax+1, 255, false)}
	if s.Updates() != updatesMax || s.Attempts() != MaxAttempts || s.Deleted() {
		t.Errorf("updates %d, attempts %d, deleted %v; want both at their end and no bit beyond", s.Updates(), s.Attempts(), s.Deleted())
	}
	s = Slot[int, int]{meta: metaOf(updatesMax, 0, false)}
	s.meta = s.oneUpdate()
	if s.Updates() != updatesMax {
		t.Errorf("one update more than %d makes %d", uint64(updatesMax), s.Updates())
	}
	if MaxAttempts != 127 || updatesMax != 1<<40-1 {
		t.Errorf("limits of %d attempts and %d updates; the docs say 127 and 2^40-1", MaxAttempts, uint64(updatesMax))
	}
}

func TestOneUpdateDropsTheRest(t *testing.T) {
	s := Slot[int, int]{meta: metaOf(7, 3, true) | 5}
	if u := s.oneUpdate(); u != metaOf(8, 0, false) {
		t.Errorf("one update more makes %x, want the updates alone", u)
	}
}

// A key that is written more often than its slot can count: the carry keeps the
// ledger right.
func TestWritesBeyondTheSlotsCount(t *testing.T) {
	p := newTable(nil)
	const n = 3<<writesBits + 5
	for i := range n {
		p.put(1, i)
		if i%7 == 0 {
			p.put(2, i)
		}
	}
	p.putNewer(1, -1, 1)
	r := retire(t, p)
	want := []got{{1, -1, 1, 1}, {2, (n - 1) / 7 * 7, 0, 0}}
	if g := entries(r); len(g) != 2 || g[0] != want[0] || g[1] != want[1] {
		t.Errorf("entries %v, want %v", g, want)
	}
	second := uint64((n-1)/7 + 1)
	l := p.Ledger()
	if l.Accepted != n+1+second || l.Overwritten != n+1+second-2 || l.Inserted != 2 {
		t.Errorf("ledger %+v, want %d accepted", l, n+1+second)
	}
}
