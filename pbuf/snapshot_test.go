package pbuf_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
)

// keepsakes have every kind of field at its limits.
var keepsakes = []entry{
	{Key: "plain", Value: 1},
	{Key: "", Value: -1 << 30},
	{Key: "versioned", Value: 3, Version: pbuf.MinVersion, Updates: 1 << 40},
	{Key: "failed", Value: 4, Version: 1<<63 - 1, Attempts: pbuf.MaxAttempts},
	{Key: "gone", Deleted: true, Version: 7},
	{Key: "begun anew", Value: 6, Reset: true},
}

func snapshotOf(t testing.TB, c pbuf.Codec, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pbuf.WriteSnapshot(&b, slices.Values(entries), c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSnapshotComesBackAsItWas(t *testing.T) {
	for name, c := range map[string]pbuf.Codec{"JSON": codec.JSON, "Gob": codec.Gob} {
		for n := range len(keepsakes) + 1 {
			got, err := pbuf.ReadSnapshot[string, int](bytes.NewReader(snapshotOf(t, c, keepsakes[:n])), c)
			if err != nil {
				t.Errorf("%s, %d entries: %v", name, n, err)
			}
			if diff := cmp.Diff(keepsakes[:n], append([]entry{}, got...)); diff != "" {
				t.Errorf("%s, %d entries (-want +got):\n%s", name, n, diff)
			}
		}
	}
}

// ends are where the frames of keepsakes end, the magic first.
func ends(t *testing.T) []int {
	var at []int
	for n := range len(keepsakes) + 1 {
		whole := len(snapshotOf(t, codec.JSON, keepsakes[:n]))
		at = append(at, whole-len(snapshotOf(t, codec.JSON, nil))+len("pbufsnap\x01"))
	}
	return at
}

func TestSnapshotCutShortGivesEveryWholeEntry(t *testing.T) {
	whole, at := snapshotOf(t, codec.JSON, keepsakes), ends(t)
	for n := range len(whole) {
		got, err := pbuf.ReadSnapshot[string, int](bytes.NewReader(whole[:n]), codec.JSON)
		want := 0
		for want < len(keepsakes) && at[want+1] <= n {
			want++
		}
		if len(got) != want || !errors.Is(err, pbuf.ErrSnapshot) {
			t.Fatalf("cut to %d bytes: %d entries and error %v, want %d and ErrSnapshot", n, len(got), err, want)
		}
	}
}

func TestSnapshotDamagedGivesEveryOtherEntry(t *testing.T) {
	whole, at := snapshotOf(t, codec.JSON, keepsakes), ends(t)
	for i := range at[0] - 1 { // the text; another version is refused
		damaged := slices.Clone(whole)
		damaged[i] ^= 0x10
		got, err := pbuf.ReadSnapshot[string, int](bytes.NewReader(damaged), codec.JSON)
		if diff := cmp.Diff(keepsakes, got); diff != "" || !errors.Is(err, pbuf.ErrSnapshot) {
			t.Fatalf("byte %d damaged: error %v (-want +got):\n%s", i, err, diff)
		}
	}
	for i := at[0]; i < at[len(at)-1]; i++ {
		damaged := slices.Clone(whole)
		damaged[i] ^= 0x10
		got, err := pbuf.ReadSnapshot[string, int](bytes.NewReader(damaged), codec.JSON)
		if !errors.Is(err, pbuf.ErrSnapshot) {
			t.Fatalf("byte %d damaged: error %v, want ErrSnapshot", i, err)
		}
		hit := 0
		for at[hit+1] <= i {
			hit++
		}
		if diff := cmp.Diff(slices.Delete(slices.Clone(keepsakes), hit, hit+1), got); diff != "" {
			t.Fatalf("byte %d of entry %d damaged (-want +got):\n%s", i, hit, diff)
		}
	}
}

func TestSnapshotErrorsSayWhatIsWrong(t *testing.T) {
	whole := snapshotOf(t, codec.JSON, keepsakes)
	read := func(r io.Reader, c pbuf.Codec) error {
		_, err := pbuf.ReadSnapshot[string, int](r, c)
		return err
	}
	errCodec := errors.New("codec broke")
	broken := pbuf.Codec{
		Marshal:   func(any) ([]byte, error) { return nil, errCodec },
		Unmarshal: func([]byte, any) error { return errCodec },
	}
	for name, test := range map[string]struct {
		err  error
		is   error
		says []string
	}{
		"no snapshot":   {read(strings.NewReader("once upon a time"), codec.JSON), pbuf.ErrSnapshot, []string{"version 1", "16 bytes"}},
		"empty":         {read(strings.NewReader(""), codec.JSON), pbuf.ErrSnapshot, []string{"version 1"}},
		"other version": {read(strings.NewReader("pbufsnap\x02"), codec.JSON), pbuf.ErrSnapshot, []string{"version 2", "not 1"}},
		"more after it": {read(bytes.NewReader(append(slices.Clone(whole), "more"...)), codec.JSON), pbuf.ErrSnapshot, []string{"all 6", "4 bytes"}},
		"two ends":      {read(bytes.NewReader(append(slices.Clone(whole), whole[len(whole)-15:]...)), codec.JSON), pbuf.ErrSnapshot, []string{"all 6", "goes on"}},
		"another after": {read(bytes.NewReader(append(slices.Clone(whole), whole...)), codec.JSON), pbuf.ErrSnapshot, []string{"12 entries are whole, 6 were written"}},
		"other codec":   {read(bytes.NewReader(whole), broken), errCodec, []string{"6 entries left out", "entry 2"}},
		"reader breaks": {read(iotest.ErrReader(io.ErrClosedPipe), codec.JSON), io.ErrClosedPipe, []string{"ReadSnapshot"}},
		"no reader":     {read(nil, codec.JSON), pbuf.ErrArgument, []string{"reader"}},
		"no Marshal":    {read(bytes.NewReader(whole), pbuf.Codec{}), pbuf.ErrArgument, []string{"Marshal"}},
		"no Unmarshal":  {read(bytes.NewReader(whole), pbuf.Codec{Marshal: broken.Marshal}), pbuf.ErrArgument, []string{"Unmarshal"}},
		"no writer":     {pbuf.WriteSnapshot(nil, slices.Values(keepsakes), codec.JSON), pbuf.ErrArgument, []string{"writer"}},
		"no entries":    {pbuf.WriteSnapshot[string, int](io.Discard, nil, codec.JSON), pbuf.ErrArgument, []string{"sequence"}},
		"writer stops":  {pbuf.WriteSnapshot(lazy{}, slices.Values(keepsakes), codec.JSON), io.ErrShortWrite, []string{"WriteSnapshot"}},
		"writer breaks": {pbuf.WriteSnapshot(brokenPipe{}, slices.Values(keepsakes), codec.JSON), io.ErrClosedPipe, []string{"WriteSnapshot"}},
		"codec breaks":  {pbuf.WriteSnapshot(io.Discard, slices.Values(keepsakes), broken), errCodec, []string{"6 entries left out", "entry 2"}},
	} {
		if !errors.Is(test.err, test.is) {
			t.Errorf("%s: error is %v, want one that wraps %v", name, test.err, test.is)
			continue
		}
		for _, part := range append(test.says, "pbuf: ") {
			if !strings.Contains(test.err.Error(), part) {
				t.Errorf("%s: error %q does not say %q", name, test.err, part)
			}
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

type lazy struct{}

func (lazy) Write(data []byte) (int, error) { return len(data) / 2, nil }
