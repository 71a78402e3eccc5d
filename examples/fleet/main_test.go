package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The runner starts its own program, which is this binary here.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Each is a fleet of processes for some seconds.
func TestTableEqualsLog(t *testing.T) {
	always := map[string]int{
		`messages +(\d+)`:                      1000,
		`killed +(\d+)`:                        8,
		`the broker (\d+) time`:                1,
		`4 workers +(\d+) messages per second`: 1,
	}
	latest := map[string]int{
		`redelivered (\d+)`:                          1,
		`acknowledged +(\d+)`:                        1000,
		`upserts +(\d+)`:                             500,
		`puts +(\d+), of them refused by the buffer`: 1000,
		`table and log +(\d+) rows: equal`:           100,
	}
	exact := map[string]int{
		`read and put +(\d+)`:              1000,
		`transactions +(\d+)`:              20,
		`that added (\d+) messages`:        1000,
		`not added +(\d+) another worker`:  0, // by chance: a worker that is late; TestBrokenSumsAreNoticed has the rule
		`table and log +(\d+) rows: equal`: 100,
	}
	for _, x := range []struct {
		args string
		code int
		says map[string]int
	}{
		{"", 0, latest},
		{"-postgres", 0, latest},
		{"-sum", 0, exact},
		{"-sum -postgres", 0, exact},
		{"-sum -unsafe", 1, map[string]int{`rows: (\d+) DIFFERENT`: 1}},
	} {
		t.Run(strings.TrimSpace("fleet "+x.args), func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			args := append(strings.Fields(x.args), "-duration", "6s", "-rate", "1000", "-keys", "500", "-kill", "400ms", "-folder", t.TempDir())
			code := run(t.Context(), args, &out, &errs)
			if strings.Contains(errs.String(), errNoPostgres.Error()) {
				t.Skip("no PostgreSQL: not tested (its server programs are not installed)")
			}
			t.Log(out.String())
			if code != x.code {
				t.Errorf("exit status %d, want %d: %s", code, x.code, errs.String())
			}
			wants(t, out.String(), always)
			wants(t, out.String(), x.says)
			if strings.Contains(x.args, "-postgres") {
				wants(t, out.String(), map[string]int{`the database (\d+) time`: 1})
			}
		})
	}
}

func wants(t *testing.T, out string, says map[string]int) {
	t.Helper()
	for what, least := range says {
		m := regexp.MustCompile(what).FindStringSubmatch(out)
		if m == nil {
			t.Errorf("it does not say %s", what)
		} else if n, err := strconv.Atoi(m[1]); err != nil || n < least {
			t.Errorf("%q, want at least %d", m[0], least)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, x := range []struct {
		args string
		code int
		says string
	}{
		{"-h", 0, "-duration"},
		{"-rate 0", 2, "fleet: -rate is 0, must be at least 1"},
		{"-keys 0", 2, "fleet: -keys is 0, must be at least 1"},
		{"-duration 1ms", 2, "fleet: -duration is 1ms, must be at least 1s"},
		{"-kill 1ns", 2, "fleet: -kill is 1ns, must be at least 10ms"},
		{"-dsn postgres://x -postgres", 2, "fleet: -postgres and -dsn are both set"},
		{"-unsafe", 2, "fleet: -unsafe is set, but -sum is not"},
		{"-role king", 2, `fleet: -role is "king", must be`},
		{"now", 2, `arguments: ["now"]`},
		{"-what", 2, "-what"},
	} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), strings.Fields(x.args), &out, &errs); code != x.code || !strings.Contains(errs.String(), x.says) {
			t.Errorf("%s: exit status %d, %q; want %d, %q", x.args, code, errs.String(), x.code, x.says)
		}
	}
}
