package main

import (
	"fmt"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// plotFile is a drawing beside the report.
type plotFile struct{ title, name string }

const bestMutex = "best mutex"

// draw writes all plots as <stem>-<what>.svg into dir.
func (r *report) draw(dir, stem string) error {
	for _, t := range []struct{ what, title, bench string }{
		{"put-zipf", "Put, zipf", "Put/dist=zipf"},
		{"put-uniform", "Put, uniform", "Put/dist=uniform"},
		{"flush-zipf", "Put, zipf, flush every 20 ms", "Flush/every=20ms/dist=zipf"},
	} {
		p := plot.New()
		p.Title.Text, p.X.Label.Text, p.Y.Label.Text = t.title, "GOMAXPROCS", "million operations per second"
		p.Y.Min = 0
		var ticks []string
		for _, procs := range r.procs {
			ticks = append(ticks, fmt.Sprint(procs))
		}
		p.NominalX(ticks...)
		if err := plotutil.AddLinePoints(p, r.throughput(t.bench)...); err != nil {
			return fmt.Errorf("report: plot of %s: %w", t.bench, err)
		}
		if err := r.save(p, dir, stem+"-"+t.what+".svg", t.title+": throughput against GOMAXPROCS"); err != nil {
			return err
		}
	}
	return r.drawLatency(dir, stem)
}

func (r *report) drawLatency(dir, stem string) error {
	c := cell{"Latency/processor=fast", 2}
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "One Put, 8 writers, flush every 10 ms, GOMAXPROCS 2", "percentile", "microseconds"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	var ticks []string
	for _, p := range percentiles {
		ticks = append(ticks, p.head)
	}
	p.NominalX(ticks...)
	var lines []any
	for _, buf := range r.contenders(measured{cells: []cell{c}}) {
		var xy plotter.XYs
		for i, p := range percentiles {
			if m, ok := r.median(c, buf, p.unit); ok && m > 0 {
				xy = append(xy, plotter.XY{X: float64(i), Y: m / p.divisor})
			}
		}
		lines = append(lines, buf, xy)
	}
	if err := plotutil.AddLinePoints(p, lines...); err != nil {
		return fmt.Errorf("report: plot of latencies: %w", err)
	}
	return r.save(p, dir, stem+"-latency.svg", "Latency percentiles of one Put")
}

// throughput is a line per contender; the mutex maps share one, their best.
func (r *report) throughput(bench string) (lines []any) {
	for _, name := range r.drawn(bench) {
		var xy plotter.XYs
		for i, procs := range r.procs {
			ns, ok := r.median(cell{bench, procs}, name, "ns/op")
			if name == bestMutex {
				_, ns, ok = r.best(cell{bench, procs}, mutexes, "ns/op")
			}
			if ok {
				xy = append(xy, plotter.XY{X: float64(i), Y: 1000 / ns})
			}
		}
		lines = append(lines, name, xy)
	}
	return lines
}

func (r *report) drawn(bench string) []string {
	names := []string{us, bestMutex}
	for _, other := range []string{literal, "xsync3", "rwmutex16", "syncmap16", "channel"} {
		if _, ok := r.median(cell{bench, r.procs[0]}, other, "ns/op"); ok {
			names = append(names, other)
		}
	}
	return names
}

func (r *report) save(p *plot.Plot, dir, name, title string) error {
	p.Legend.Top = true
	if err := p.Save(16*vg.Centimeter, 10*vg.Centimeter, filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	r.plots = append(r.plots, plotFile{title: title, name: name})
	return nil
}
