package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What uses the package that is left out is left out too, if in its tests alone.
func TestPackagesWithoutOne(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod":              "module m\n\ngo 1.26\n",
		"left/left.go":        "package left\n",
		"uses/uses.go":        "package uses\n\nimport _ \"m/left\"\n",
		"tests/tests.go":      "package tests\n",
		"tests/use_test.go":   "package tests\n\nimport _ \"m/left\"\n",
		"outside/outside.go":  "package outside\n",
		"outside/use_test.go": "package outside_test\n\nimport _ \"m/left\"\n",
		"leftover/other.go":   "package leftover\n",
	})
	for _, c := range []struct {
		without string
		want    []string
	}{
		{"m/left", []string{"m/leftover"}},
		{"", []string{"m/left", "m/leftover", "m/outside", "m/tests", "m/uses"}},
	} {
		got, err := options{without: c.without}.packages(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("without %q: %q, want %q", c.without, got, c.want)
		}
	}
	if _, err := (options{}).packages(filepath.Join(dir, "none")); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

// Modules come in the order in which they were given, whatever is wrong with one.
func TestModulesComeInOrder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"go.mod": "module m\n\ngo 1.26\n"})
	none := filepath.Join(dir, "none")
	var dirs []string
	for m := range (options{}).compiled([]string{dir, none, dir}) {
		if (m.err != nil) != (m.dir == none) {
			t.Errorf("%s: error %v", m.dir, m.err)
		}
		dirs = append(dirs, m.dir)
	}
	if want := []string{dir, none, dir}; !slices.Equal(dirs, want) {
		t.Errorf("%q, want %q", dirs, want)
	}
}

// A package that cannot be loaded is tested too: go test says what is wrong with it,
// and the packages and modules after it have their turn.
func TestPackagesThatAreBroken(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod":       "module m\n\ngo 1.26\n",
		"bad/bad.go":   "package bad\n\nimport _ \"m/none\"\n",
		"good/good.go": "package good\n",
	})
	got, err := options{}.packages(dir)
	if want := []string{"m/bad", "m/good"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// write makes files in dir, and the folders that they are in.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
