package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
)

// quake is an event of the feed: its state changes at these times, in minutes of the
// feed, and each poll shows it for a day after.
type quake struct{ seen, updated int64 }

// readFeed reads the feed that examples/ingest replays.
func readFeed(path string) (quakes []quake, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := csv.NewReader(file)
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: header: %w", path, err)
	}
	if len(header) < 3 || header[1] != "time_ms" || header[2] != "updated_ms" {
		return nil, fmt.Errorf("%s: the header is %q, its second and third column must be time_ms and updated_ms", path, header)
	}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		seen, err1 := strconv.ParseInt(fields[1], 10, 64)
		updated, err2 := strconv.ParseInt(fields[2], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		quakes = append(quakes, quake{seen / 60_000, updated / 60_000})
	}
	if len(quakes) == 0 {
		return nil, fmt.Errorf("%s: no events", path)
	}
	return quakes, nil
}

const day = 24 * 60

// shows reports whether a poll at that minute has the event.
func (q quake) shows(minute int64) bool {
	return q.seen <= minute && minute < q.seen+day || q.updated <= minute && minute < q.updated+day
}

// feedRows are the messages and rows of pollers that ask once a minute, in the last
// day of the feed, if rows are written every so many minutes.
func feedRows(quakes []quake, seed uint64, pollers, workers int, interval int64) (messages, shared, partitioned int) {
	random := rand.New(rand.NewPCG(seed, 2))
	end := slices.MaxFunc(quakes, func(a, b quake) int { return int(a.updated - b.updated) }).updated
	type place struct {
		quake, worker int
	}
	for from := end - day; from < end; from += interval {
		anywhere, distinct := map[place]struct{}{}, map[int]struct{}{}
		for minute := from; minute < from+interval; minute++ {
			for i, q := range quakes {
				if !q.shows(minute) {
					continue
				}
				distinct[i] = struct{}{}
				for range pollers {
					messages++
					anywhere[place{i, random.IntN(workers)}] = struct{}{}
				}
			}
		}
		shared, partitioned = shared+len(anywhere), partitioned+len(distinct)
	}
	return messages, shared, partitioned
}

func feedTable(out io.Writer, seed uint64, quakes []quake) {
	fmt.Fprintln(out, "| pollers, once a minute | interval | workers | messages | messages per row, shared | messages per row, partitioned |")
	fmt.Fprintln(out, "| ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, pollers := range []int{1, 4} {
		for _, interval := range []int64{1, 5, 15} {
			for _, workers := range []int{4, 64} {
				messages, shared, partitioned := feedRows(quakes, seed, pollers, workers, interval)
				fmt.Fprintf(out, "| %d | %d min | %d | %d | %.1f | %.1f |\n", pollers, interval, workers, messages,
					float64(messages)/float64(shared), float64(messages)/float64(partitioned))
			}
		}
	}
}
