package shard

import "testing"

func TestMetaPacking(t *testing.T) {
	for _, updates := range []uint64{0, 1, 255, 1 << 20, updatesMax} {
		for _, attempts := range []uint8{0, 1, 64, MaxAttempts} {
			for marks := range 4 {
				for _, writes := range []uint16{0, 1, 1<<16 - 1} {
					i := Item[int, int]{
						Key: 1, Value: 2, Version: 3, Updates: updates, Attempts: attempts, Deleted: marks&1 != 0, Reset: marks&2 != 0,
					}
					s := Slot[int, int]{key: 1, value: 2, meta: metaOf(&i) | meta(writes)}
					if got := s.Item(3); got != i || uint16(s.meta) != writes {
						t.Errorf("%+v with %d writes comes back as %+v with %d", i, writes, got, uint16(s.meta))
					}
				}
			}
		}
	}
}

func TestMetaSaturates(t *testing.T) {
	s := Slot[int, int]{meta: metaOf(&Item[int, int]{Updates: updatesMax + 1, Attempts: 255})}
	if s.Updates() != updatesMax || s.Attempts() != MaxAttempts || s.Deleted() || s.Reset() {
		t.Errorf("%+v; want updates and attempts at their end and no bit beyond", s.Item(0))
	}
	s = Slot[int, int]{meta: metaOf(&Item[int, int]{Updates: updatesMax})}
	s.meta = s.oneUpdate()
	if s.Updates() != updatesMax {
		t.Errorf("one update more than %d makes %d", uint64(updatesMax), s.Updates())
	}
	if MaxAttempts != 127 || updatesMax != 1<<39-1 {
		t.Errorf("limits of %d attempts and %d updates; the docs say 127 and 2^39-1", MaxAttempts, uint64(updatesMax))
	}
}

func TestOneUpdateDropsTheRest(t *testing.T) {
	s := Slot[int, int]{meta: metaOf(&Item[int, int]{Updates: 7, Attempts: 3, Deleted: true, Reset: true}) | 5}
	if u := s.oneUpdate(); u != metaOf(&Item[int, int]{Updates: 8}) {
		t.Errorf("one update more makes %x, want the updates alone", u)
	}
}

// A key that is written more often than its slot can count: the carry keeps the
// ledger right.
func TestWritesBeyondTheSlotsCount(t *testing.T) {
	p := newTested(nil)
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
