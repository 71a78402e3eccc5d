package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// each runs the test on both databases.
func each(t *testing.T, test func(t *testing.T, s *service)) {
	for name, driver := range map[string]string{"SQLite": "sqlite", "PostgreSQL": "pgx"} {
		t.Run(name, func(t *testing.T) { test(t, newService(t, driver)) })
	}
}

// more waits until so many further posts were accepted.
func (l *load) more(t *testing.T, posts int64) {
	t.Helper()
	until := l.accepted.Load() + posts
	eventually(t, "posts are accepted", func() bool { return l.accepted.Load() >= until })
}

// What was answered 202 is in the table, however often the service was restarted.
func TestRestartsUnderLoadLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		s.start()
		l := newLoad(s)
		for range 3 {
			l.more(t, 500)
			if log := s.stop(); strings.Contains(log, "kept for the next start") {
				t.Errorf("it did not deliver everything:\n%s", log)
			}
			s.start()
		}
		l.more(t, 500)
		l.stop()
		s.stop()
		l.wantNothingLost(t, s)
	})
}

// Nor is it lost if the database takes nothing when the service ends.
func TestRestartsDuringOutagesLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		l := newLoad(s)
		for range 2 {
			s.start("-drain", "1s")
			l.more(t, 500)
			s.execute(`ALTER TABLE last_seen RENAME TO last_seen_away`)
			l.more(t, 500)
			log := s.stop()
			if _, err := os.Stat(s.snapshot()); err != nil || !strings.Contains(log, "kept for the next start") {
				t.Errorf("nothing was kept: %v\n%s", err, log)
			}
			s.execute(`ALTER TABLE last_seen_away RENAME TO last_seen`)
		}
		s.start()
		l.stop()
		s.stop()
		l.wantNothingLost(t, s)
		if _, err := os.Stat(s.snapshot()); !os.IsNotExist(err) {
			t.Errorf("the snapshot of what was delivered is there still: %v", err)
		}
	})
}

func TestRequests(t *testing.T) {
	s := newService(t, "sqlite")
	s.start()
	for body, want := range map[string]int{
		`{"user": "ann", "place": "Vienna", "at": "2026-11-25T10:00:00Z"}`: http.StatusAccepted,
		`{"user": "ann", "place": "Graz", "at": "2026-11-25T09:00:00Z"}`:   http.StatusAccepted, // older
		`{"user": "ann", "place": "Vienna"}`:                               http.StatusBadRequest,
		`{"place": "Vienna", "at": "2026-11-25T10:00:00Z"}`:                http.StatusBadRequest,
		`{"user": "a\u0000nn", "place": "", "at": "2026-11-25T10:00:00Z"}`: http.StatusBadRequest,
		`{"user": "` + strings.Repeat("x", 3000) + `"}`:                    http.StatusBadRequest,
		`{"user": "ann", "place": "Vienna", "at": "yesterday"}`:            http.StatusBadRequest,
		`ann`: http.StatusBadRequest,
		``:    http.StatusBadRequest,
	} {
		if status, text := s.post(body); status != want {
			t.Errorf("%.80s is answered with %d %s, want %d", body, status, text, want)
		}
	}
	for path, want := range map[string]string{
		"/metrics":     `pbuf_accepted_writes_total{buffer="lastseen"} `,
		"/healthz":     "\"lastseen\": ok\n",
		"/debug/pbuf/": "<h2",
	} {
		if status, body := get("http://" + s.operators + path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s answers %d, want 200 with %q in\n%s", path, status, want, body)
		}
	}
	if status, _ := get("http://" + s.public + "/seen"); status != http.StatusMethodNotAllowed {
		t.Errorf("GET /seen is answered with %d", status)
	}
	if status, _ := get("http://" + s.public + "/metrics"); status != http.StatusNotFound {
		t.Errorf("clients get %d for /metrics", status)
	}
	s.stop()
	var place string
	if err := s.db.QueryRow(`SELECT place FROM last_seen WHERE name = 'ann'`).Scan(&place); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("Vienna", place); diff != "" {
		t.Error(diff)
	}
}

// What it cannot do it says, and does not begin.
func TestRefusesToStart(t *testing.T) {
	s := newService(t, "sqlite")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	unnamed := filepath.Join(s.folder, "lastseen-"+strings.ReplaceAll(s.public, ":", "-")+".snapshot")
	for _, path := range []string{s.snapshot(), unnamed} {
		if err := os.WriteFile(path, []byte("no snapshot"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		want string
		args []string
	}{
		{"damaged snapshot", nil},
		{"damaged snapshot", []string{"-snapshot", ""}}, // one of this address
		{"no such file or directory", []string{"-snapshot", s.folder + "/no/such/folder/file"}},
		{"unable to open database file", []string{"-db", s.folder + "/no/such/folder"}},
		{"address already in use", []string{"-http", taken.Addr().String()}},
		{"address already in use", []string{"-snapshot", s.snapshot() + ".none", "-ops", s.public}},
	} {
		status, log := s.fails(test.args...)
		if status != 1 || !strings.Contains(log, test.want) {
			t.Errorf("exit status %d, want 1 and %q in\n%s", status, test.want, log)
		}
	}
}
