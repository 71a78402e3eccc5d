package main

import "fmt"

// claim is a target that is not a ratio to the mutex maps.
type claim struct {
	what  string
	found string
	met   bool
}

var overwrites = []string{"Put/dist=zipf", "Put/dist=uniform", "Put/dist=hot", "Key/key=string16"}

// claims checks what the figures hold; what was not measured is not claimed.
func (f *figures) claims(procs []int) []claim {
	var all []claim
	for _, bench := range overwrites {
		for _, p := range procs {
			all = f.claimFaster(all, cell{bench, p})
		}
	}
	for _, bench := range append(overwrites, "PutNewer/order=newer", "PutNewer/order=stale", "Get/find=hit", "Delete/then=put") {
		all = f.claimMost(all, bench, procs, us, "allocs/op", 0, "0 allocations: "+bench)
	}
	all = f.claimMost(all, "Insert/dist=unique", procs, us, "allocs/op", 1, "at most 1 allocation per insert")
	all = f.claimMost(all, "Memory/entry=int-int", procs, us, "B/entry", 88, "at most 88 bytes per int-int entry")
	for _, p := range procs {
		all = f.claimDrain(all, p)
	}
	return all
}

func (f *figures) claimFaster(all []claim, c cell) []claim {
	ours, ok := f.median(c, us, "ns/op")
	raw, has := f.median(c, "xsync3", "ns/op")
	if !ok || !has {
		return all
	}
	return append(all, claim{
		what:  fmt.Sprintf("faster than a raw xsync v3 Store: %s at GOMAXPROCS %d", c.bench, c.procs),
		found: fmt.Sprintf("%.1f against %.1f ns", ours, raw),
		met:   ours < raw,
	})
}

func (f *figures) claimMost(all []claim, bench string, procs []int, buf, unit string, most float64, what string) []claim {
	worst, found := 0.0, false
	for _, p := range procs {
		if m, ok := f.median(cell{bench, p}, buf, unit); ok {
			worst, found = max(worst, m), true
		}
	}
	if !found {
		return all
	}
	return append(all, claim{what: what, found: fmt.Sprintf("%.4g %s", worst, unit), met: worst <= most})
}

func (f *figures) claimDrain(all []claim, procs int) []claim {
	c := cell{"Drain", procs}
	ours, ok := f.median(c, us, "ns/entry")
	ranged, has := f.median(c, "gomap", "ns/entry")
	if !ok || !has {
		return all
	}
	return append(all, claim{
		what:  fmt.Sprintf("drain within 1.5x of ranging over a Go map at GOMAXPROCS %d", procs),
		found: fmt.Sprintf("%.2fx (%.1f against %.1f ns per entry)", ours/ranged, ours, ranged),
		met:   ours <= 1.5*ranged,
	})
}
