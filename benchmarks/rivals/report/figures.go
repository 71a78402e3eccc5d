package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// cell is a benchmark at a GOMAXPROCS, whoever runs it.
type cell struct {
	bench string // e.g. Put/dist=zipf
	procs int
}

// series are the figures of one contender by unit, in order of the rounds.
type series map[string][]float64

// figures is everything that was measured.
type figures struct {
	of     map[cell]map[string]series // by contender
	order  []cell                     // as they first appeared
	config map[string]string          // cpu, goos, goarch
}

// read parses the output of go test -bench, of one run or many.
func read(r io.Reader, name string) (*figures, error) {
	f := &figures{of: map[cell]map[string]series{}, config: map[string]string{}}
	in := benchfmt.NewReader(r, name)
	for in.Scan() {
		switch rec := in.Result().(type) {
		case *benchfmt.Result:
			f.add(rec)
		case *benchfmt.SyntaxError:
			return nil, fmt.Errorf("report: %w", rec)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if len(f.of) == 0 {
		return nil, fmt.Errorf("report: no benchmark in %s", name)
	}
	return f, nil
}

func (f *figures) add(rec *benchfmt.Result) {
	c, buf := parseName(rec.Name)
	byBuf := f.of[c]
	if byBuf == nil {
		byBuf = map[string]series{}
		f.of[c] = byBuf
		f.order = append(f.order, c)
	}
	if byBuf[buf] == nil {
		byBuf[buf] = series{}
	}
	for _, v := range rec.Values {
		value, unit := v.Value, v.Unit
		if v.OrigUnit != "" { // benchfmt turns ns into seconds
			value, unit = v.OrigValue, v.OrigUnit
		}
		byBuf[buf][unit] = append(byBuf[buf][unit], value)
	}
	for _, conf := range rec.Config {
		f.config[conf.Key] = string(conf.Value)
	}
}

func parseName(n benchfmt.Name) (c cell, buf string) {
	base, parts := n.Parts()
	c.procs = 1 // go test writes no suffix then
	var kept []string
	for _, p := range parts {
		part := string(p)
		switch {
		case strings.HasPrefix(part, "/buf="):
			buf = part[len("/buf="):]
		case part[0] == '-':
			c.procs, _ = strconv.Atoi(part[1:])
		default:
			kept = append(kept, part)
		}
	}
	c.bench = string(base) + strings.Join(kept, "")
	return c, buf
}

// median of the contender's figures; ok is false when there are none.
func (f *figures) median(c cell, buf, unit string) (value float64, ok bool) {
	values := f.of[c][buf][unit]
	if len(values) == 0 {
		return 0, false
	}
	return median(values), true
}

// need is median where a missing figure is an error.
func (f *figures) need(c cell, buf, unit string) (float64, error) {
	m, ok := f.median(c, buf, unit)
	if !ok {
		return 0, fmt.Errorf("report: no %s of %s for %s at GOMAXPROCS %d", unit, buf, c.bench, c.procs)
	}
	return m, nil
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	mid := len(s) / 2
	if len(s)%2 == 1 {
		return s[mid]
	}
	return (s[mid-1] + s[mid]) / 2
}
