package main

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// reportPatterns are what two pollers report of the whole week.
var reportPatterns = []string{
	`^replayed    2018-01-31 01:49 to 2018-02-07 01:45 UTC in [\d.]+ s, as fast as it went$`,
	`^puts        6,080,992$`,
	`^stored      [\d,]+ newer`,
	`^stale       [\d,]+ not newer`,
	`^upserted    [\d,]+ in \d+ batches; [\d,]+ gave way`,
	`^requeued    0$`,
	`^dropped     0$`,
	`^coalescing  [\d,.]+ puts per upsert$`,
	`^put latency p50 \S+, p99 \S+, p99.9 \S+, max \S+ `,
	`^rows        1,707$`,
	`^verified    every row`,
}

func TestProgramIntoSQLite(t *testing.T) {
	stdout, stderr, status := ended(t, "-speed", "0", "-pollers", "2", "-interval", "20ms", "-batch", "100", "-partitions", "3")
	if status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	wantMatch(t, "stdout", stdout, append(reportPatterns, `^feed        usgs-earthquakes.csv \(embedded\): 1,707 events$`)...)
	wantMatch(t, "stderr", stderr, `^100%  2018-02-07 01:45  6,080,992 puts, [\d,]+ upserted$`)

	var rows, reviewed int
	db := openDatabase(t, databasePath(t, stdout))
	err := db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE status = 'reviewed') FROM `+table).Scan(&rows, &reviewed)
	if err != nil || rows != 1707 || reviewed != 1214 {
		t.Errorf("the file has %d rows, %d reviewed (%v); the data has 1707 and 1214", rows, reviewed, err)
	}
}

func TestProgramIntoPostgres(t *testing.T) {
	stdout, stderr, status := ended(t, "-dsn", postgresDSN(t), "-speed", "0", "-pollers", "2", "-interval", "20ms")
	if status != 0 {
		t.Errorf("exit status %d, want 0:\n%s", status, stderr)
	}
	wantMatch(t, "stdout", stdout, append(reportPatterns, `^database    PostgreSQL, .*, table pbuf_ingest_events$`)...)
}

func TestProgramReadsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.csv")
	if err := os.WriteFile(path, []byte(header+goodRow), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := ended(t, "-in", path)
	if status != 0 {
		t.Errorf("exit status %d, want 0:\n%s", status, stderr)
	}
	wantMatch(t, "stdout", stdout, `^feed        `+regexp.QuoteMeta(path)+`: 1 events$`, `^puts        8$`, `^rows        1$`, `^verified`)
}

func TestProgramHelp(t *testing.T) {
	stdout, stderr, status := ended(t, "-h")
	if status != 0 || stderr != "" {
		t.Errorf("exit status %d, stderr %q; want 0 and nothing", status, stderr)
	}
	wantMatch(t, "stdout", stdout, `^Usage: ingest \[flags\]$`, `^  -pollers int$`)
}

func TestProgramRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte(header+goodRow+"b2,then,2000,1,ml,reviewed,1,1,1,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"-pollers 0", 2, "ingest: -pollers 0: want 1 to 1000 (-h explains the flags)\n"},
		{"-fast", 2, "ingest: flag provided but not defined: -fast (-h explains the flags)\n"},
		{"-in " + bad, 1, "ingest: " + bad + `: line 3, column time_ms: "then" is not a whole number of milliseconds` + "\n"},
		{"-in " + bad + ".gone", 1, "ingest: open " + bad + ".gone: no such file or directory\n"},
		{"-dsn mysql://h/b", 1, "ingest: -dsn: cannot parse"},
		{"-dsn postgres://u:hush@127.0.0.1:1/b", 1, "ingest: PostgreSQL, 127.0.0.1:1/b, table pbuf_ingest_events: failed to connect"},
		{"-partitions 1000000000", 2, "ingest: -partitions 1000000000: "},
		{"-http nowhere", 2, "ingest: -http nowhere: "},
		// Before it connects to the database, where it would drop the table.
		{"-dsn postgres://u:hush@127.0.0.1:1/b -http " + taken.Addr().String(), 1, "ingest: -http: listen tcp "},
	} {
		stdout, stderr, status := ended(t, strings.Fields(test.args)...)
		if status != test.status || !strings.HasPrefix(stderr, test.want) || strings.Contains(stdout, "verified") {
			t.Errorf("%s: exit status %d, stderr %q; want %d and %q...\n%s", test.args, status, stderr, test.status, test.want, stdout)
		}
	}
}

// Somebody else writes to the table while the program runs: it must notice.
func TestProgramFindsALostRow(t *testing.T) {
	r := start(t, "-speed", "200000")
	db := openDatabase(t, databasePath(t, r.until(t, "^database")))
	events := embeddedFeed(t).events
	last := events[len(events)-1].last().ID // the latest earthquake: it is not there yet
	_, err := db.Exec(`CREATE TRIGGER thief AFTER INSERT ON ` + table + ` BEGIN DELETE FROM ` + table + ` WHERE id = '` + last + `'; END`)
	if err != nil {
		t.Fatal(err)
	}
	text, status := r.end()
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	wantMatch(t, "output", text, `^rows        1,706$`, `^DIFFERENT   1 rows$`, `^  `+last+`: no row$`, `^ingest: the table differs from the data$`)
}

// A database that takes nothing more, to the end: what is left over is counted.
func TestProgramIntoABrokenDatabase(t *testing.T) {
	r := start(t, "-speed", "200000", "-drain", "1s")
	db := openDatabase(t, databasePath(t, r.until(t, "^database")))
	r.until(t, "^ 10%")
	_, err := db.Exec(`CREATE TRIGGER full BEFORE INSERT ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	if err != nil {
		t.Fatal(err)
	}
	text, status := r.end()
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	wantMatch(t, "output", text, `level=ERROR msg="pbuf: sink is down" buffer=ingest .*disk full`, `msg="pbuf: stopped while deliveries failed"`, `^requeued    [1-9]`, `^dropped     0$`,
		`^undelivered pbuf: .*\d+ entries`, `^DIFFERENT   [\d,]+ rows$`, `^ingest: the table differs`, `^pbuf: .*\d+ entries`)
}
