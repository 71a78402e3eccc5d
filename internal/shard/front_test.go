package shard

import (
	"math/bits"
	"math/rand/v2"
	"sync"
	"testing"
)

// Slots are given out once each, bucket after bucket of a group, and what is full
// says so for ever.
func TestTheFrontFillsUp(t *testing.T) {
	for _, slots := range []int{1, 2, 5, 8, 16, 17, 64, 100} {
		p := newTested(nil)
		front := p.newTable(new(generation), slots)
		if n := len(front.slots); n < slots || n > 2*slots+perGroup*perBucket-slots {
			t.Errorf("%d slots where %d were asked for", n, slots)
		}
		const hash = 0x1234_5678_9abc_def0
		room := min(len(front.slots), perGroup*perBucket)
		seen := map[*Slot[int, int]]bool{}
		for key := range room {
			if s := front.find(hash, key); s != nil {
				t.Fatalf("of %d slots: key %d is found before it is there", slots, key)
			}
			s, fresh := front.reserve(hash, key)
			if !fresh || seen[s] {
				t.Fatalf("of %d slots: key %d gets %v, %v of %d", slots, key, s, fresh, room)
			}
			seen[s] = true
			s.key = key
			s.word.Store(wordOf(0))
			if again, fresh := front.reserve(hash, key); fresh || again != s {
				t.Fatalf("of %d slots: key %d gets a second one", slots, key)
			}
		}
		if s, _ := front.reserve(hash, room); s != nil {
			t.Errorf("of %d slots: one more than %d finds room", slots, room)
		}
		for key := range room {
			if s := front.find(hash, key); s == nil || s.key != key {
				t.Errorf("of %d slots: key %d is not found", slots, key)
			}
		}
		if s := front.find(hash, room); s != nil {
			t.Errorf("of %d slots: a key that is not there is found", slots)
		}
	}
}

// Up to a table's limit, few keys find no room in their group.
func TestFewKeysFindNoRoom(t *testing.T) {
	p := newTested(nil)
	front := p.newTable(new(generation), 1<<19)
	none := 0
	for key := range int(front.limit) {
		s, _ := front.reserve(p.of(key), key)
		if s == nil {
			none++
			continue
		}
		s.key = key
		s.word.Store(wordOf(0))
	}
	share := float64(none) / float64(front.limit)
	t.Logf("%.2f %% of %d keys", 100*share, front.limit)
	if share > 0.015 {
		t.Errorf("%.2f %% of %d keys find no room, want 1.5 at most", 100*share, front.limit)
	}
}

// Whatever tags share a bucket, neighbours too, each leads to its key, and a place
// that is empty, or none, to nothing.
func TestTags(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p := newTested(nil)
		front := p.newTable(new(generation), 1+r.IntN(perBucket))
		first := r.Uint64N(128)
		hash := func(key int) uint64 { return (first + uint64(key*key%3)) << 32 }
		n := 1 + r.IntN(len(front.slots))
		for key := range n {
			s, fresh := front.reserve(hash(key), key)
			if !fresh {
				t.Fatalf("key %d of %d with tags from %x finds no place", key, n, first)
			}
			s.key = key
			s.word.Store(wordOf(0))
		}
		for key := range n {
			if s := front.find(hash(key), key); s == nil || s.key != key {
				t.Fatalf("key %d of %d with tags from %x is not found", key, n, first)
			}
		}
		if s := front.find(hash(n), n); s != nil {
			t.Fatalf("key %d is found among %d", n, n)
		}
		if used := bits.OnesCount64(front.used(0)); used != n {
			t.Fatalf("%d places are taken, want %d", used, n)
		}
	}
}

// Of those who race to insert the same keys into one group, one gets each key's
// slot, and the others wait until it is born.
func TestReserveConcurrentSafe(t *testing.T) {
	for range 300 {
		p := newTested(nil)
		front := p.newTable(new(generation), 64)
		var wg sync.WaitGroup
		var won [4]int
		for g := range won {
			wg.Go(func() {
				for i := range 40 {
					key := (i + 10*g) % 40
					s, fresh := front.reserve(7<<40, key)
					if fresh {
						won[g]++
						s.key = key
						s.word.Store(wordOf(0))
					} else if s == nil || s.key != key {
						t.Errorf("key %d gets %v", key, s)
					}
				}
			})
		}
		wg.Wait()
		if sum := won[0] + won[1] + won[2] + won[3]; sum != 40 {
			t.Fatalf("%d slots for 40 keys", sum)
		}
	}
}

// Most keys are in the place that their hash names, where a hit looks first.
func TestMostKeysAreInTheirOwnPlace(t *testing.T) {
	const keys = 100_000
	p := newTested(nil)
	front := p.newTable(new(generation), keys*3/2)
	own := 0
	for key := range keys {
		s, fresh := front.reserve(p.of(key), key)
		if !fresh {
			continue // its buckets are full
		}
		s.key = key
		s.word.Store(wordOf(0))
	}
	for key := range keys {
		if s := front.own(p.of(key)); s != nil && s.key == key {
			own++
		}
	}
	share := float64(own) / keys
	t.Logf("%.1f %%", 100*share)
	if share < 0.65 {
		t.Errorf("%.1f %% of the keys are in their own place, want 65 at least", 100*share)
	}
}
