package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLinesForEachTenth(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, 200)
	for done := range int64(201) {
		d.show(done, "so far")
		if done == 50 {
			d.note("look")
		}
	}
	d.show(200, "again")
	d.finish()
	want := " 10%  so far\n 20%  so far\nlook\n 30%  so far\n 40%  so far\n 50%  so far\n" +
		" 60%  so far\n 70%  so far\n 80%  so far\n 90%  so far\n100%  so far\n"
	if out.String() != want {
		t.Errorf("lines\n%swant\n%s", out.String(), want)
	}
}

func TestLinesLeaveNoTenthOut(t *testing.T) {
	var out bytes.Buffer
	d := newDisplay(&out, 200)
	d.show(39, "slow")
	d.show(85, "fast")
	if want := " 10%  slow\n 20%  fast\n 30%  fast\n 40%  fast\n"; out.String() != want {
		t.Errorf("lines\n%swant\n%s", out.String(), want)
	}
}

func TestNoBarInAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, ok := newDisplay(file, 1).(*lines); !ok {
		t.Error("a file is taken for a terminal")
	}
}

func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := newBar(&out, 4)
	b.show(1, "one of four")
	b.note("a note")
	b.show(2, "two of four")
	b.finish()
	drawn := strings.Split(out.String(), "a note\n")
	if len(drawn) != 2 {
		t.Fatalf("the note is not a line: %q", out.String())
	}
	for i, want := range [][]string{{"one of four", "25%", "█"}, {"one of four", "two of four", "50%"}} {
		for _, text := range want {
			if !strings.Contains(drawn[i], text) {
				t.Errorf("part %d lacks %q: %q", i+1, text, drawn[i])
			}
		}
	}
	if last := drawn[1][strings.LastIndex(drawn[1], "\r")+1:]; strings.TrimSpace(last) != "" {
		t.Errorf("the bar stays on the screen: %q", last)
	}
}
