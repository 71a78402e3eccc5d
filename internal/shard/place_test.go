package shard

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// Whatever the words, zeroBytes finds the lowest zero byte, which is all that is
// asked of it.
func TestZeroBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		var w uint64
		lowest := -1
		for i := 7; i >= 0; i-- {
			b := uint64([]byte{0, 1, 0x7f, 0x80, 0x81, 0xff, byte(r.Uint32())}[r.IntN(7)])
			w |= b << (8 * i)
			if b == 0 {
				lowest = i
			}
		}
		z := zeroBytes(w)
		switch {
		case lowest < 0 && z != 0:
			t.Fatalf("zeroBytes(%016x) = %x, but there is none", w, z)
		case lowest >= 0 && (z == 0 || z&-z != 0x80<<(8*lowest)):
			t.Fatalf("zeroBytes(%016x) = %x, want its lowest bit for byte %d", w, z, lowest)
		}
	}
}

// Places are given out once each, bucket and neighbour, and what is full says so.
func TestPlacesFillUp(t *testing.T) {
	var p places[int, int]
	p.init(64)
	if n := len(p.slots); n < 64*5/4 || n%(2*perBucket) != 0 || len(p.tags)*perBucket != n {
		t.Fatalf("%d slots and %d buckets for 64 entries", n, len(p.tags))
	}
	const hash = 0x1234_5678_9abc_def0
	seen := map[uint32]bool{}
	for key := range 2 * perBucket {
		if slot, absent := p.find(hash, key); slot != nil || !absent {
			t.Fatalf("key %d is found before it is there, or may be elsewhere", key)
		}
		number, ok := p.reserve(hash)
		if !ok || seen[number] || int(number) >= len(p.slots) {
			t.Fatalf("place %d, %v for key %d after %v", number, ok, key, seen)
		}
		seen[number] = true
		if slot, _ := p.find(hash, 0); key == 0 && slot != nil {
			t.Fatal("a reserved place is found before it is published: its key is not written yet")
		}
		p.slots[number].key = key
		p.publish(number, hash)
	}
	for key := range 2 * perBucket {
		if slot, _ := p.find(hash, key); slot == nil || slot.key != key {
			t.Errorf("key %d is not found", key)
		}
	}
	if slot, absent := p.find(hash, 99); slot != nil || absent {
		t.Error("a key that may have been spilled counts as absent")
	}
	if _, ok := p.reserve(hash); ok {
		t.Error("a full pair of buckets gives out a place")
	}
	used := 0
	for b := range p.tags {
		for m := p.used(b); m != 0; m &= m - 1 {
			used++
		}
	}
	if used != 2*perBucket {
		t.Errorf("%d places in use, want %d", used, 2*perBucket)
	}
}

// A tag is never what an empty or reserved place holds.
func TestTags(t *testing.T) {
	for i := range uint64(256) {
		if tag := tagOf(i << 32); tag < tagInUse || tag > 0xff || tag == born {
			t.Errorf("tag %x of hash bits %x", tag, i)
		}
	}
}

// Inserters who race for one bucket get a place each, and every key is found
// once it is published.
func TestPlacesConcurrentSafe(t *testing.T) {
	for range 200 {
		var p places[int, int]
		p.init(64)
		var wg sync.WaitGroup
		var numbers [4][]uint32
		for g := range numbers {
			wg.Go(func() {
				for i := range 5 { // 20 for 16 places
					number, ok := p.reserve(7 << 40)
					if !ok {
						continue
					}
					key := g*100 + i
					p.slots[number].key = key
					p.publish(number, 7<<40)
					numbers[g] = append(numbers[g], number)
					if slot, _ := p.find(7<<40, key); slot != &p.slots[number] {
						t.Errorf("key %d is not found where it was published", key)
					}
				}
			})
		}
		wg.Wait()
		seen := map[uint32]bool{}
		for _, ns := range numbers {
			for _, n := range ns {
				if seen[n] {
					t.Fatalf("place %d was given out twice", n)
				}
				seen[n] = true
			}
		}
		if len(seen) != 2*perBucket {
			t.Fatalf("%d places given out, want %d", len(seen), 2*perBucket)
		}
	}
}
