package main

// us is the contender whose report this is.
const us = "pbuf"

// mutexes are the rivals whose best is the yardstick.
var mutexes = []string{"mutex02", "mutex16", "mutex64", "index02", "index16", "index64"}

// target is a line of the table to reach: the ratio of our time to that of the
// best mutex map, by GOMAXPROCS.
type target struct {
	title string
	bench string
	unit  string
	ratio map[int]float64
}

var targets = []target{
	{"Put, zipf, int", "Put/dist=zipf", "ns/op", at(1.0, 0.7, 0.45)},
	{"Put, uniform 100k, int", "Put/dist=uniform", "ns/op", at(1.15, 0.8, 0.5)},
	{"Put, uniform, 16-byte string", "Key/key=string16", "ns/op", at(1.1, 0.7, 0.5)},
	{"PutNewer, newer", "PutNewer/order=newer", "ns/op", at(1.1, 0.8, 0.5)},
	{"PutNewer, stale", "PutNewer/order=stale", "ns/op", at(1.0, 0.4, 0.3)},
	{"Get", "Get/find=hit", "ns/op", at(1.0, 0.9, 0.6)},
	{"insert unique, flush every 20 ms", "Insert/dist=unique", "ns/op", at(1.15, 1.2, 1.0)},
	{"zipf with flush every 20 ms, end to end", "Flush/every=20ms/dist=zipf", "ns/op", at(1.0, 0.9, 0.5)},
	{"uniform 100k, flush every 20 ms, end to end", "Flush/every=20ms/dist=uniform", "ns/op", at(1.15, 0.8, 0.5)},
	{"PutAll of 100, per entry", "PutAll/size=100/dist=uniform", "ns/op", at(1.0, 0.9, 0.7)},
	{"p99.9 of one Put, 8 writers, flush every 10 ms", "Latency/processor=fast", "p99.9-ns", map[int]float64{2: 0.02, 8: 0.02}},
}

func at(one, two, eight float64) map[int]float64 {
	return map[int]float64{1: one, 2: two, 8: eight}
}
