package pbuf_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

type delivery = pbuf.Entry[conserved, write]

// settle checks that every accepted write was delivered once, overwritten by a
// later one, or deleted: delivered + overwritten + deleted = accepted.
func settle(t *testing.T, m *pbuf.Map[conserved, write], books []*book, entries []delivery) {
	t.Helper()
	delivered := map[conserved][]delivery{}
	for _, e := range entries {
		delivered[e.Key] = append(delivered[e.Key], e)
	}
	acts := map[conserved]map[int8][]act{} // by key and writer
	writes, erased := 0, 0
	for _, b := range books {
		if b.fault != nil {
			t.Errorf("writer %d: %v", b.writer, b.fault)
		}
		for key, a := range b.acts {
			if acts[key] == nil {
				acts[key] = map[int8][]act{}
			}
			acts[key][b.writer] = a
		}
		writes += b.writes
		erased += b.erased
	}
	for key := range delivered {
		if acts[key] == nil {
			t.Errorf("%v was delivered, but never written", key)
		}
	}
	for key, a := range acts {
		switch key.kind {
		case contended:
			settleContended(t, key, slices.Concat(slices.Collect(maps.Values(a))...), delivered[key])
		case scribbled:
			settleScribbled(t, key, a, delivered[key])
		default:
			settleOwned(t, key, a[key.owner], delivered[key])
		}
		if t.Failed() {
			return // one key tells enough
		}
	}
	s := m.Stats()
	if s.Accepted != uint64(writes) || s.Erased != uint64(erased) || s.Delivered != uint64(len(entries)) {
		t.Errorf("the books have %d writes, %d deletes and %d deliveries, the writers and the processor %d, %d and %d",
			s.Accepted, s.Erased, s.Delivered, writes, erased, len(entries))
	}
	if s.Delivered+s.Overwritten+s.Erased != s.Accepted || s.Balance() != 0 {
		t.Errorf("delivered %d + overwritten %d + deleted %d != accepted %d (balance %d)",
			s.Delivered, s.Overwritten, s.Erased, s.Accepted, s.Balance())
	}
	if s.Inserted != s.Delivered+s.Erased || s.Failed+s.Dropped != 0 || s.Undelivered != 0 {
		t.Errorf("inserted entries are neither delivered nor deleted: %+v", s.PartitionStats)
	}
}

// settleOwned follows a key of one writer through its acts. What is pending was
// written since the key was last delivered or deleted.
func settleOwned(t *testing.T, key conserved, acts []act, delivered []delivery) {
	pending := 0
	for i, a := range acts {
		switch {
		case a.n > 0:
			pending++
			if len(delivered) > 0 && delivered[0].Value.n == a.n {
				if key.kind == versions && delivered[0].Updates+1 != uint64(pending) {
					t.Errorf("%v: %d writes before the delivery of %v", key, pending, delivered[0])
				}
				delivered, pending = delivered[1:], 0
			}
		case a.deleted && pending == 0:
			t.Errorf("%v: Delete (act %d) took back what had been delivered or deleted", key, i)
		case !a.deleted && pending > 0:
			t.Errorf("%v: Delete (act %d) missed a write that was not delivered", key, i)
		default:
			pending = 0
		}
	}
	if pending > 0 {
		t.Errorf("%v: lost %d writes, up to %d", key, pending, acts[len(acts)-1].n)
	}
	if len(delivered) > 0 {
		t.Errorf("%v: delivered twice, out of order or after a Delete: %v", key, delivered)
	}
}

// settleContended: nobody deletes these, so the updates of the deliveries add up.
func settleContended(t *testing.T, key conserved, acts []act, delivered []delivery) {
	accepted := map[int64]bool{}
	for _, a := range acts {
		accepted[a.n] = true
	}
	highest := slices.MaxFunc(acts, func(a, b act) int { return int(a.n - b.n) }).n
	sum := 0
	for _, d := range delivered {
		if !accepted[d.Version] || d.Value.n != d.Version {
			t.Errorf("%v: %v was delivered twice, or never accepted", key, d)
		}
		delete(accepted, d.Version)
		sum += 1 + int(d.Updates)
	}
	if sum != len(acts) {
		t.Errorf("%v: %d writes accepted, %d delivered or overwritten", key, len(acts), sum)
	}
	if accepted[highest] {
		t.Errorf("%v: the highest version, %d, was not delivered", key, highest)
	}
}

// settleScribbled: no write twice, each writer's in order, and the end is the
// end of somebody.
func settleScribbled(t *testing.T, key conserved, acts map[int8][]act, delivered []delivery) {
	accepted := map[write]bool{}
	last := map[write]bool{}
	deletes := 0
	for w, ofWriter := range acts {
		var n int64
		for _, a := range ofWriter {
			if a.n > 0 {
				n = a.n
				accepted[write{w, n}] = true
			} else if a.deleted {
				deletes++
			}
		}
		last[write{w, n}] = true // n is 0 after deletes alone
	}
	latest := map[int8]int64{}
	for _, d := range delivered {
		if !accepted[d.Value] || d.Value.n <= latest[d.Value.writer] {
			t.Errorf("%v: %v was delivered twice, out of order, or never accepted", key, d)
		}
		latest[d.Value.writer] = d.Value.n
	}
	if len(delivered)+deletes > len(accepted) {
		t.Errorf("%v: %d deliveries and %d deletes of %d writes", key, len(delivered), deletes, len(accepted))
	}
	if deletes == 0 && len(accepted) > 0 && !last[delivered[len(delivered)-1].Value] {
		t.Errorf("%v: the last delivery, %v, is nobody's last write", key, delivered[len(delivered)-1])
	}
}
