package pbuf

import (
	"encoding/binary"
	"fmt"
	"io"
)

// ReadSnapshot reads what [WriteSnapshot] wrote, for Options.Initial ([slices.Values]),
// to the end of r and into memory. It returns every whole entry, also beside an error.
// That wraps ErrSnapshot if the snapshot was cut short or damaged, and says how much is
// missing as far as can be known; otherwise it is r's, or the codec's for entries that
// are left out.
func ReadSnapshot[K comparable, V any](r io.Reader, codec Codec) ([]Entry[K, V], error) {
	if r == nil {
		return nil, argumentError("ReadSnapshot", "reader")
	}
	if err := codec.check("ReadSnapshot"); err != nil {
		return nil, err
	}
	data, readErr := io.ReadAll(r)
	s := snapshot[K, V]{codec: codec, rest: data}
	s.read()
	if readErr != nil {
		return s.entries, fmt.Errorf("pbuf: ReadSnapshot: %w", readErr)
	}
	return s.entries, s.err
}

// snapshot is what has been read of one.
type snapshot[K comparable, V any] struct {
	codec   Codec
	rest    []byte
	entries []Entry[K, V]
	frames  uint64 // whole ones, of entries
	skipped int    // bytes that belong to no whole frame
	err     error  // the first that was found
}

func (s *snapshot[K, V]) read() {
	if len(s.rest) < len(snapshotMagic) || string(s.rest[:len(snapshotMagic)]) != snapshotMagic {
		s.fail(fmt.Errorf("%w: it does not begin as a snapshot of version 1 does", ErrSnapshot))
		return
	}
	s.rest = s.rest[len(snapshotMagic):]
	for len(s.rest) > 0 {
		payload, ok := s.frame()
		if !ok {
			// Damaged here: the next whole frame is looked for byte by byte, which a
			// mark and two numbers that have to agree make quick.
			s.rest = s.rest[1:]
			s.skipped++
			continue
		}
		if payload[0]&flagEnd != 0 {
			s.end(payload[1:])
			return
		}
		s.frames++
		s.entry(payload)
	}
	s.fail(fmt.Errorf("%w: it is cut short after %d whole entries", ErrSnapshot, s.frames))
}

// frame takes a whole frame off the rest.
func (s *snapshot[K, V]) frame() (payload []byte, ok bool) {
	if len(s.rest) <= frameHeader || s.rest[0] != frameMark {
		return nil, false
	}
	length := uint64(binary.LittleEndian.Uint32(s.rest[1:]))
	if length == 0 || length > uint64(len(s.rest)-frameHeader) {
		return nil, false
	}
	frame := s.rest[:frameHeader+length]
	if binary.LittleEndian.Uint64(frame[5:]) != frameSum(frame) {
		return nil, false
	}
	s.rest = s.rest[len(frame):]
	return frame[frameHeader:], true
}

func (s *snapshot[K, V]) entry(payload []byte) {
	number := s.frames - 1
	e := Entry[K, V]{Deleted: payload[0]&flagDeleted != 0, Reset: payload[0]&flagReset != 0}
	h := head{rest: payload[1:]}
	e.Version, e.Updates = h.varint(), h.uvarint()
	e.Attempts = min(h.byte(), MaxAttempts)
	key := h.bytes(h.uvarint())
	if h.short {
		s.fail(fmt.Errorf("%w: entry %d ends within its numbers or its key", ErrSnapshot, number))
		return
	}
	err := s.codec.Unmarshal(key, &e.Key)
	if err == nil && !e.Deleted {
		err = s.codec.Unmarshal(h.rest, &e.Value)
	}
	if err != nil {
		s.fail(fmt.Errorf("pbuf: ReadSnapshot: entry %d: %w", number, err))
		return
	}
	s.entries = append(s.entries, e)
}

// head reads what precedes an entry's value.
type head struct {
	rest  []byte
	short bool
}

func (h *head) skip(n int) {
	if n <= 0 {
		h.short, h.rest = true, nil
		return
	}
	h.rest = h.rest[n:]
}

func (h *head) varint() int64 {
	v, n := binary.Varint(h.rest)
	h.skip(n)
	return v
}

func (h *head) uvarint() uint64 {
	v, n := binary.Uvarint(h.rest)
	h.skip(n)
	return v
}

func (h *head) byte() byte {
	b := h.bytes(1)
	if h.short {
		return 0
	}
	return b[0]
}

func (h *head) bytes(n uint64) []byte {
	if n > uint64(len(h.rest)) {
		h.short, h.rest = true, nil
		return nil
	}
	b := h.rest[:n]
	h.rest = h.rest[n:]
	return b
}

// end compares the count in the last frame with what was read.
func (s *snapshot[K, V]) end(payload []byte) {
	written, n := binary.Uvarint(payload)
	switch {
	case n <= 0:
		s.fail(fmt.Errorf("%w: its last frame has no count", ErrSnapshot))
	case written != s.frames:
		s.fail(fmt.Errorf("%w: %d of %d entries are whole", ErrSnapshot, s.frames, written))
	case s.skipped > 0 || len(s.rest) > 0:
		s.fail(fmt.Errorf("%w: all %d entries are whole, but %d bytes are none of them", ErrSnapshot, written, s.skipped+len(s.rest)))
	}
}

func (s *snapshot[K, V]) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}
