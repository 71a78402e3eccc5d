package shard

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// until yields until the condition holds.
func until(condition func() bool) {
	for !condition() {
		runtime.Gosched()
	}
}

func TestRetire(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		if r := retire(t, p); r != nil {
			t.Fatalf("an empty generation is retired: %v", entries(r))
		}
		p.put(3, 30)
		p.put(1, 10)
		p.putNewer(2, 20, 5)
		p.put(9, 90)
		p.putNewer(2, 21, 6)
		p.put(1, 11)
		p.remove(9)
		r := retire(t, p)
		if r.Len() != 3 || r.Number() != 1 || p.Size() != 0 {
			t.Errorf("Len = %d, Number = %d, Size = %d; want 3 entries of generation 1, none left", r.Len(), r.Number(), p.Size())
		}
		want := []got{{1, 11, 0, 0}, {2, 21, 6, 1}, {3, 30, 0, 0}}
		for range 2 { // each cursor begins anew
			if diff := cmp.Diff(want, entries(r)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		}
		for _, e := range want {
			if s, version := r.Get(e.Key); s == nil || s.Value() != e.Value || version != e.Version {
				t.Errorf("Get(%d) = %v, %d; want %+v", e.Key, s, version, e)
			}
		}
		for _, key := range []int{9, 77} { // deleted, and never there
			if s, _ := r.Get(key); s != nil {
				t.Errorf("Get(%d) finds %d", key, s.Value())
			}
		}
		p.Release(r)
		p.put(1, 12)
		if next := retire(t, p); next.Number() != 2 {
			t.Errorf("the next generation is number %d, want 2", next.Number())
		}
	})
}

func TestTheZeroCursorIsAtItsEnd(t *testing.T) {
	var c Cursor[int, int]
	if s, _ := c.Next(); s != nil {
		t.Errorf("Next = %v", s)
	}
}

func TestStopRefusesEverything(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	r := p.Stop()
	if diff := cmp.Diff([]got{{1, 10, 0, 0}}, entries(r)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if status, _ := p.put(1, 1); status != Closed {
		t.Errorf("Put = %v, want Closed", status)
	}
	if status, _ := p.putNewer(2, 1, 1); status != Closed {
		t.Errorf("PutNewer = %v, want Closed", status)
	}
	if _, ok := p.get(1); ok {
		t.Error("Get finds the key")
	}
	if deleted, open := p.remove(1); deleted || open {
		t.Errorf("Delete = %v, %v; want refused", deleted, open)
	}
	if p.Size() != 0 {
		t.Errorf("Size = %d", p.Size())
	}
	if again := p.Stop(); again != nil {
		t.Error("a second Stop retires something")
	}
	if r, open := p.Retire(); r != nil || open {
		t.Errorf("Retire = %v, %v; want closed", r, open)
	}
	if empty := newTested(nil).Stop(); empty != nil {
		t.Error("Stop of an empty partition retires something")
	}
}

// S2: the seal waits for whoever has a slot claimed, and what is committed under
// that claim belongs to the sealed generation.
func TestTheSealWaitsForClaims(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	p.put(2, 20)
	g := p.current.Load()
	s := g.find(p.of(1), 1)
	s.word.Store(busy) // claimed by us, and checked: g is current
	retired := make(chan *Retired[int, int])
	go func() {
		r, _ := p.Retire()
		retired <- r
	}()
	until(func() bool { return p.current.Load() != g }) // the swap has come, the seal is due
	for range 100 {
		runtime.Gosched()
	}
	select {
	case <-retired:
		t.Fatal("Retire returns with a slot claimed")
	default:
	}
	if status, _ := p.put(1, 12); status != Inserted { // nobody else waits for that claim
		t.Errorf("Put in the next generation = %v, want Inserted", status)
	}
	s.commit(g.gen, 11, wordOf(0), plain)
	r := <-retired
	if diff := cmp.Diff([]got{{1, 11, 0, 0}, {2, 20, 0, 0}}, entries(r)); diff != "" || r.Len() != 2 {
		t.Errorf("Len = %d, entries (-want +got):\n%s", r.Len(), diff)
	}
}

// S3: a claim that comes after the swap is given back as it was, and the
// operation goes on in the current generation.
func TestLateClaimsAreGivenBack(t *testing.T) {
	p := newTested(nil)
	p.putNewer(1, 10, 7)
	p.put(2, 20)
	p.remove(2)
	g := p.current.Load()
	live, dropped := g.find(p.of(1), 1), g.find(p.of(2), 2)
	r := retire(t, p)
	// Writers that had found their slots before the swap.
	if _, ok := p.claimLive(g, live); ok {
		t.Error("a claim of a sealed slot succeeds")
	}
	if _, _, ok := p.revive(g, dropped, p.of(2), 99, wordOf(0), plain, 0); ok {
		t.Error("a dead slot of a sealed generation is revived")
	}
	if diff := cmp.Diff([]got{{1, 10, 7, 0}}, entries(r)); diff != "" {
		t.Errorf("the sealed generation (-want +got):\n%s", diff)
	}
	if p.Size() != 0 {
		t.Errorf("Size = %d, want 0", p.Size())
	}
}

// retiring begins a Retire, which must wait for an insert in progress.
func (p tested) retiring(t *testing.T) <-chan *Retired[int, int] {
	t.Helper()
	retired := make(chan *Retired[int, int], 1)
	go func() {
		r, _ := p.Retire()
		retired <- r
	}()
	synctest.Wait()
	if len(retired) > 0 {
		t.Error("Retire returns with an insert in progress")
	}
	return retired
}

// E1: Retire waits for inserts into the index that have entered. Nobody waits for
// Retire: the swap precedes the closing of the gate.
func TestRetireWaitsForInserts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTested(nil)
		p.put(1, 10)
		g := p.current.Load()
		stripe, ok := g.gate.Enter() // an inserter, before its install
		if !ok {
			t.Fatal("the gate is closed")
		}
		retired := p.retiring(t)
		if status, _ := p.put(2, 20); status != Inserted { // would spin for ever if the gate closed first
			t.Errorf("Put of another key = %v, want Inserted", status)
		}
		if _, ok := p.insertSpilled(g, 4, 40, wordOf(0), plain, 0); ok {
			t.Error("an insert enters a closed gate")
		}
		// The insert goes on: its slot is made, its check fails.
		slot, _ := p.install(g, 3)
		if _, ok := p.bear(g, slot, 3, 30, wordOf(0), plain, 0); ok {
			t.Error("an insert into a retired table succeeds")
		}
		g.gate.Leave(stripe)
		synctest.Wait()
		r := <-retired
		if diff := cmp.Diff([]got{{1, 10, 0, 0}}, entries(r)); diff != "" || len(r.spilled) != 1 {
			t.Errorf("%d slots in the index, want 1; entries (-want +got):\n%s", len(r.spilled), diff)
		}
		if diff := cmp.Diff([]got{{2, 20, 0, 0}}, entries(retire(t, p))); diff != "" {
			t.Errorf("the next generation (-want +got):\n%s", diff)
		}
	})
}

// The same with an insert that is in the middle of the index's Compute: it has entered,
// and Retire does not return before it has left.
func TestRetireWaitsForCompute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTested(nil)
		p.put(1, 10)
		in, out := make(chan struct{}), make(chan struct{})
		p.hasher = func(key int, _ uint64) uint64 {
			if key == 3 {
				in <- struct{}{}
				<-out
			}
			return uint64(key)
		}
		g := p.current.Load()
		go p.insertSpilled(g, 3, 30, wordOf(0), plain, 0)
		<-in
		retired := p.retiring(t)
		close(out)
		if diff := cmp.Diff([]got{{1, 10, 0, 0}}, entries(<-retired)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
	})
}

// Whatever runs beside whatever: each insert is handed out by exactly one of the
// Retires and the Stop, or was refused.
func TestRetireAndStopConcurrentSafe(t *testing.T) {
	for range 20 {
		p := newTested(nil)
		var (
			mu      sync.Mutex
			count   = map[int]int{}
			writers sync.WaitGroup
			all     sync.WaitGroup
		)
		take := func(r *Retired[int, int]) {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range entries(r) {
				count[e.Key]++
			}
		}
		accepted := make([]int, 4)
		for w := range accepted {
			writers.Go(func() {
				for i := 0; ; i++ {
					if status, _ := p.put(i*len(accepted)+w, i); status == Closed {
						accepted[w] = i
						return
					}
					if i%64 == 63 {
						runtime.Gosched() // else they outrun those who count
					}
					if w == 0 && i == 300 {
						for range 2 {
							all.Go(func() { take(p.Stop()) })
						}
					}
				}
			})
		}
		for range 2 {
			all.Go(func() {
				for open := true; open; {
					var r *Retired[int, int]
					if r, open = p.Retire(); r != nil {
						take(r)
						p.Release(r)
					}
					runtime.Gosched() // a writer's turn
				}
			})
		}
		writers.Wait()
		all.Wait()
		sum := 0
		for w, n := range accepted {
			sum += n
			for i := range n {
				if c := count[i*len(accepted)+w]; c != 1 {
					t.Fatalf("key %d was handed out %d times", i*len(accepted)+w, c)
				}
			}
		}
		if sum != len(count) {
			t.Fatalf("%d keys accepted, %d handed out", sum, len(count))
		}
		if p.inflight.Load() != nil {
			if p.inflight.Load().older.Load() != nil {
				t.Fatal("generations hold each other")
			}
		}
	}
}
