package rivaltest

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

const (
	writers = 4
	flushes = 40
	space   = 300 // keys, per writer or shared
)

// whileFlushing lets the writers go on, round after round, until that many
// flushes have met them, and then closes b. Writers give way after each round:
// on few processors the flusher would else hardly run, and a loss hardly show.
func whileFlushing(b rival.Buffer[int, int], round func(writer, round int)) (rounds [writers]int) {
	var done atomic.Bool
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for rounds[w] == 0 || !done.Load() {
				round(w, rounds[w])
				rounds[w]++
				runtime.Gosched()
			}
		})
	}
	for range flushes {
		b.Flush()
		runtime.Gosched()
	}
	done.Store(true)
	running.Wait()
	b.Close()
	return rounds
}

// conservesPuts lets each writer own its keys and count upwards on them. Whatever coalesces, the values of a key must
// arrive in order and end with the last one.
func conservesPuts(t *testing.T, c Contender) {
	b, l := open(c, 100*time.Microsecond)
	rounds := whileFlushing(b, func(w, round int) {
		for k := range space {
			b.Put(w*space+k, round)
		}
	})
	got := l.byKey(t)
	if len(got) != writers*space {
		t.Fatalf("%d keys delivered, want %d", len(got), writers*space)
	}
	for key, entries := range got {
		last := -1
		for _, e := range entries {
			if e.Value < last || e.Value == last && c.Can&rival.Coalesces != 0 {
				t.Fatalf("key %d: %d delivered after %d", key, e.Value, last)
			}
			last = e.Value
		}
		if want := rounds[key/space] - 1; last != want {
			t.Fatalf("key %d: the last delivery is %d, want %d", key, last, want)
		}
	}
}

// conservesVersions lets all writers fight over the same keys. Each stored
// write is then either delivered or counted as an update that replaced it, and
// the newest version of each key must arrive.
func conservesVersions(t *testing.T, c Contender) {
	b, l := open(c, 100*time.Microsecond)
	var clock, stored atomic.Int64
	var newest [space]atomic.Int64
	whileFlushing(b, func(int, int) {
		for k := range space {
			version := clock.Add(1)
			if !b.PutNewer(k, int(version), version) {
				continue
			}
			stored.Add(1)
			for old := newest[k].Load(); old < version && !newest[k].CompareAndSwap(old, version); {
				old = newest[k].Load()
			}
		}
	})
	var accounted int64
	for key, entries := range l.byKey(t) {
		var top int64
		for _, e := range entries {
			if int64(e.Value) != e.Version {
				t.Fatalf("key %d: value %d with version %d", key, e.Value, e.Version)
			}
			top = max(top, e.Version)
			accounted += 1 + int64(e.Updates)
		}
		if want := newest[key].Load(); top != want {
			t.Errorf("key %d: newest delivered is %d, want %d", key, top, want)
		}
	}
	if accounted != stored.Load() {
		t.Errorf("%d writes delivered or replaced, %d stored", accounted, stored.Load())
	}
}
