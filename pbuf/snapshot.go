package pbuf

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"

	"github.com/zeebo/xxh3"
)

// A snapshot is a text and the version of the format, then frames: a mark, the length
// of the payload, a checksum of length and payload, and the payload. That of an entry
// is a flag byte, Version, Updates, Attempts, the length of the encoded key, the key,
// and the value, which a tombstone does not have. The payload of the last frame is the
// number of frames before it, so a snapshot that ends between two frames is known to be
// cut short.
const (
	snapshotText    = "pbufsnap"
	snapshotVersion = 1
	frameMark       = 0xB5
	frameHeader     = 1 + 4 + 8

	flagDeleted = 1 << 0
	flagReset   = 1 << 1
	flagEnd     = 1 << 7
)

// WriteSnapshot writes entries, such as [Map.Undelivered] yields, for [ReadSnapshot] to
// read after a restart; each has its own length and checksum. An entry that codec fails
// on, or whose key it does not read back equal, is left out; then the error, in the
// end, is an [*OmittedError]. An error of w ends it at once. It writes in small pieces:
// give it a bufio.Writer, and sync and rename a file only after nil or *OmittedError.
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
	_, left, err := writeSnapshot(w, entries, codec)
	if err != nil {
		return fmt.Errorf("pbuf: WriteSnapshot: %w", err)
	}
	return left.err()
}

// writeSnapshot also says how many entries it wrote. The error is w's.
func writeSnapshot[K comparable, V any](w io.Writer, entries iter.Seq[Entry[K, V]], codec Codec) (written int, left omitted, err error) {
	if err = writeAll(w, append([]byte(snapshotText), snapshotVersion)); err != nil {
		return 0, left, err
	}
	var frame []byte
	for e := range entries {
		bad := guarded(func() (err error) {
			frame, err = appendEntry(beginFrame(frame), &e, codec)
			return err
		}).err
		if bad != nil {
			left.add(uint64(written+left.count), bad)
			continue
		}
		if err = writeFrame(w, frame); err != nil {
			return written, left, err
		}
		written++
	}
	end := binary.AppendUvarint(append(beginFrame(frame), flagEnd), uint64(written))
	return written, left, writeFrame(w, end)
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
	// Pointers, or methods that have a pointer receiver would not be found.
	key, err := codec.Marshal(&e.Key)
	if err != nil {
		return frame, err
	}
	// Before it is read back: Unmarshal may write to what it gets.
	frame = binary.AppendUvarint(frame, uint64(len(key)))
	frame = append(frame, key...)
	var back K
	if err := codec.Unmarshal(key, &back); err != nil {
		return frame, fmt.Errorf("its key cannot be read back: %w", err)
	}
	if !same(e.Key, back) { // it would take the place of that other key
		return frame, fmt.Errorf("%w: the codec makes another key of its key", ErrArgument)
	}
	if !e.Deleted {
		value, err := codec.Marshal(&e.Value)
		if err != nil {
			return frame, err
		}
		frame = append(frame, value...)
	}
	if length := len(frame) - frameHeader; uint64(length) > maxFrame {
		return frame, fmt.Errorf("%w: it has %d bytes, at most %d fit", ErrArgument, length, int64(maxFrame))
	}
	return frame, nil
}

// beginFrame makes room for a header, in the place of an old frame.
func beginFrame(old []byte) []byte {
	return append(old[:0], make([]byte, frameHeader)...)
}

// writeFrame fills in the header, for which the frame has room, and writes it.
func writeFrame(w io.Writer, frame []byte) error {
	frame[0] = frameMark
	binary.LittleEndian.PutUint32(frame[1:], uint32(len(frame)-frameHeader))
	binary.LittleEndian.PutUint64(frame[5:], frameSum(frame))
	return writeAll(w, frame)
}

// writeAll also notices a writer that writes less and says nothing.
func writeAll(w io.Writer, data []byte) error {
	n, err := w.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	return err
}

const maxFrame = 1<<32 - 1

// frameSum is the checksum of a frame's payload, seeded with its length.
func frameSum(frame []byte) uint64 {
	payload := frame[frameHeader:]
	return xxh3.HashSeed(payload, uint64(len(payload)))
}
