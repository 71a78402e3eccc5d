package pbuf

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// A folder that cannot be synced is no reason to be silent.
func TestSyncFolder(t *testing.T) {
	for path, want := range map[string]error{
		"left":                             nil,
		filepath.Join(t.TempDir(), "left"): nil,
		filepath.Join(t.TempDir(), "gone", "left"): fs.ErrNotExist,
	} {
		if err := syncFolder(path); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", path, err, want)
		}
	}
}
