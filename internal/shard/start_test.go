package shard

import (
	"slices"
	"testing"
)

// tested is a partition with the hash function that its calls pass on.
type tested struct {
	*Partition[int, int]
	of func(int) uint64
}

func (p tested) put(key, value int) (Status, uint32) { return p.Put(p.of(key), key, value) }

func (p tested) putNewer(key, value int, version int64) (Status, uint32) {
	return p.PutNewer(p.of(key), key, value, version)
}

func (p tested) get(key int) (int, bool)     { return p.Get(p.of(key), key) }
func (p tested) remove(key int) (bool, bool) { return p.Delete(p.of(key), key) }

func (p tested) bury(key int) (Status, uint32) {
	return p.Write(p.of(key), Item[int, int]{Key: key, Deleted: true}, false, 0)
}

func (p tested) buryNewer(key int, version int64) (Status, uint32) {
	return p.Write(p.of(key), Item[int, int]{Key: key, Version: version, Deleted: true}, true, 0)
}

// merge is the loop that a caller of Peek and WriteIf runs.
func (p tested) merge(key, value int, merge func(old, new int) int) (Status, uint32) {
	for {
		seen, _ := p.Peek(p.of(key), key)
		merged := value
		if seen.Live && !seen.Item.Deleted {
			merged = merge(seen.Item.Value, value)
		}
		if status, live, ok := p.WriteIf(&seen, p.of(key), Item[int, int]{Key: key, Value: merged}, 0, false); ok {
			return status, live
		}
	}
}

// left is what is left of a limit of entries.
func left(l *Limit) int64 {
	entries, _ := l.Left()
	return entries
}

// newTable is a partition as pbuf makes them; limit may be nil.
func newTested(limit *Limit) tested {
	h := NewHasher[int](NewSeed())
	return tested{NewPartition[int, int](Config[int]{Hash: h.Hash, Hasher: h.Index(), Limit: limit}), h.Hash}
}

// degenerate are partitions whose hashes tell little or nothing: what depends on
// luck with hashes must be about speed alone.
var degenerate = map[string]func() tested{
	"good hash": func() tested { return newTested(nil) },
	"no hash": func() tested {
		return tested{NewPartition[int, int](Config[int]{}), func(int) uint64 { return 0 }}
	},
	"constant hash": func() tested { return hashed(func(int) uint64 { return 42 }) },
	"one bucket":    func() tested { return hashed(func(k int) uint64 { return uint64(k) << 32 }) },
	"one tag": func() tested {
		return hashed(func(k int) uint64 { return uint64(uint32(k)) * 0x9E3779B9 & 0xFFFFFFFF })
	},
	"hash of 2 bits": func() tested { return hashed(func(k int) uint64 { return uint64(k&3) * 0x5555555555555555 }) },
}

// hashed uses the hash for places, hints and the index.
func hashed(of func(int) uint64) tested {
	return tested{NewPartition[int, int](Config[int]{
		Hash: of, Hasher: func(k int, seed uint64) uint64 { return of(k) },
	}), of}
}

// interrupted is a partition that can be meddled with between two steps of one
// of its operations: when it asks for a key's hash.
type interrupted struct {
	tested
	asked   int
	meddles map[int]func() // by how often a hash was asked for since meddle
}

func newInterrupted() *interrupted {
	p := new(interrupted)
	h := NewHasher[int](NewSeed())
	p.tested = tested{NewPartition[int, int](Config[int]{Hasher: h.Index(), Hash: func(key int) uint64 {
		p.asked++
		if meddle := p.meddles[p.asked]; meddle != nil {
			delete(p.meddles, p.asked)
			meddle()
		}
		return h.Hash(key)
	}}), h.Hash}
	return p
}

// during runs an operation, and do when it asks for a hash the n-th time.
func (p *interrupted) during(t *testing.T, n int, do, operation func()) {
	t.Helper()
	p.asked, p.meddles = 0, map[int]func(){n: do}
	operation()
	if len(p.meddles) > 0 {
		t.Fatalf("the operation asked for %d hashes and was not interrupted at %d", p.asked, n)
	}
}

// each runs the test on every degenerate partition.
func each(t *testing.T, test func(t *testing.T, p tested)) {
	for name, make := range degenerate {
		t.Run(name, func(t *testing.T) { test(t, make()) })
	}
}

// got is an entry as a cursor hands it out.
type got struct {
	Key, Value int
	Version    int64
	Updates    uint64
}

// entries reads a retired generation, in the order of its keys.
func entries[K comparable, V any](r *Retired[K, V]) (all []got) {
	if r == nil {
		return nil
	}
	c := r.Cursor()
	for s, version := c.Next(); s != nil; s, version = c.Next() {
		all = append(all, got{any(s.Key()).(int), any(s.Value()).(int), version, s.Updates()})
	}
	slices.SortFunc(all, func(a, b got) int { return a.Key - b.Key })
	return all
}

// retire retires and wants the partition to be open.
func retire(t testing.TB, p tested) *Retired[int, int] {
	t.Helper()
	r, open := p.Retire()
	if !open {
		t.Fatal("Retire says that the partition is stopped")
	}
	return r
}
