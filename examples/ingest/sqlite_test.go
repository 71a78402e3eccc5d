package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSQLiteMakesItsOwnFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	paths := make(map[string]bool)
	for range 2 {
		s, err := openSink(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		path, ok := strings.CutPrefix(s.where(), "SQLite, ")
		if !ok || !strings.HasPrefix(path, os.TempDir()) || paths[path] {
			t.Errorf("where: %s, want another new path under %s", s.where(), os.TempDir())
		}
		paths[path] = true
		save(t, s, at("a", 1))
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("the file does not stay: %v", err)
		}
	}
}

func TestSQLiteReportsWhatItCannotOpen(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "folder.db")
	if _, err := createSQLite(t.Context(), missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want one that names %s", err, missing)
	}
	t.Setenv("TMPDIR", missing)
	if _, err := openSink(t.Context(), ""); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want one that names %s", err, missing)
	}
}
