package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestLicences(t *testing.T) {
	const isc = `Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`
	for name, test := range map[string]struct {
		text string
		ok   bool
	}{
		"on the list": {isc, true},
		"none":        {"all rights reserved\n", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "LICENSE"), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		names, err := licencesOf(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := check(names) == nil; got != test.ok {
			t.Errorf("%s: check(%q) is ok: %v, want %v", name, names, got, test.ok)
		}
	}
	if check([]string{"MIT", "OFL-1.1"}) == nil {
		t.Error("a licence that is not on the list passed beside one that is")
	}
}

func TestShipped(t *testing.T) {
	for dir, want := range map[string]bool{
		".": true, "./pbuf/plugin/pbufprom": true, "./internal/prove": false, "./examples": false,
	} {
		if got := shipped(dir); got != want {
			t.Errorf("shipped(%q) is %v", dir, got)
		}
	}
}

// What only tests need is not what users link.
func TestDependencies(t *testing.T) {
	const library, tests = "github.com/zeebo/xxh3", "github.com/google/go-cmp"
	for _, test := range []struct {
		flags []string
		path  string
		want  bool
	}{
		{nil, library, true},
		{nil, tests, false},
		{[]string{"-test"}, library, true},
		{[]string{"-test"}, tests, true},
	} {
		all, err := dependencies(filepath.Join("..", ".."), test.flags...)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.ContainsFunc(all, func(m module) bool { return m.Path == test.path }); got != test.want {
			t.Errorf("with %q, the library depends on %s: %v", test.flags, test.path, got)
		}
	}
}
