package pbuf

import (
	"bytes"
	"context"
	"runtime"
	"strconv"
)

// insideKey marks the contexts that processors get, with the Map as the value.
type insideKey struct{}

// inside reports whether the caller is one of the buffer's flushers: by the
// context, which also covers goroutines that a processor starts and waits for,
// or by the goroutine itself. Waiting for the flusher would then be for ever.
func (m *Map[K, V]) inside(ctx context.Context) bool {
	if ctx.Value(insideKey{}) == any(m) {
		return true
	}
	id := goroutineID()
	for _, f := range m.flushers {
		// A number stored by the flusher's goroutine itself before it calls user
		// code: equal only on that goroutine.
		if f.goroutine.Load() == id {
			return true
		}
	}
	return false
}

// goroutineID reads the number from the first line of a stack trace, which is
// the only place that has it: "goroutine 7 [running]:". A microsecond, for
// Flush and Stop only. 0 if that line ever changes: then a deadlock is not
// detected, and nothing else.
func goroutineID() uint64 {
	var buf [64]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(line, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
