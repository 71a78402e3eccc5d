package pbuf

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
)

// WriteSnapshotFile is [WriteSnapshot] into a file that only the user may read. It
// changes as a whole or, with an error, not at all, even if the process or the machine
// dies: entries go into path.new, which is synced and renamed. No entries leave no
// file, so it can be called after every Stop.
func WriteSnapshotFile[K comparable, V any](path string, entries iter.Seq[Entry[K, V]], codec Codec) error {
	if err := codec.check("WriteSnapshotFile"); err != nil {
		return err
	}
	if entries == nil {
		return argumentError("WriteSnapshotFile", "sequence")
	}
	fresh := path + ".new"
	written, err := createSnapshot(fresh, entries, codec)
	switch {
	case err != nil:
		_ = os.Remove(fresh) // the error that counts is the first
	case written > 0:
		err = os.Rename(fresh, path)
	default:
		err = errors.Join(os.Remove(fresh), removeIfThere(path))
	}
	if err != nil {
		return fmt.Errorf("pbuf: WriteSnapshotFile: %w", err)
	}
	syncFolder(path)
	return nil
}

// createSnapshot writes a file, syncs it, and returns how many entries it has.
func createSnapshot[K comparable, V any](path string, entries iter.Seq[Entry[K, V]], codec Codec) (written int, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	counted := func(yield func(Entry[K, V]) bool) {
		for e := range entries {
			if written++; !yield(e) {
				return
			}
		}
	}
	buffered := bufio.NewWriter(file)
	if err = WriteSnapshot(buffered, counted, codec); err == nil {
		err = errors.Join(buffered.Flush(), file.Sync())
	}
	return written, errors.Join(err, file.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes a rename outlast a power failure, on systems that can sync
// folders. On others nothing can be done about it. (path/filepath would be a package
// more that users of pbuf link.)
func syncFolder(path string) {
	end := len(path)
	for end > 0 && !os.IsPathSeparator(path[end-1]) {
		end--
	}
	name := path[:end]
	if name == "" {
		name = "."
	}
	if folder, err := os.Open(name); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// ReadSnapshotFile is [ReadSnapshot] of a file; no file, no entries. Keep it until they
// are delivered: the next WriteSnapshotFile replaces or removes it.
func ReadSnapshotFile[K comparable, V any](path string, codec Codec) ([]Entry[K, V], error) {
	if err := codec.check("ReadSnapshotFile"); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("pbuf: ReadSnapshotFile: %w", err)
	}
	defer file.Close()
	return ReadSnapshot[K, V](file, codec)
}
