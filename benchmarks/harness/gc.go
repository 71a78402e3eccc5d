package harness

import (
	"runtime"
	"runtime/metrics"
)

// processor time since the start of the process, in seconds.
type cpu struct{ gc, used float64 }

// cpuNow collects first: the runtime sums these figures up when it collects.
func cpuNow() cpu {
	runtime.GC()
	s := []metrics.Sample{
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/cpu/classes/idle:cpu-seconds"},
	}
	metrics.Read(s)
	return cpu{gc: s[0].Value.Float64(), used: s[1].Value.Float64() - s[2].Value.Float64()}
}

// gcShare is the percentage of the used time since start that went into
// garbage collection.
func (start cpu) gcShare() float64 {
	now := cpuNow()
	if now.used <= start.used {
		return 0
	}
	return 100 * (now.gc - start.gc) / (now.used - start.used)
}
