package main

import (
	"strings"
	"testing"
	"time"
)

const twoModules = `{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Test":"TestGood","Output":"noise\n"}
{"Action":"pass","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Test":"TestDB","Output":"    db_test.go:7: no PostgreSQL: not tested\n"}
{"Action":"skip","Package":"a","Test":"TestDB"}
{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
{"Action":"pass","Package":"a"}
`

const oneFailure = `{"Action":"output","Package":"b","Test":"TestBad","Output":"    b_test.go:3: it broke\n"}
{"Action":"fail","Package":"b","Test":"TestBad"}
{"Action":"output","Package":"b","Output":"FAIL\tb\t0.1s\n"}
{"Action":"fail","Package":"b"}
`

func TestSummaryNamesWhatWasSkippedAndWhy(t *testing.T) {
	tally := newTally()
	var out strings.Builder
	if err := tally.read(strings.NewReader(twoModules), &out); err != nil {
		t.Fatal(err)
	}
	if tally.failed() {
		t.Error("failed() is true without a failure")
	}
	want := "test: 2 modules, 1 tests passed, 1 skipped (1: no PostgreSQL: not tested), 1m1s"
	if got := tally.summary(2, 61*time.Second); got != want {
		t.Errorf("summary:\n%s\nwant:\n%s", got, want)
	}
	if got, want := out.String(), "ok  \ta\t0.1s\n"; got != want {
		t.Errorf("printed meanwhile %q, want %q", got, want)
	}
}

func TestFailuresComeLast(t *testing.T) {
	tally := newTally()
	if err := tally.read(strings.NewReader(twoModules+oneFailure), new(strings.Builder)); err != nil {
		t.Fatal(err)
	}
	if !tally.failed() {
		t.Error("failed() is false after a failure")
	}
	if got := tally.failures(); !strings.Contains(got, "it broke") || strings.Contains(got, "noise") {
		t.Errorf("failures are %q", got)
	}
	if got := tally.summary(2, time.Second); !strings.Contains(got, "FAILURES") {
		t.Errorf("summary does not say that something failed: %q", got)
	}
}

func TestNoTestIsAFailure(t *testing.T) {
	tally := newTally()
	if !tally.failed() {
		t.Error("nothing ran, and that passed")
	}
}

func TestWhatIsNoEventIsAnError(t *testing.T) {
	if err := newTally().read(strings.NewReader("go: no such module\n"), new(strings.Builder)); err == nil {
		t.Error("text that is no event was read without an error")
	}
}

func TestExitWithoutAnEventIsAFailure(t *testing.T) {
	tally := newTally()
	tally.passed = 1
	tally.exited("x")
	if !tally.failed() || !strings.Contains(tally.failures(), "go test failed in x") {
		t.Errorf("failures are %q", tally.failures())
	}
}
