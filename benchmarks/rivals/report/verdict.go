package main

import (
	"fmt"
	"maps"
	"slices"
)

// verdict is one cell of the target table, measured.
type verdict struct {
	target
	procs     int
	ours      float64
	best      string // the mutex map with the lowest median
	theirs    float64
	ratio     float64 // of the medians
	low, high float64 // of the ratios of single rounds
}

func (v verdict) met() bool  { return v.ratio <= v.target.ratio[v.procs] }
func (v verdict) lost() bool { return v.ratio > 1 }

func (v verdict) String() string {
	return fmt.Sprintf("%s at GOMAXPROCS %d (%.2f)", v.title, v.procs, v.ratio)
}

// judge compares every cell of the targets. A cell without figures is an
// error: a table with holes would look like a table without losses.
func judge(f *figures) ([]verdict, error) {
	var all []verdict
	for _, t := range targets {
		for _, procs := range slices.Sorted(maps.Keys(t.ratio)) {
			v, err := judgeCell(f, t, procs)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
	}
	return all, nil
}

func judgeCell(f *figures, t target, procs int) (verdict, error) {
	c := cell{t.bench, procs}
	v := verdict{target: t, procs: procs}
	var ok bool
	if v.ours, ok = f.median(c, us, t.unit); !ok {
		return v, fmt.Errorf("report: no %s of %s for %s at GOMAXPROCS %d", t.unit, us, t.bench, procs)
	}
	if v.best, v.theirs, ok = f.best(c, mutexes, t.unit); !ok {
		return v, fmt.Errorf("report: no %s of a mutex map for %s at GOMAXPROCS %d", t.unit, t.bench, procs)
	}
	v.ratio = v.ours / v.theirs
	v.low, v.high = spread(f.of[c][us][t.unit], f.of[c][v.best][t.unit])
	return v, nil
}

// best is the contender with the lowest median.
func (f *figures) best(c cell, among []string, unit string) (name string, value float64, ok bool) {
	for _, buf := range among {
		if m, has := f.median(c, buf, unit); has && (!ok || m < value) {
			name, value, ok = buf, m, true
		}
	}
	return name, value, ok
}

// spread is the lowest and the highest ratio of one round.
func spread(ours, theirs []float64) (low, high float64) {
	for i := range min(len(ours), len(theirs)) {
		r := ours[i] / theirs[i]
		if i == 0 {
			low, high = r, r
		}
		low, high = min(low, r), max(high, r)
	}
	return low, high
}
