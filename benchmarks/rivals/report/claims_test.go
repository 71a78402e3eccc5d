package main

import "testing"

func TestClaims(t *testing.T) {
	f := parse(t, `BenchmarkPut/dist=zipf/buf=pbuf-2 10 30 ns/op 0 allocs/op
BenchmarkPut/dist=zipf/buf=xsync3-2 10 40 ns/op 1 allocs/op
BenchmarkPut/dist=hot/buf=pbuf-2 10 50 ns/op 1 allocs/op
BenchmarkPut/dist=hot/buf=xsync3-2 10 40 ns/op 1 allocs/op
BenchmarkInsert/dist=unique/buf=pbuf-2 10 40 ns/op 1 allocs/op
BenchmarkMemory/entry=int-int/buf=pbuf-2 1 90 B/entry
BenchmarkDrain/buf=pbuf-2 1 16 ns/entry
BenchmarkDrain/buf=gomap-2 1 10 ns/entry
`)
	want := map[string]bool{
		"faster than a raw xsync v3 Store: Put/dist=zipf at GOMAXPROCS 2": true,
		"faster than a raw xsync v3 Store: Put/dist=hot at GOMAXPROCS 2":  false,
		"0 allocations: Put/dist=zipf":                                    true,
		"0 allocations: Put/dist=hot":                                     false,
		"at most 1 allocation per insert":                                 true,
		"at most 88 bytes per int-int entry":                              false,
		"drain within 1.5x of ranging over a Go map at GOMAXPROCS 2":      false,
	}
	got := f.claims([]int{1, 2, 8})
	for _, c := range got {
		met, known := want[c.what]
		if !known || met != c.met {
			t.Errorf("%s: met %v (%s), want %v", c.what, c.met, c.found, met)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d claims, want %d: one per thing measured", len(got), len(want))
	}
}
