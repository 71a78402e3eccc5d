package pbuf_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
)

// wantFolder wants these files beside the snapshot, and these entries in it.
func wantFolder(t *testing.T, path string, entries []entry, names ...string) {
	t.Helper()
	listed, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, file := range listed {
		got = append(got, file.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder has %q, want %q", got, names)
	}
	read, err := pbuf.ReadSnapshotFile[string, int](path, codec.JSON)
	if diff := cmp.Diff(entries, read); err != nil || diff != "" {
		t.Errorf("error %v, entries (-want +got):\n%s", err, diff)
	}
}

func TestSnapshotFileIsReplacedAndRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left")
	for _, entries := range [][]entry{nil, keepsakes, keepsakes[:2], nil, nil} {
		if err := pbuf.WriteSnapshotFile(path, slices.Values(entries), codec.JSON); err != nil {
			t.Fatal(err)
		}
		if entries == nil {
			wantFolder(t, path, nil)
		} else {
			wantFolder(t, path, entries, "left")
		}
	}
}

// What is there stays if what is to replace it cannot be written, even if a file of
// an attempt that was cut short lies beside it.
func TestSnapshotFileStaysAfterAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left")
	if err := pbuf.WriteSnapshotFile(path, slices.Values(keepsakes), codec.JSON); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte("half of"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, path, keepsakes, "left", "left.new")
	errCodec := errors.New("codec broke")
	broken := codec.JSON
	broken.Marshal = func(any) ([]byte, error) { return nil, errCodec }
	if err := pbuf.WriteSnapshotFile(path, slices.Values(keepsakes[:1]), broken); !errors.Is(err, errCodec) {
		t.Errorf("error %v, want %v", err, errCodec)
	}
	wantFolder(t, path, keepsakes, "left")
}

// What can be written replaces what is there, beside an error.
func TestSnapshotFileWithoutWhatIsLeftOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left")
	must(t, pbuf.WriteSnapshotFile(path, slices.Values(keepsakes), codec.JSON))
	bad := entry{Key: "\xff"}
	wantOmitted(t, pbuf.WriteSnapshotFile(path, slices.Values([]entry{bad, keepsakes[0]}), codec.JSON), 1)
	wantFolder(t, path, keepsakes[:1], "left")
}

// A panic of the sequence leaves nothing behind, nor the old file changed.
func TestSnapshotFileOfAPanickingSequence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left")
	must(t, pbuf.WriteSnapshotFile(path, slices.Values(keepsakes), codec.JSON))
	func() {
		defer func() {
			if got := recover(); got != errDown {
				t.Errorf("panic %v, want the sequence's", got)
			}
		}()
		_ = pbuf.WriteSnapshotFile(path, func(func(entry) bool) { panic(errDown) }, codec.JSON)
	}()
	wantFolder(t, path, keepsakes, "left")
}

// What lies in the way is neither written to nor does it lend its mode.
func TestSnapshotFileBesideAnotherNew(t *testing.T) {
	for name, lay := range map[string]func(t *testing.T, path string){
		"for all to read": func(t *testing.T, path string) {
			must(t, os.WriteFile(path, nil, 0o666))
			must(t, os.Chmod(path, 0o666))
		},
		"a link": func(t *testing.T, path string) {
			victim := filepath.Join(t.TempDir(), "victim")
			must(t, os.WriteFile(victim, []byte("precious"), 0o600))
			if err := os.Symlink(victim, path); err != nil {
				t.Skip(err)
			}
			t.Cleanup(func() {
				if got, err := os.ReadFile(victim); string(got) != "precious" {
					t.Errorf("the file that the link leads to has %q, %v", got, err)
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "left")
			lay(t, path+".new")
			must(t, pbuf.WriteSnapshotFile(path, slices.Values(keepsakes), codec.JSON))
			wantFolder(t, path, keepsakes, "left")
			if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 && runtime.GOOS != "windows" {
				t.Errorf("%v, %v; want the mode 0600", info.Mode(), err)
			}
		})
	}
}

// A folder is neither replaced nor removed, though it is empty.
func TestSnapshotFileOverAFolder(t *testing.T) {
	path := t.TempDir()
	for _, entries := range [][]entry{keepsakes, nil} {
		if err := pbuf.WriteSnapshotFile(path, slices.Values(entries), codec.JSON); err == nil {
			t.Errorf("no error with %d entries", len(entries))
		}
		if info, err := os.Lstat(path); err != nil || !info.IsDir() {
			t.Errorf("with %d entries: the folder is gone: %v, %v", len(entries), info, err)
		}
		if _, err := os.Lstat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s.new: %v, want %v", path, err, fs.ErrNotExist)
		}
	}
}

func TestSnapshotFileErrors(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "no", "such", "folder")
	if err := pbuf.WriteSnapshotFile(nowhere, slices.Values(keepsakes), codec.JSON); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
	if err := pbuf.WriteSnapshotFile[string, int](nowhere, nil, codec.JSON); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no sequence: error %v, want %v", err, pbuf.ErrArgument)
	}
	if err := pbuf.WriteSnapshotFile(nowhere, slices.Values(keepsakes), pbuf.Codec{}); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no codec: error %v, want %v", err, pbuf.ErrArgument)
	}
	if _, err := pbuf.ReadSnapshotFile[string, int](t.TempDir(), codec.JSON); err == nil || errors.Is(err, pbuf.ErrSnapshot) {
		t.Errorf("a folder: error %v, want the system's", err)
	}
	if err := pbuf.WriteSnapshotFile("", slices.Values(keepsakes), codec.JSON); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no path: error %v, want %v", err, pbuf.ErrArgument)
	}
	if _, err := pbuf.ReadSnapshotFile[string, int]("", codec.JSON); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no path: error %v, want %v", err, pbuf.ErrArgument)
	}
	if _, err := pbuf.ReadSnapshotFile[string, int](nowhere, pbuf.Codec{}); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no codec: error %v, want %v", err, pbuf.ErrArgument)
	}
}
