package main

import (
	"bytes"
	"errors"
	"flag"
	"regexp"
	"runtime"
	"testing"
	"time"
)

func TestFlagDefaults(t *testing.T) {
	c, err := parseFlags(nil, nil)
	want := config{pollers: 4, interval: 250 * time.Millisecond, batch: 512, partitions: runtime.GOMAXPROCS(0), speed: 50_000, drain: time.Minute}
	if err != nil || c != want {
		t.Errorf("%+v, %v; want %+v", c, err, want)
	}
}

func TestAllFlags(t *testing.T) {
	c, err := parseFlags([]string{
		"-in", "x.csv", "-pollers=9", "-interval", "1s", "-batch", "7", "-partitions", "3", "-dsn", "postgres://h/b", "-speed", "0", "-drain", "2s", "-http", ":1",
	}, nil)
	want := config{in: "x.csv", pollers: 9, interval: time.Second, batch: 7, partitions: 3, dsn: "postgres://h/b", drain: 2 * time.Second, http: ":1"}
	if err != nil || c != want {
		t.Errorf("%+v, %v; want %+v", c, err, want)
	}
}

func TestBadFlagsNameTheFlagAndTheValue(t *testing.T) {
	for _, test := range []struct{ flag, value, want string }{
		{"-pollers", "0", "-pollers 0: want 1 to 1000"},
		{"-pollers", "1001", "-pollers 1001: want 1 to 1000"},
		{"-pollers", "many", `invalid value "many" for flag -pollers: parse error`},
		{"-interval", "0s", "-interval 0s: want at least 100µs"},
		{"-interval", "-1s", "-interval -1s: want at least 100µs"},
		{"-interval", "5", `invalid value "5" for flag -interval: parse error`},
		{"-batch", "0", "-batch 0: want 1 or more"},
		{"-partitions", "-2", "-partitions -2: want 1 to 65536"},
		{"-speed", "-1", "-speed -1: want 0 or more"},
		{"-speed", "NaN", "-speed NaN: want 0 or more"},
		{"-speed", "Inf", "-speed +Inf: want 0 or more"},
		{"-drain", "0s", "-drain 0s: want more than 0"},
		{"-interval", "1ns", "-interval 1ns: want at least 100µs"},
		{"-partitions", "65537", "-partitions 65537: want 1 to 65536"},
		{"-http", "nowhere", "-http nowhere: address nowhere: missing port in address"},
		{"-http", "localhost:99999", "-http localhost:99999: address 99999: invalid port"},
		{"-sped", "1", "flag provided but not defined: -sped"},
		{"-batch", "", `invalid value "" for flag -batch: parse error`},
		{"-speed=1", "quakes.csv", `unexpected argument "quakes.csv"`},
	} {
		if _, err := parseFlags([]string{test.flag, test.value}, nil); err == nil || err.Error() != test.want {
			t.Errorf("%s %s: error %v, want %s", test.flag, test.value, err, test.want)
		}
	}
}

func TestHelpExplainsEveryFlag(t *testing.T) {
	var out bytes.Buffer
	if _, err := parseFlags([]string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("error %v, want %v", err, flag.ErrHelp)
	}
	for _, name := range []string{"in", "pollers", "interval", "batch", "partitions", "dsn", "speed", "drain", "http"} {
		if !regexp.MustCompile(`(?m)^  -` + name + ` \w+\n    \t\w.{20,}`).Match(out.Bytes()) {
			t.Errorf("-%s is not explained in\n%s", name, &out)
		}
	}
	for _, text := range []string{"Exit status", "Ctrl-C", "DROPPED"} {
		if !bytes.Contains(out.Bytes(), []byte(text)) {
			t.Errorf("no %q in\n%s", text, &out)
		}
	}
}
