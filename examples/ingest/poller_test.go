package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPollerPutsEveryAnswer(t *testing.T) {
	f := embeddedFeed(t)
	var want uint64
	for n := range f.polls() {
		want += uint64(len(answer(f, f.pollMS(n))))
		if n == 3000 { // two days of minutes: the answer is worked out slowly
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	versions := make(map[string]int64)
	var p *poller
	p = newPollers(1, f, func(id string, _ quake, version int64) (bool, error) {
		if p.polls.Load() == 3000 {
			cancel() // run stops before the next poll
		}
		stored := versions[id] < version
		versions[id] = max(versions[id], version)
		return stored, nil
	})[0]
	if err := p.run(ctx, clock{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("run: %v, want the context's error", err)
	}
	if p.puts != want || p.polls.Load() != 3001 || p.putsSoFar.Load() != int64(want) {
		t.Errorf("%d puts in %d polls, want %d in 3001", p.puts, p.polls.Load(), want)
	}
	if got := uint64(p.latency.TotalCount()); got != p.puts {
		t.Errorf("%d latencies of %d puts", got, p.puts)
	}
	newest := f.newestPut([]*poller{p})
	if len(newest) != len(versions) {
		t.Errorf("newestPut has %d events, %d were put", len(newest), len(versions))
	}
	var updated uint64
	for id, version := range versions {
		if newest[id].Version != version {
			t.Errorf("%s: newestPut says %d, put was %d", id, newest[id].Version, version)
		}
		if newest[id].Version != newest[id].Quake.TimeMS {
			updated++
		}
	}
	if atLeast := uint64(len(versions)); p.stored < atLeast || p.stored > atLeast+updated {
		t.Errorf("stored %d, want from %d to %d", p.stored, atLeast, atLeast+updated)
	}
}

func TestPollerStopsAtAPutsError(t *testing.T) {
	full := errors.New("full")
	p := newPollers(1, mustFeed(t, goodRow), func(string, quake, int64) (bool, error) { return false, full })[0]
	err := p.run(t.Context(), clock{})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "put a1 version 1000") {
		t.Errorf("run: %v, want %v with the event and the version", err, full)
	}
	if p.puts != 0 || len(mustFeed(t, goodRow).newestPut([]*poller{p})) != 0 {
		t.Error("the failed put was counted")
	}
}

func TestPollerMeasuresEachPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		takes := []time.Duration{0, 5 * time.Millisecond, time.Hour} // the bubble's time
		p := newPollers(1, mustFeed(t, goodRow), func(string, quake, int64) (bool, error) {
			time.Sleep(takes[0])
			takes = takes[1:]
			return true, nil
		})[0]
		for range 3 {
			if err := p.putOne(0, p.window.feed.published[0].rev); err != nil {
				t.Fatal(err)
			}
		}
		for quantile, want := range map[float64]time.Duration{1: 1, 50: 5 * time.Millisecond, 100: 10 * time.Second} {
			got := time.Duration(p.latency.ValueAtQuantile(quantile))
			if got < want || got > want+want/500 { // three digits are kept
				t.Errorf("p%g is %v, want %v", quantile, got, want)
			}
		}
	})
}

func TestPollersSeeOlderCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := mustFeed(t, "a,0,600000,1,ml,reviewed,0,0,0,x\n") // updated after ten minutes
		begin := time.Now()
		newer := make([]time.Duration, 2) // when each poller saw the update
		all := newPollers(2, f, nil)
		var polling sync.WaitGroup
		for i, p := range all {
			p.put = func(_ string, _ quake, version int64) (bool, error) {
				if version == 600_000 && newer[i] == 0 {
					newer[i] = time.Since(begin)
				}
				return true, nil
			}
			polling.Go(func() {
				if err := p.run(t.Context(), clock{start: begin, speed: 1}); err != nil {
					t.Error(err)
				}
			})
		}
		polling.Wait()
		if newer[0] != 10*time.Minute || newer[1] != 11*time.Minute+30*time.Second {
			t.Errorf("the update was seen after %v and %v, want 10m and 11m30s", newer[0], newer[1])
		}
	})
}

func TestNewestPutTakesTheHighestOfAllPollers(t *testing.T) {
	f := mustFeed(t, "a,-50,-40,1,ml,reviewed,0,0,0,x\n", "b,0,10,1,ml,reviewed,0,0,0,x\n", "c,0,10,1,ml,reviewed,0,0,0,x\n")
	p := newPollers(2, f, nil)
	p[0].seen[0], p[0].newest[0] = true, -50
	p[1].seen[0], p[1].newest[0] = true, -40
	p[1].seen[1], p[1].newest[1] = true, 0
	got := f.newestPut(p)
	if len(got) != 2 || got["a"].Version != -40 || got["b"].Version != 0 || got["b"].Quake.Status != statusAutomatic {
		t.Errorf("newestPut: %+v, want a at -40 and b, still automatic, at 0", got)
	}
}
