package main

const (
	// us is the contender whose report this is.
	us = "pbuf"
	// literal is the shape that pbuf was asked for, word for word.
	literal = "literal"
)

// mutexes are the rivals whose best is the yardstick.
var mutexes = []string{"mutex02", "mutex16", "mutex64", "index02", "index16", "index64"}

// target is a line of the table to reach: the ratio of our time to that of the
// best mutex map, by GOMAXPROCS.
type target struct {
	title string
	bench string
	unit  string
	ratio map[int]float64
	kind  targetKind
}

type targetKind int

const (
	plain    targetKind = iota
	cold                // measured under /gc=no and /gc=yes; the worse ratio counts
	recorded            // there only if a trace was given
)

// variants are the benchmarks that measure the target.
func (t target) variants() []string {
	if t.kind == cold {
		return []string{t.bench + "/gc=no", t.bench + "/gc=yes"}
	}
	return []string{t.bench}
}

// tracedBench replays the recorded trace.
const tracedBench = "Trace/dist=trace"

var targets = []target{
	{"fill from empty, 100k keys", "Fill/keys=100k", "ns/key", at(0.8, 0.8, 0.7), cold},
	{"fill from empty, 1M keys", "Fill/keys=1M", "ns/key", at(0.8, 0.8, 0.7), cold},
	{"first generation, Put uniform, int", "First/op=put", "ns/op", at(1.0, 0.7, 0.6), cold},
	{"first generation, Put uniform, 16-byte string", "First/op=put-string16", "ns/op", at(1.0, 0.8, 0.7), cold},
	{"first generation, PutNewer, newer", "First/op=newer", "ns/op", at(1.0, 0.7, 0.6), cold},
	{"first generation, PutNewer, stale", "First/op=stale", "ns/op", at(1.0, 0.5, 0.4), cold},
	{"first generation, Get", "First/op=get", "ns/op", at(1.0, 1.0, 1.0), cold},
	{"insert unique, flush every 20 ms", "Insert/dist=unique", "ns/op", at(1.0, 0.9, 0.8), plain},
	{"OLTP trace, flush every 20 ms", tracedBench, "ns/op", at(1.1, 0.7, 0.7), recorded},
	{"uniform 100k, flush every 1 ms, from cold", "FlushCold/every=1ms", "ns/op", at(1.0, 0.9, 0.6), cold},
	{"Put, zipf, int", "Put/dist=zipf", "ns/op", at(0.7, 0.55, 0.5), plain},
	{"Put, uniform 100k, int", "Put/dist=uniform", "ns/op", at(0.7, 0.55, 0.5), plain},
	{"Put, uniform, 16-byte string", "Key/key=string16", "ns/op", at(0.7, 0.55, 0.5), plain},
	{"Put, uniform 1M, int", "Put/dist=uniform-1M", "ns/op", at(0.65, 0.6, 0.6), plain},
	{"PutNewer, newer", "PutNewer/order=newer", "ns/op", at(0.7, 0.6, 0.55), plain},
	{"PutNewer, stale", "PutNewer/order=stale", "ns/op", at(0.73, 0.30, 0.26), plain},
	{"Get", "Get/find=hit", "ns/op", at(1.0, 1.0, 1.0), plain},
	{"PutAll of 100, per entry", "PutAll/size=100/dist=uniform", "ns/op", at(1.0, 1.2, 1.0), plain},
	{"zipf, flush every 20 ms", "Flush/every=20ms/dist=zipf", "ns/op", at(0.8, 0.7, 0.5), plain},
	{"uniform 100k, flush every 20 ms", "Flush/every=20ms/dist=uniform", "ns/op", at(0.8, 0.7, 0.5), plain},
	{"p99.9 of one Put, 8 writers, flush every 10 ms", "Latency/processor=fast", "p99.9-ns", map[int]float64{2: 0.01, 8: 0.01}, plain},
	{"p99.9 of one Put, 8 writers, growing to 1M keys", "LatencyGrowing/keys=1M", "p99.9-ns", at(1.0, 1.0, 1.0), plain},
	{"slowest Put, 8 writers, growing to 1M keys", "LatencyGrowing/keys=1M", "max-ns", at(1.0, 1.0, 1.0), plain},
}

func at(one, two, eight float64) map[int]float64 {
	return map[int]float64{1: one, 2: two, 8: eight}
}
