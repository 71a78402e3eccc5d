package pbuf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadSnapshot reads what [WriteSnapshot] wrote, for Options.Initial ([slices.Values]),
// to the end of r and into memory. It returns every whole entry, also beside an error.
// That joins what there is of r's error, one that wraps ErrSnapshot if the snapshot was
// cut short or damaged, with how much is missing as far as can be known, and an
// [*OmittedError] for entries that codec failed on.
func ReadSnapshot[K comparable, V any](r io.Reader, codec Codec) ([]Entry[K, V], error) {
	if r == nil {
		return nil, argumentError("ReadSnapshot", "reader")
	}
	if err := codec.check("ReadSnapshot"); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	s := snapshot[K, V]{codec: codec, rest: data, whole: err == nil}
	s.read()
	if err != nil {
		err = fmt.Errorf("pbuf: ReadSnapshot: %w", err)
	}
	return s.entries, errors.Join(err, s.damage(), s.left.err())
}

// snapshot is what has been read of one.
type snapshot[K comparable, V any] struct {
	codec   Codec
	rest    []byte
	whole   bool // the reader did not fail
	entries []Entry[K, V]
	frames  uint64   // whole ones, of entries
	skipped int      // bytes that belong to no whole frame
	gap     int      // those of them before the last whole frame
	ends    int      // frames that say how many were written
	written uint64   // what the last of them says
	ended   bool     // nothing follows it
	wrong   []string // what else is
	left    omitted
}

func (s *snapshot[K, V]) read() {
	after, ok := bytes.CutPrefix(s.rest, []byte(snapshotText))
	switch {
	case ok && len(after) > 0 && after[0] == snapshotVersion:
		s.rest = after[1:]
	case ok && len(after) > 0:
		s.fault("it is of version %d of the format, not %d", after[0], snapshotVersion)
		return
	case s.whole || !strings.HasPrefix(snapshotText, string(s.rest)):
		s.fault("it does not begin as a snapshot of version %d does", snapshotVersion)
	}
	for len(s.rest) > 0 {
		payload, ok := s.frame()
		if !ok {
			// Damaged here: the next whole frame is looked for byte by byte. Nearly all
			// have no mark or a length that leads beyond the end; only bytes that are made
			// to look like many long frames take a time that is quadratic.
			s.rest = s.rest[1:]
			s.skipped++
			continue
		}
		s.gap = s.skipped
		if payload[0]&flagEnd != 0 {
			s.end(payload[1:])
			continue
		}
		s.frames++
		s.entry(payload)
	}
	s.judge()
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
	e := Entry[K, V]{Deleted: payload[0]&flagDeleted != 0, Reset: payload[0]&flagReset != 0}
	h := head{rest: payload[1:]}
	e.Version, e.Updates = h.varint(), h.uvarint()
	e.Attempts = min(h.byte(), MaxAttempts)
	key := h.bytes(h.uvarint())
	if h.short {
		s.fault("entry %d ends within its numbers or its key", s.frames-1)
		return
	}
	err := guarded(func() error {
		if err := s.codec.Unmarshal(key, &e.Key); err != nil {
			return err
		}
		same(e.Key, e.Key) // panics for what New could not put into a map
		if e.Deleted {
			return nil
		}
		return s.codec.Unmarshal(h.bytes(uint64(len(h.rest))), &e.Value)
	}).err
	if err != nil {
		s.left.add(s.frames-1, err)
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
	b := h.rest[:n:n] // who keeps it may append to it
	h.rest = h.rest[n:]
	return b
}

// end notes the count in a frame that is an end if nothing follows it. Otherwise it is
// of a snapshot in a damaged value, or somebody wrote on.
func (s *snapshot[K, V]) end(payload []byte) {
	written, n := binary.Uvarint(payload)
	if n <= 0 {
		s.fault("its last frame has no count")
	}
	s.ends, s.written, s.ended = s.ends+1, written, len(s.rest) == 0
}

// judge compares what has been read with what was written.
func (s *snapshot[K, V]) judge() {
	skipped := s.skipped
	switch {
	case s.ends == 0 && s.whole:
		s.fault("it is cut short after %d whole entries", s.frames)
	case s.ends == 0:
		skipped = s.gap // behind it is what the reader's error has cut off
	case s.written != s.frames:
		s.fault("%d entries are whole, %d were written", s.frames, s.written)
	case !s.ended || s.ends > 1:
		s.fault("all %d entries are whole, but it goes on after an end", s.frames)
	}
	if skipped > 0 {
		s.fault("%d bytes belong to no whole entry", skipped)
	}
}

// fault notes what is wrong; a file made to have many of them gets a few.
func (s *snapshot[K, V]) fault(format string, args ...any) {
	if len(s.wrong) < 5 {
		s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
	}
}

func (s *snapshot[K, V]) damage() error {
	if len(s.wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrSnapshot, strings.Join(s.wrong, "; "))
}
