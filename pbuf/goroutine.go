package pbuf

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID reads the number from the first line of a stack trace, which is
// the only place that has it: "goroutine 7 [running]:". A microsecond, for
// workers that begin, Flush and Stop only. 0 if that line ever changes: then a
// deadlock is not detected, and nothing else.
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
