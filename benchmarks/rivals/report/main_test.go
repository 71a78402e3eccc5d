package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReportOfRecordedFigures(t *testing.T) {
	from := filepath.Join(t.TempDir(), "recorded.txt")
	if err := os.WriteFile(from, []byte(fixture(0.9)), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "results")
	if err := run(options{from: from, cpu: "1,2,8", out: out, root: "../../.."}); err != nil {
		t.Fatal(err)
	}
	reports, _ := filepath.Glob(filepath.Join(out, "*-a-processor-tm-9000.md"))
	if len(reports) != 1 {
		t.Fatalf("reports %v, want one named after the date and the processor", reports)
	}
	text, err := os.ReadFile(reports[0])
	if err != nil {
		t.Fatal(err)
	}
	stem := strings.TrimSuffix(filepath.Base(reports[0]), ".md")
	for _, plot := range []string{"put-zipf", "put-uniform", "flush-zipf", "latency"} {
		name := stem + "-" + plot + ".svg"
		if !strings.Contains(string(text), "]("+name+")") {
			t.Errorf("the report does not show %s", name)
		}
		wellFormed(t, filepath.Join(out, name))
	}
	kept := filepath.Join(out, stem+".txt.gz")
	if recorded, err := readRaw(kept); err != nil || string(recorded) != fixture(0.9) {
		t.Errorf("the figures are not kept beside the report: %v", err)
	}
	if stem != "2000-01-02-a-processor-tm-9000" || !strings.Contains(string(text), "A Processor (TM) 9000, 2 cores, linux/amd64, go1, commit abc") {
		t.Errorf("%s says another origin than the figures", stem)
	}
	if want := "go run ./report -rounds 2 -cpu 1,2,8 -blocks oltp.gz\n"; !strings.Contains(string(text), want) {
		t.Errorf("the report lacks its command, %q", want)
	}
	again := t.TempDir()
	if err := run(options{from: kept, cpu: "1,2,8", out: again, root: "../../.."}); err != nil {
		t.Fatal(err)
	}
	if same, err := os.ReadFile(filepath.Join(again, stem+".md")); err != nil || string(same) != string(text) {
		t.Errorf("the figures that were kept make another report: %v", err)
	}
}

func TestReportReplacesTheOlderOnesOfItsProcessor(t *testing.T) {
	from := filepath.Join(t.TempDir(), "recorded.txt")
	if err := os.WriteFile(from, []byte(fixture(0.9)), 0o644); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	stay := []string{"1999-12-31-limits.md", "1999-12-31-other-a-processor-tm-9000.md", "2000-01-03-a-processor-tm-9000.md", "a-processor-tm-9000.md"}
	replaced := []string{
		"2000-01-01-a-processor-tm-9000.md", "2000-01-01-a-processor-tm-9000.txt", "2000-01-01-a-processor-tm-9000.txt.gz",
		"1999-12-31-a-processor-tm-9000-put-zipf.svg", "1999-12-31-a-processor-tm-9000-latency.svg",
	}
	for _, name := range append(slices.Clone(stay), replaced...) {
		if err := os.WriteFile(filepath.Join(out, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(options{from: from, cpu: "1,2,8", out: out, root: "../../.."}); err != nil {
		t.Fatal(err)
	}
	for _, name := range stay {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	for _, name := range replaced {
		if _, err := os.Stat(filepath.Join(out, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

func wellFormed(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	for d := xml.NewDecoder(f); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
	}
}

func TestFiguresAreKeptWhenTheReportFails(t *testing.T) {
	from := filepath.Join(t.TempDir(), "recorded.txt")
	if err := os.WriteFile(from, []byte("BenchmarkPut/dist=zipf/buf=pbuf 10 30 ns/op\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if err := run(options{from: from, cpu: "1", out: out, root: "../../.."}); err == nil {
		t.Error("no error for figures with holes")
	}
	if kept, _ := filepath.Glob(filepath.Join(out, "*.txt.gz")); len(kept) != 1 {
		t.Errorf("kept %v, want the figures", kept)
	}
}

func TestProcsRefusesNonsense(t *testing.T) {
	for _, cpu := range []string{"", "1,x", "0", "2,"} {
		if got, err := (options{cpu: cpu}).procs(); err == nil {
			t.Errorf("-cpu %q gave %v", cpu, got)
		}
	}
}
