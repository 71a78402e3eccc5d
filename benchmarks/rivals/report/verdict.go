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
	variant   string // the benchmark whose ratio is the worst
	ours      float64
	best      string // the mutex map with the lowest median
	theirs    float64
	literal   float64
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
		if t.kind == recorded && !f.has(t.bench) {
			continue
		}
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

// has says whether anything was measured by the benchmark.
func (f *figures) has(bench string) bool {
	return slices.ContainsFunc(f.order, func(c cell) bool { return c.bench == bench })
}

// judgeCell is the verdict of the variant that is worst for us.
func judgeCell(f *figures, t target, procs int) (worst verdict, err error) {
	for _, variant := range t.variants() {
		v, err := judgeVariant(f, t, cell{variant, procs})
		if err != nil {
			return v, err
		}
		if worst.variant == "" || v.ratio > worst.ratio {
			worst = v
		}
	}
	return worst, nil
}

func judgeVariant(f *figures, t target, c cell) (verdict, error) {
	v := verdict{target: t, procs: c.procs, variant: c.bench}
	var err error
	if v.ours, err = f.need(c, us, t.unit); err != nil {
		return v, err
	}
	if v.literal, err = f.need(c, literal, t.unit); err != nil {
		return v, err
	}
	for _, buf := range mutexes { // all of them: the best of those that are there may not be the best
		m, err := f.need(c, buf, t.unit)
		if err != nil {
			return v, err
		}
		if v.best == "" || m < v.theirs {
			v.best, v.theirs = buf, m
		}
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
