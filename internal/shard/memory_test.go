package shard

import (
	"runtime"
	"testing"
	"weak"
)

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the second sweeps what the first one's finalizers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

const mega = 1 << 20

// After a spike, memory is back at what a fresh partition has within three
// intervals, also if a few keys follow in each.
func TestMemoryComesBackAfterASpike(t *testing.T) {
	for name, keys := range map[string]int{"idle": 0, "1000 keys follow": 1000} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			p := newTested(nil)
			interval := func(n int) {
				for key := range n {
					p.put(key, key)
				}
				if r := retire(t, p); r != nil {
					p.Release(r)
				}
			}
			interval(1_000_000)                            // 40 MB or more; five million take half a minute, and end below the same bound
			if grown := heap() - before; grown < 20*mega { // 24 bytes a slot on 32 bits
				t.Fatalf("%d bytes: the next generation has no room for as many", grown) // else the test tells nothing
			}
			for range 3 {
				interval(keys)
			}
			if grown := heap() - before; grown > mega {
				t.Errorf("%d bytes three intervals after a spike, want less than %d", grown, mega)
			}
			runtime.KeepAlive(p)
		})
	}
}

// What a slot takes, in a generation that a flush has sized, and in a first one.
func TestMemoryPerEntry(t *testing.T) {
	const n = 200_000
	before := heap()
	p := newTested(nil)
	for _, c := range []struct {
		name string
		most int64
	}{{"grown", 96}, {"sized", 64}} {
		for key := range n {
			p.put(key, key)
		}
		p.finish(p.current.Load())
		if each := (heap() - before) / n; each > c.most {
			t.Errorf("%s: %d bytes per entry, want %d at most", c.name, each, c.most)
		}
		p.Release(retire(t, p))
	}
	runtime.KeepAlive(p)
}

// An idle partition has no slots, whatever their size; the first write makes
// room for a few bytes, not for a number of entries.
func TestMemoryOfIdlePartitions(t *testing.T) {
	const n = 500
	before := heap()
	var parts [n]*Partition[int, [64 << 10]byte]
	for i := range parts {
		parts[i] = NewPartition[int, [64 << 10]byte](Config[int]{})
	}
	if each := (heap() - before) / n; each > 2<<10 {
		t.Errorf("%d bytes for an idle partition, want 2 KB at most", each)
	}
	for i := range parts[:16] {
		parts[i].Put(0, i, [64 << 10]byte{})
	}
	if grown := heap() - before; grown > 16*3*(64<<10)+n*2<<10 {
		t.Errorf("%d bytes for 16 values of 64 KB", grown)
	}
	for i := range parts[:16] { // an interval with the value, one without
		r, _ := parts[i].Retire()
		parts[i].Release(r)
		parts[i].Retire()
	}
	if each := (heap() - before) / n; each > 2<<10 {
		t.Errorf("%d bytes for a partition that is idle again", each)
	}
	runtime.KeepAlive(&parts)
}

// Keys that come and go need the memory of those that are there.
func TestMemoryFollowsLiveEntries(t *testing.T) {
	before := heap()
	p := newTested(nil)
	const window = 1000
	for key := range 500_000 {
		p.put(key, key)
		if key >= window {
			p.remove(key - window)
		}
	}
	if grown := heap() - before; grown > mega {
		t.Errorf("%d bytes for %d entries", grown, window)
	}
	runtime.KeepAlive(p)
}

// Nobody holds a value once it was overwritten or deleted, or once its generation
// was released, not even a table that it was moved out of.
func TestValuesAreUnreachable(t *testing.T) {
	h := NewHasher[int](NewSeed())
	p := NewPartition[int, *[100]int](Config[int]{Hash: h.Hash, Hasher: h.Index()})
	const n = 1000
	var values [n]weak.Pointer[[100]int]
	put := func(key int) {
		v := new([100]int)
		values[key] = weak.Make(v)
		p.Put(h.Hash(key), key, v)
	}
	reachable := func() (count int) {
		runtime.GC()
		for _, v := range values {
			if v.Value() != nil {
				count++
			}
		}
		return count
	}
	for key := range n {
		put(key)
	}
	if held := reachable(); held != n {
		t.Fatalf("%d of %d values are reachable while they are buffered", held, n)
	}
	for key := range n / 2 {
		if key%2 == 0 {
			p.Put(h.Hash(key), key, nil)
		} else {
			p.Delete(h.Hash(key), key)
		}
	}
	p.finish(p.current.Load())
	if held := reachable(); held != n/2 {
		t.Errorf("%d values are reachable, want the %d that are buffered", held, n/2)
	}
	for range 3 {
		r, _ := p.Retire()
		p.Release(r)
		r = nil
		if held := reachable(); held != 0 {
			t.Errorf("%d values are reachable after their release", held)
		}
		for key := range n {
			put(key)
		}
	}
	runtime.KeepAlive(p)
}
