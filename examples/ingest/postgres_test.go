package main

import (
	"os"
	"strings"
	"testing"
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

func TestPostgresReplacesAnOlderTable(t *testing.T) {
	s := openTestPostgres(t)
	save(t, s, at("a", 1))
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
