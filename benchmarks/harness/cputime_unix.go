//go:build unix

package harness

import (
	"syscall"
	"time"
)

// cpuTime is the processor time of the process so far. Per operation it counts
// flushers and the collector too, and unlike the wall clock it hardly moves
// when other programs want the processors.
func cpuTime() (used time.Duration, ok bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
