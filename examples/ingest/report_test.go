package main

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"

	"github.com/partitioned-buffer/go/pbuf"
)

func sampleResult(t *testing.T) *result {
	t.Helper()
	latency := hdrhistogram.New(1, slowest, 3)
	for ns := range int64(1000) {
		if err := latency.RecordValue(ns + 1); err != nil {
			t.Fatal(err)
		}
	}
	return &result{
		untilMS: 1_517_363_399_650, took: 12_123 * time.Millisecond,
		puts: 1_234_567, stored: 4_567, latency: latency,
		books: pbuf.Stats{PartitionStats: pbuf.PartitionStats{Accepted: 4_567, Delivered: 4_000, Batches: 50, Overwritten: 567}},
	}
}

func TestReport(t *testing.T) {
	f := mustFeed(t, goodRow)
	failed := sampleResult(t)
	failed.interrupted = true
	failed.books.PartitionStats = pbuf.PartitionStats{Accepted: 4_567, Batches: 1_050, CallsFailed: 1_000, Overwritten: 4_557, Failed: 2_000, Requeued: 1_990, Dropped: 3, Undelivered: 7}
	failed.undelivered = errors.New("pbuf: 7 entries")
	tests := map[string]struct {
		speed  float64
		result *result
		want   string
	}{
		"all is well": {50_000, sampleResult(t), `replayed    1970-01-01 00:00 to 2018-01-31 01:49 UTC in 12.12 s, 50,000 times faster than it happened
puts        1,234,567
stored      4,567 newer than what the buffer held
stale       1,230,000 not newer, dropped at once
upserted    4,000 in 50 batches; 567 gave way to a newer version in the buffer
requeued    0
dropped     0
coalescing  308.6 puts per upsert
put latency p50 500ns, p99 990ns, p99.9 999ns, max 1µs (one clock reading included)
`},
		"nothing is": {0, failed, `replayed    1970-01-01 00:00 to 2018-01-31 01:49 UTC in 12.12 s, as fast as it went, interrupted
puts        1,234,567
stored      4,567 newer than what the buffer held
stale       1,230,000 not newer, dropped at once
upserted    0 in 50 batches; 4,557 gave way to a newer version in the buffer
failed      1,000 batches of 2,000 events
requeued    1,990
dropped     3
put latency p50 500ns, p99 990ns, p99.9 999ns, max 1µs (one clock reading included)
undelivered pbuf: 7 entries
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			printResult(&out, f, test.speed, test.result)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	var out bytes.Buffer
	printVerdict(&out, 1707, nil)
	want := "rows        1,707\nverified    every row has the newest version that was put, every column equal; none missing\n"
	if out.String() != want {
		t.Errorf("verdict\n%swant\n%s", out.String(), want)
	}

	out.Reset()
	var differences []string
	want = "rows        3\nDIFFERENT   1,200 rows\n"
	for i := range 1200 {
		differences = append(differences, fmt.Sprintf("e%d: no row", i))
		if i < 10 {
			want += "  " + differences[i] + "\n"
		}
	}
	printVerdict(&out, 3, differences)
	if want += "  and 1,190 more\n"; out.String() != want {
		t.Errorf("verdict\n%swant\n%s", out.String(), want)
	}
}
