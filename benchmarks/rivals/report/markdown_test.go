package main

import (
	"strings"
	"testing"
)

func TestTheFirstParagraphNamesTheLosses(t *testing.T) {
	text := writtenReport(t, fixture(1.12))
	first := strings.Split(text, "\n\n")[1]
	for _, want := range []string{
		"loses to the best mutex map in 68 of 68 cells",
		"; Put, zipf, int at GOMAXPROCS 1 (1.12), 2 (1.12), 8 (1.12); Put, uniform 100k",
		"misses the target in 67", // all but PutAll at two
		"Put, zipf, int at GOMAXPROCS 1 (1.12, target 0.70), 2 (1.12, target 0.55), 8 (1.12, target 0.50); ",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the first paragraph lacks %q:\n%s", want, first)
		}
	}
}

func TestTheFirstParagraphClaimsNoMoreThanWasMeasured(t *testing.T) {
	first := strings.Split(writtenReport(t, fixture(0.01)), "\n\n")[1]
	if first != "pbuf is slower than the best mutex map in none of 68 cells. No target is missed." {
		t.Errorf("the first paragraph is %q", first)
	}
	if first = strings.Split(writtenReport(t, fixture(1)), "\n\n")[1]; strings.Contains(first, "loses") {
		t.Errorf("a ratio of 1 is no loss: %q", first)
	}
}

func TestTheTableHasEveryCell(t *testing.T) {
	text := writtenReport(t, fixture(0.6))
	for _, want := range []string{
		"| first generation, Get, gc=no | 2 | 60.3 | 100 (index16) | 0.60 (0.60–0.60) | 1.00 | ✓ | 121 | 0.50 |",
		"| Put, zipf, int | 1 | 60.3 | 100 (index16) | 0.60 (0.60–0.60) | 0.70 | ✓ | 121 | 0.50 |",
		"| Put, zipf, int | 8 | 60.3 | 100 (index16) | 0.60 (0.60–0.60) | 0.50 | ✗ | 121 | 0.50 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestTheSecondParagraphComparesWithLiteral(t *testing.T) {
	second := strings.Split(writtenReport(t, fixture(0.6)), "\n\n")[2]
	if !strings.Contains(second, "the median of the time ratios is 0.50; pbuf is slower in 0 of 68 cells.") {
		t.Errorf("all at half of literal's time: %q", second)
	}
	slow := "BenchmarkGet/find=hit/buf=literal-2\t"
	text := without(fixture(0.6), slow) + slow + "10 30.15 ns/op\n"
	second = strings.Split(writtenReport(t, text), "\n\n")[2]
	if !strings.Contains(second, "slower in 1 of 68 cells: Get at GOMAXPROCS 2 (2.00).") {
		t.Errorf("Get at twice its time: %q", second)
	}
}

func TestMediansStandSideBySide(t *testing.T) {
	text := writtenReport(t, fixture(0.6)+"BenchmarkPut/dist=zipf/buf=mutex16-8 1 900 ns/op\nBenchmarkPut/dist=zipf/buf=rwmutex16-8 1 7 ns/op\n")
	for _, want := range []string{
		"### Put/dist=zipf, GOMAXPROCS 1 / 2 / 8\n\n| contender | B/op | allocs/op | ns/op | rounds |\n| --- | --- | --- | --- | --- |\n| pbuf | 0 | 0 | 60.3 | 2 |",
		"| mutex16 | 0 | 0 | 130 / 130 / 131 | 3 |",
		"| rwmutex16 | – | – | – / – / 7.00 | 1 |",
		"### Latency/processor=fast, GOMAXPROCS 2 / 8\n\n| contender | p50 | p99 | p99.9 | p99.99 | max | rounds |",
		"| pbuf | 0.06 | 0.06 | 0.06 | 0.06 | 0.06 | 2 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
