package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// The page is there while the program runs, also from the server's root.
func TestProgramShowsThePage(t *testing.T) {
	r := start(t, "-http", "127.0.0.1:0")
	address := regexp.MustCompile(`http://[^/]+`).FindString(r.until(t, "^page "))
	for path, want := range map[string]string{"/": "ingest", "/debug/pbuf/stats.json": `"name":"ingest"`, "/healthz": `"ingest": ok`} {
		answer, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s is answered with %d, %v and without %s:\n%s", path, answer.StatusCode, err, want, body)
		}
	}
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if text, status := r.end(); status != 0 {
		t.Errorf("exit status %d:\n%s", status, text)
	}
}
