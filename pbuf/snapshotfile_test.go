package pbuf_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
	if _, err := pbuf.ReadSnapshotFile[string, int](nowhere, pbuf.Codec{}); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("no codec: error %v, want %v", err, pbuf.ErrArgument)
	}
}
