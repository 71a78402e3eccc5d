package main

import (
	"strings"
	"testing"
)

func TestTheFirstParagraphNamesTheLosses(t *testing.T) {
	text := writtenReport(t, fixture(1.12))
	first := strings.Split(text, "\n\n")[1]
	for _, want := range []string{
		"loses to the best mutex map in 32 of 32 cells",
		"Put, zipf, int at GOMAXPROCS 1 (1.12)",
		"misses the target in 28",
		"Put, zipf, int at GOMAXPROCS 8 (1.12, target 0.45)",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the first paragraph lacks %q:\n%s", want, first)
		}
	}
}

func TestTheFirstParagraphClaimsNoMoreThanWasMeasured(t *testing.T) {
	first := strings.Split(writtenReport(t, fixture(0.01)), "\n\n")[1]
	if first != "pbuf is slower than the best mutex map in none of 32 cells. No target is missed." {
		t.Errorf("the first paragraph is %q", first)
	}
	if first = strings.Split(writtenReport(t, fixture(1)), "\n\n")[1]; strings.Contains(first, "loses") {
		t.Errorf("a ratio of 1 is no loss: %q", first)
	}
}

func TestTheTableHasEveryCell(t *testing.T) {
	text := writtenReport(t, fixture(0.6))
	for _, want := range []string{
		"| Put, zipf, int | 2 | 60.3 | 100 (index16) | 0.60 (0.60–0.60) | 0.70 | ✓ |",
		"| Put, zipf, int | 8 | 60.3 | 100 (index16) | 0.60 (0.60–0.60) | 0.45 | ✗ |",
		"### Put/dist=zipf, GOMAXPROCS 8",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
