package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
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
	recorded, err := os.ReadFile(filepath.Join(out, stem+".txt"))
	if err != nil || string(recorded) != fixture(0.9) {
		t.Errorf("the figures are not kept beside the report: %v", err)
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
	if kept, _ := filepath.Glob(filepath.Join(out, "*.txt")); len(kept) != 1 {
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
