package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// store writes a file of the report.
func (o options) store(name string, content []byte) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.WriteFile(filepath.Join(o.out, name), content, 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

var reportFile = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)-(.+?)(-put-zipf|-put-uniform|-flush-zipf|-latency)?\.(md|txt|txt\.gz|svg)$`)

// removeOlder removes the files of the reports that the one of date replaces:
// those of the same processor, made earlier. The history of the repository
// keeps them. It returns their names.
func (o options) removeOlder(date, slug string) (removed []string, err error) {
	files, err := os.ReadDir(o.out)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	for _, file := range files {
		m := reportFile.FindStringSubmatch(file.Name())
		if m == nil || m[2] != slug || strings.Compare(m[1], date) >= 0 {
			continue
		}
		if err := os.Remove(filepath.Join(o.out, file.Name())); err != nil {
			return removed, fmt.Errorf("report: %w", err)
		}
		removed = append(removed, file.Name())
	}
	return removed, nil
}
