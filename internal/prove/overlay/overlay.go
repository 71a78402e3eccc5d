package overlay

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Edit replaces text in a file of the library; File is relative to the root of
// its module.
type Edit struct {
	File string
	Old  string // must occur exactly once
	New  string
}

// Overlay is a set of changes to the library.
type Overlay struct {
	Points  bool
	Edits   []Edit
	Without []string // paths of files that are not there
}

// ErrStale says that the library has changed since an edit was made.
var ErrStale = errors.New("overlay: the text to replace is not there")

// packages are those that get points.
var packages = []string{"internal/epoch", "internal/shard", "pbuf"}

// Write writes the changed files and the overlay to dir, which it makes, and
// returns the path for -overlay. root is the root of the library's module.
func (o Overlay) Write(root, dir string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	files := map[string]string{}
	for _, e := range o.Edits {
		if err := edit(files, root, e); err != nil {
			return "", err
		}
	}
	if o.Points {
		if err := addPoints(files, root); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for _, path := range o.Without {
		replace[path] = ""
	}
	for name, text := range files {
		changed := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, name)] = changed
	}
	data, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, data, 0o600)
}

func edit(files map[string]string, root string, e Edit) error {
	text, ok := files[e.File]
	if !ok {
		data, err := os.ReadFile(filepath.Join(root, e.File))
		if err != nil {
			return err
		}
		text = string(data)
	}
	if n := strings.Count(text, e.Old); n != 1 {
		return fmt.Errorf("%w: %s: it occurs %d times, want 1:\n%s", ErrStale, e.File, n, e.Old)
	}
	files[e.File] = strings.Replace(text, e.Old, e.New, 1)
	return nil
}
