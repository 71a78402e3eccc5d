// Command scaling draws messages and counts the rows that a fleet writes for them: where
// the tables of ../SCALING.md come from.
//
//	go run ./scaling -seed 1
//
// It draws the keys of an interval's messages, by Zipf's law, and gives each message to a
// worker: any, as one consumer for all does, or the key's, as partitions
// do. The rows of an interval are the distinct keys of each worker. A second table does
// the same with the polls of a real feed. The numbers depend on the flags and the seed
// alone, not on the machine.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
)

func main() {
	seed := flag.Uint64("seed", 1, "of the draws")
	exponent := flag.Float64("zipf", 1.1, "exponent of Zipf's law, above 1; the higher, the more coalesces")
	path := flag.String("feed", "../ingest/usgs-earthquakes.csv", "the earthquake feed; empty: without it")
	flag.Parse()
	if flag.NArg() > 0 || !(*exponent > 1) {
		fmt.Fprintf(os.Stderr, "scaling: -zipf is %v, must be above 1; arguments: %q\n", *exponent, flag.Args())
		os.Exit(2)
	}
	table(os.Stdout, *seed, *exponent, cases())
	if *path == "" {
		return
	}
	quakes, err := readFeed(*path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "scaling: -feed:", err)
		os.Exit(1)
	}
	fmt.Println()
	feedTable(os.Stdout, *seed, quakes)
}

// scenario is a load and the fleet that is to take it.
type scenario struct {
	rate    int     // messages per second, all workers together
	keys    int     // distinct ones there are
	seconds float64 // flush interval
	workers int
}

// cases are the rows of the table.
func cases() (all []scenario) {
	for _, rate := range []int{100_000, 1_000_000} {
		for _, seconds := range []float64{1, 5} {
			for _, workers := range []int{1, 4, 16, 64} {
				all = append(all, scenario{rate, 10_000_000, seconds, workers})
			}
		}
	}
	return append(all, scenario{10_000_000, 10_000_000, 1, 64}, scenario{10_000_000, 10_000_000, 1, 256})
}

func table(out io.Writer, seed uint64, exponent float64, all []scenario) {
	fmt.Fprintln(out, "| messages/s | interval | workers | rows/s, shared | messages per row | rows/s, partitioned | messages per row |")
	fmt.Fprintln(out, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, s := range all {
		shared, partitioned := s.rows(seed, exponent)
		fmt.Fprintf(out, "| %d | %g s | %d | %.0f | %.1f | %.0f | %.1f |\n", s.rate, s.seconds, s.workers,
			shared, float64(s.rate)/shared, partitioned, float64(s.rate)/partitioned)
	}
}

// rows are those that are written per second, if any worker gets any message, and if
// each key has its worker.
func (s scenario) rows(seed uint64, exponent float64) (shared, partitioned float64) {
	random := rand.New(rand.NewPCG(seed, 1))
	zipf := rand.NewZipf(random, exponent, 1, uint64(s.keys-1))
	type place struct{ key, worker uint32 }
	anywhere, distinct := map[place]struct{}{}, make([]bool, s.keys)
	byKey, byWorker := 0, 0
	for range int(float64(s.rate) * s.seconds) {
		key := uint32(zipf.Uint64())
		if !distinct[key] {
			distinct[key] = true
			byKey++
		}
		if s.workers == 1 {
			continue // both are the same
		}
		anywhere[place{key, random.Uint32N(uint32(s.workers))}] = struct{}{}
	}
	if byWorker = len(anywhere); s.workers == 1 {
		byWorker = byKey
	}
	return float64(byWorker) / s.seconds, float64(byKey) / s.seconds
}
