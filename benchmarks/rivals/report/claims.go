package main

import "fmt"

// claim is a target that is not a ratio to the mutex maps.
type claim struct {
	what  string
	found string
	met   bool
}

// most is a claim that a figure of ours is at most so much, wherever it was
// measured.
type most struct {
	what  string
	bench string
	unit  string
	value float64
}

var overwrites = []string{"Put/dist=zipf", "Put/dist=uniform", "Put/dist=hot", "Key/key=string16"}

var limits = []most{
	{"0 allocations: Put, zipf", "Put/dist=zipf", "allocs/op", 0},
	{"0 allocations: Put, uniform", "Put/dist=uniform", "allocs/op", 0},
	{"0 allocations: Put, one key", "Put/dist=hot", "allocs/op", 0},
	{"0 allocations: Put, 16-byte string", "Key/key=string16", "allocs/op", 0},
	{"0 allocations: PutNewer, newer", "PutNewer/order=newer", "allocs/op", 0},
	{"0 allocations: PutNewer, stale", "PutNewer/order=stale", "allocs/op", 0},
	{"0 allocations: Get", "Get/find=hit", "allocs/op", 0},
	{"0 allocations: Delete and Put", "Delete/then=put", "allocs/op", 0},
	{"at most 1 allocation per insert", "Insert/dist=unique", "allocs/op", 1},
	{"at most 96 bytes per int-int entry, grown first generation", "Memory/entry=int-int/gen=first", "B/entry", 96},
	{"at most 64 bytes per int-int entry, steady", "Memory/entry=int-int/gen=steady", "B/entry", 64},
	{"at most 2 KB of heap per idle partition", "Empty/value=8", "B/partition", 2048},
	{"at most 2 KB of heap per idle partition, values of 64 KB", "Empty/value=64KB", "B/partition", 2048},
	{"at most 1 MB more than fresh, three intervals after 5M keys", "Spike/then=idle", "above-fresh-MB", 1},
	{"at most 1 MB more than fresh, 5M keys and three intervals of 1,000", "Spike/then=1000", "above-fresh-MB", 1},
}

// drainLimit is how much longer than ranging over a Go map a drain may take.
const drainLimit = 2.0

// judgeClaims checks them all; what was not measured is an error.
func judgeClaims(f *figures, procs []int) (all []claim, err error) {
	for _, bench := range overwrites {
		for _, p := range procs {
			c, err := f.faster(cell{bench, p})
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	for _, m := range limits {
		c, err := f.atMost(m)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	drain, err := f.drain()
	return append(all, drain), err
}

// faster is about an xsync v3 map without versions or flushes.
func (f *figures) faster(c cell) (claim, error) {
	ours, err := f.need(c, us, "ns/op")
	if err != nil {
		return claim{}, err
	}
	raw, err := f.need(c, "xsync3", "ns/op")
	return claim{
		what:  fmt.Sprintf("faster than a raw xsync v3 Store: %s at GOMAXPROCS %d", c.bench, c.procs),
		found: fmt.Sprintf("%.1f against %.1f ns", ours, raw),
		met:   ours < raw,
	}, err
}

func (f *figures) atMost(m most) (claim, error) {
	worst, found := 0.0, false
	for _, c := range f.order {
		if c.bench != m.bench {
			continue
		}
		if v, ok := f.median(c, us, m.unit); ok {
			worst, found = max(worst, v), true
		}
	}
	if !found {
		return claim{}, fmt.Errorf("report: no %s of %s for %s", m.unit, us, m.bench)
	}
	return claim{what: m.what, found: number(worst) + " " + m.unit, met: worst <= m.value}, nil
}

func (f *figures) drain() (claim, error) {
	c := cell{"Drain", 2}
	ours, err := f.need(c, us, "ns/entry")
	if err != nil {
		return claim{}, err
	}
	ranged, err := f.need(c, "gomap", "ns/entry")
	return claim{
		what:  fmt.Sprintf("drain within %.0fx of ranging over a Go map at GOMAXPROCS %d", drainLimit, c.procs),
		found: fmt.Sprintf("%.2fx (%.1f against %.1f ns per entry)", ours/ranged, ours, ranged),
		met:   ours <= drainLimit*ranged,
	}, err
}
