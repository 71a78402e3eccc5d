package shard

import (
	"fmt"
	"testing"
)

// BenchmarkHit overwrites keys that are there: as Put does, without a call, and by the
// general way alone; keys whose slots are in the processor's first cache, and more.
func BenchmarkHit(b *testing.B) {
	for _, way := range []struct {
		name string
		put  func(p tested, key int) Status
	}{
		{"way=own", func(p tested, key int) Status {
			status, _ := p.Put(p.of(key), key, key)
			return status
		}},
		{"way=general", func(p tested, key int) Status {
			status, _ := p.write(p.of(key), key, key, signBit, noFloor, plain, 0)
			return status
		}},
	} {
		for _, keys := range []int{1 << 9, 1 << 16} {
			b.Run(fmt.Sprintf("keys=%d/%s", keys, way.name), func(b *testing.B) { hit(b, keys, way.put) })
		}
	}
}

func hit(b *testing.B, keys int, put func(tested, int) Status) {
	p := newTested(nil)
	for range 2 { // the second time into a generation that a flush has sized
		if r := retire(b, p); r != nil {
			p.Release(r)
		}
		for key := range keys {
			p.put(key, key)
		}
	}
	at := 0
	for b.Loop() {
		at = (at*5 + 1) % keys // every key once, in no order of memory
		if put(p, at) != Overwrote {
			b.Fatal("no hit")
		}
	}
}
