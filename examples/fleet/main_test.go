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

func TestTableEqualsLog(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"-duration", "6s", "-rate", "1000", "-keys", "500", "-kill", "400ms"}, &out, &errs)
	t.Log(out.String())
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	for what, least := range map[string]int{
		`messages +(\d+)`:                            1000,
		`redelivered (\d+)`:                          1,
		`killed +(\d+)`:                              8,
		`the broker (\d+) time`:                      1,
		`table and log +(\d+) rows: equal`:           100,
		`acknowledged +(\d+)`:                        1000,
		`4 workers +(\d+) messages per second`:       1,
		`upserts +(\d+)`:                             500,
		`puts +(\d+), of them refused by the buffer`: 1000,
	} {
		m := regexp.MustCompile(what).FindStringSubmatch(out.String())
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
