package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// quotingPage is a directory with a report of the ratio, and a page that quotes it.
func quotingPage(t *testing.T, ratio float64) (options, string) {
	t.Helper()
	o := options{out: t.TempDir()}
	newReport(t, o, "2000-01-02", ratio)
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+quoteBegins+"old\n"+quoteEnds+"after\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := o.quote(page, false); err != nil {
		t.Fatal(err)
	}
	return o, page
}

func newReport(t *testing.T, o options, date string, ratio float64) {
	t.Helper()
	packed, err := pack([]byte(fixture(ratio)))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store(date+"-x.txt.gz", packed); err != nil {
		t.Fatal(err)
	}
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestQuote(t *testing.T) {
	_, page := quotingPage(t, 1.25)
	text := contentOf(t, page)
	for _, want := range []string{
		"before\n", "after\n", "2000-01-02-x.md", "is faster in 68 of the 68 cells",
		"| Get | 126 / 126 / 126 | 100 / 100 / 100 | **1.25** / **1.25** / **1.25** |",
		"| p99.9 of one Put, 8 writers, flush every 10 ms | – / 126 / 126 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "old\n") {
		t.Error("the old figures are still there")
	}
}

func TestQuotedTargetsExist(t *testing.T) {
	for _, bench := range quoted {
		if !slices.ContainsFunc(targets, func(t target) bool { return t.bench == bench }) {
			t.Errorf("no target is %s", bench)
		}
	}
}

func TestQuoteOfWins(t *testing.T) {
	_, page := quotingPage(t, 0.5)
	if text := contentOf(t, page); !strings.Contains(text, "is faster in 0 of") || strings.Contains(text, "**") {
		t.Errorf("a win is shown as a loss:\n%s", text)
	}
}

func TestQuoteIsChecked(t *testing.T) {
	o, page := quotingPage(t, 0.9)
	if err := o.quote(page, true); err != nil {
		t.Errorf("a page that quotes the report: %v", err)
	}
	newReport(t, o, "2000-01-03", 0.8)
	before := contentOf(t, page)
	if err := o.quote(page, true); !errors.Is(err, errQuote) {
		t.Errorf("a page that quotes an older report: %v", err)
	}
	if contentOf(t, page) != before {
		t.Error("checking has changed the page")
	}
}

func TestQuoteNeedsItsLines(t *testing.T) {
	o, page := quotingPage(t, 0.9)
	if err := os.WriteFile(page, []byte("no lines\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := o.quote(page, false); err == nil || !strings.Contains(err.Error(), page) {
		t.Errorf("a page without the lines: %v", err)
	}
	if err := (options{out: t.TempDir()}).quote(page, false); err == nil {
		t.Error("no error without a report")
	}
}
