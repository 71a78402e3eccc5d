package pbuf_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zeebo/xxh3"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
)

// Whatever the bytes, reading them neither panics nor invents entries: what is
// read, written and read again is the same.
func FuzzReadSnapshot(f *testing.F) {
	whole := snapshotOf(f, codec.JSON, keepsakes)
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add(snapshotOf(f, codec.JSON, nil))
	f.Add([]byte("pbufsnap\x01\xb5"))
	f.Fuzz(func(t *testing.T, data []byte) {
		wantReadAgain(t, data)
	})
}

func wantReadAgain(t *testing.T, data []byte) {
	t.Helper()
	first, _ := pbuf.ReadSnapshot[string, int](bytes.NewReader(data), codec.JSON)
	second, err := pbuf.ReadSnapshot[string, int](bytes.NewReader(snapshotOf(t, codec.JSON, first)), codec.JSON)
	if diff := cmp.Diff(first, second); diff != "" || err != nil {
		t.Errorf("read again: %v (-first +second):\n%s", err, diff)
	}
}

// Chance never finds a checksum, so here are those behind it.
func FuzzSnapshotPayload(f *testing.F) {
	for _, e := range keepsakes {
		one := snapshotOf(f, codec.JSON, []entry{e})
		f.Add(one[len("pbufsnap\x01")+13 : len(one)-15])
	}
	f.Add([]byte{0x80, 1})
	f.Add([]byte{0, 0, 0, 0, 9}) // a key longer than the payload
	f.Fuzz(func(t *testing.T, payload []byte) {
		data := append([]byte("pbufsnap\x01\xb5"), binary.LittleEndian.AppendUint32(nil, uint32(len(payload)))...)
		data = binary.LittleEndian.AppendUint64(data, xxh3.HashSeed(payload, uint64(len(payload))))
		wantReadAgain(t, append(data, payload...))
	})
}
