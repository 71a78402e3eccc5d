package pbuf

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"

	"github.com/zeebo/xxh3"
)

// Codec turns keys and values into bytes and back; package codec has ready ones.
// Unmarshal gets exactly what Marshal returned, and a pointer to the zero key or value.
type Codec struct {
	Marshal   func(v any) ([]byte, error)
	Unmarshal func(data []byte, v any) error
}

// A snapshot is a magic with a version of the format, then frames: a mark, the length
// of the payload, a checksum of length and payload, and the payload. That of an entry
// is a flag byte, Version, Updates, Attempts, the length of the encoded key, the key,
// and the value, which a tombstone does not have. The payload of the last frame is the
// number of frames before it, so a snapshot that ends between two frames is known to be
// cut short.
const (
	snapshotMagic = "pbufsnap\x01"
	frameMark     = 0xB5
	frameHeader   = 1 + 4 + 8

	flagDeleted = 1 << 0
	flagReset   = 1 << 1
	flagEnd     = 1 << 7
)

// WriteSnapshot writes entries, such as [Map.Undelivered] yields, for [ReadSnapshot] to
// read after a restart; each has its own length and checksum. It writes in small
// pieces: give it a bufio.Writer, and sync and rename a file only after it returned
// nil. It returns the first error of codec or w.
func WriteSnapshot[K comparable, V any](w io.Writer, entries iter.Seq[Entry[K, V]], codec Codec) error {
	if w == nil {
		return argumentError("WriteSnapshot", "writer")
	}
	if err := codec.check("WriteSnapshot"); err != nil {
		return err
	}
	if entries == nil {
		return argumentError("WriteSnapshot", "sequence")
	}
	if _, err := io.WriteString(w, snapshotMagic); err != nil {
		return fmt.Errorf("pbuf: WriteSnapshot: %w", err)
	}
	var frame []byte
	written := uint64(0)
	for e := range entries {
		frame = append(frame[:0], make([]byte, frameHeader)...)
		var err error
		if frame, err = appendEntry(frame, &e, codec); err != nil {
			return fmt.Errorf("pbuf: WriteSnapshot: entry %d: %w", written, err)
		}
		if err := writeFrame(w, frame); err != nil {
			return err
		}
		written++
	}
	frame = append(frame[:0], make([]byte, frameHeader)...)
	return writeFrame(w, binary.AppendUvarint(append(frame, flagEnd), written))
}

// check says what the codec lacks.
func (c Codec) check(method string) error {
	switch {
	case c.Marshal == nil:
		return argumentError(method, "codec's Marshal")
	case c.Unmarshal == nil:
		return argumentError(method, "codec's Unmarshal")
	}
	return nil
}

func appendEntry[K comparable, V any](frame []byte, e *Entry[K, V], codec Codec) ([]byte, error) {
	var flags byte
	if e.Deleted {
		flags |= flagDeleted
	}
	if e.Reset {
		flags |= flagReset
	}
	frame = append(frame, flags)
	frame = binary.AppendVarint(frame, e.Version)
	frame = binary.AppendUvarint(frame, e.Updates)
	frame = append(frame, e.Attempts)
	key, err := codec.Marshal(e.Key)
	if err != nil {
		return frame, err
	}
	frame = binary.AppendUvarint(frame, uint64(len(key)))
	frame = append(frame, key...)
	if e.Deleted {
		return frame, nil
	}
	value, err := codec.Marshal(e.Value)
	return append(frame, value...), err
}

// writeFrame fills in the header, for which the frame has room, and writes it.
func writeFrame(w io.Writer, frame []byte) error {
	frame[0] = frameMark
	length := len(frame) - frameHeader
	if uint64(length) > maxFrame {
		return fmt.Errorf("%w: WriteSnapshot: an entry has %d bytes, at most %d fit", ErrArgument, length, int64(maxFrame))
	}
	binary.LittleEndian.PutUint32(frame[1:], uint32(length))
	binary.LittleEndian.PutUint64(frame[5:], frameSum(frame))
	if _, err := w.Write(frame); err != nil {
		return fmt.Errorf("pbuf: WriteSnapshot: %w", err)
	}
	return nil
}

const maxFrame = 1<<32 - 1

// frameSum is the checksum of a frame's payload, seeded with its length.
func frameSum(frame []byte) uint64 {
	payload := frame[frameHeader:]
	return xxh3.HashSeed(payload, uint64(len(payload)))
}
