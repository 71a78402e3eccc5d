package pbuf

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"runtime"
	"syscall"
)

// WriteSnapshotFile is [WriteSnapshot] into a file that only the user may read. It
// changes as a whole or not at all, even if the process dies, and where folders can be
// synced the machine: entries go into path.new, which is synced and renamed. With an
// [*OmittedError] the file has all other entries; with any other, or if all were left
// out, it is as it was, unless the folder's sync failed. No entries leave no file, so
// it can be called after every Stop that returned nil or an *UndeliveredError; after
// any other it would remove what is kept. A link at path is replaced, not followed.
// Calls for one path must not overlap.
func WriteSnapshotFile[K comparable, V any](path string, entries iter.Seq[Entry[K, V]], codec Codec) error {
	if path == "" {
		return emptyPath("WriteSnapshotFile")
	}
	if err := codec.check("WriteSnapshotFile"); err != nil {
		return err
	}
	if entries == nil {
		return argumentError("WriteSnapshotFile", "sequence")
	}
	left, err := replaceSnapshot(path, entries, codec)
	if err != nil {
		err = fmt.Errorf("pbuf: WriteSnapshotFile: %w", err)
	}
	return errors.Join(err, left.err())
}

func emptyPath(method string) error {
	return fmt.Errorf("%w: %s: path is empty", ErrArgument, method)
}

// replaceSnapshot puts a new file in the place of the old one, or none if there is
// nothing to be kept. The error is the system's.
func replaceSnapshot[K comparable, V any](path string, entries iter.Seq[Entry[K, V]], codec Codec) (left omitted, err error) {
	if info, err := os.Lstat(path); err == nil && info.IsDir() { // an empty one would be removed
		return left, &fs.PathError{Op: "replace", Path: path, Err: syscall.EISDIR}
	}
	fresh := path + ".new"
	// Whatever lies there may be a link, or for all to read.
	if err := removeIfThere(fresh); err != nil {
		return left, err
	}
	file, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return left, err
	}
	defer func() { // also if the sequence panics
		_ = file.Close()
		_ = removeIfThere(fresh) // of no use by now; what counts is err
	}()
	buffered := bufio.NewWriter(file)
	written, left, err := writeSnapshot(buffered, entries, codec)
	if err == nil {
		err = errors.Join(buffered.Flush(), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return omitted{}, err
	}
	switch {
	case written > 0:
		err = os.Rename(fresh, path)
	case left.count > 0:
		return left, nil // the old file is all there is
	default:
		err = removeIfThere(path)
	}
	if err != nil {
		return omitted{}, err
	}
	return left, syncFolder(path)
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
func syncFolder(path string) error {
	end := len(path)
	for end > 0 && !os.IsPathSeparator(path[end-1]) {
		end--
	}
	name := path[:end]
	if name == "" {
		name = "."
	}
	folder, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil // it may be written to, but not opened
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	err = folder.Sync()
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// ReadSnapshotFile is [ReadSnapshot] of a file; no file, no entries. Remove the file
// when they are delivered: when a [Map.Checkpoint] made right after New is done, its
// Err nil. If the process dies with the file still there, the next one delivers them
// again, and a sink without a condition on versions takes them over newer ones. But
// the removal must be over before WriteSnapshotFile, which replaces the file or removes
// it. So if this returns an error beside entries, rename the file, to look into it
// later, and go on with them.
func ReadSnapshotFile[K comparable, V any](path string, codec Codec) ([]Entry[K, V], error) {
	if path == "" {
		return nil, emptyPath("ReadSnapshotFile")
	}
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
