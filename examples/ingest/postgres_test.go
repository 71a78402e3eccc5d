package main

import (
	"os"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// postgresDSN is the database that the tests may use. Its table of the same
// name as ours is dropped, so these tests don't run in parallel.
func postgresDSN(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("PBUF_POSTGRES_DSN")
	if dsn == "" {
		t.Skip("no PostgreSQL (PBUF_POSTGRES_DSN is not set): not tested")
	}
	return dsn
}

func openTestPostgres(t *testing.T) sink {
	t.Helper()
	s, err := openSink(t.Context(), postgresDSN(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPostgres(t *testing.T) {
	postgresDSN(t)
	testSink(t, openTestPostgres)
}

// A pool whose every connection was killed, as by a restart of the server, may
// fail once per connection, and then works.
func TestPostgresReconnects(t *testing.T) {
	s := openTestPostgres(t).(*postgresSink)
	defer s.close()
	upsert(t, s, 1, at("a", 1))
	before := s.pool.Stat().NewConnsCount()
	killConnections(t, s)
	failures := 0
	for {
		_, err := s.upsert(t.Context(), []pbuf.Entry[string, quake]{entry(at("a", 2))})
		if err == nil {
			break
		}
		if failures++; failures > int(s.pool.Config().MaxConns) {
			t.Fatalf("still failing: %v", err)
		}
	}
	wantRows(t, s, at("a", 2))
	if s.pool.Stat().NewConnsCount() == before {
		t.Error("no new connection: the old one was not killed")
	}
}

// killConnections ends the sink's idle connections from the server's side.
func killConnections(t *testing.T, s *postgresSink) {
	t.Helper()
	other, err := newPostgresPool(t.Context(), postgresDSN(t))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, idle := range s.pool.AcquireAllIdle(t.Context()) {
		var gone bool
		err := other.QueryRow(t.Context(), `SELECT pg_terminate_backend($1, 10000)`, int32(idle.Conn().PgConn().PID())).Scan(&gone)
		if err != nil || !gone {
			t.Errorf("pg_terminate_backend: %t, %v", gone, err)
		}
		idle.Release()
	}
}

func TestPostgresReplacesAnOlderTable(t *testing.T) {
	s := openTestPostgres(t)
	upsert(t, s, 1, at("a", 1))
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	s = openTestPostgres(t)
	defer s.close()
	wantRows(t, s)
}

func TestPostgresErrorsAreClearAndHideThePassword(t *testing.T) {
	for dsn, want := range map[string]string{
		"mysql://u:hush@127.0.0.1/x":                                          "-dsn: cannot parse",
		"postgres://u:hush@127.0.0.1:99999/x":                                 "-dsn: cannot parse",
		"postgres://u:hush@127.0.0.1:1/base?sslmode=disable":                  "PostgreSQL, 127.0.0.1:1/base, table " + table + ": ",
		"user=u password=hush host=127.0.0.1 port=1 dbname=b sslmode=disable": "PostgreSQL, 127.0.0.1:1/b, table ",
	} {
		_, err := openSink(t.Context(), dsn)
		if err == nil {
			t.Errorf("%s: no error", dsn)
			continue
		}
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %q, want %q...", dsn, err, want)
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestPostgresWhereHidesThePassword(t *testing.T) {
	s := openTestPostgres(t).(*postgresSink)
	defer s.close()
	if where := s.where(); !strings.HasPrefix(where, "PostgreSQL, ") || strings.Contains(where, "password") {
		t.Errorf("where: %s", where)
	}
	if password := s.pool.Config().ConnConfig.Password; password != "" && strings.Contains(s.where(), password) {
		t.Error("where shows the password")
	}
}
