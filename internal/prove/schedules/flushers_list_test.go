//go:build pbuf_points && pbuf_flushers

package schedules

import "github.com/partitioned-buffer/go/pbuf"

// act is what a writer does: a PutNewer, or a Delete, or a checkpoint.
type act struct {
	key     int
	version int64
	del     bool
	mark    bool
}

func write(key int, version int64) act { return act{key: key, version: version} }
func erase(key int) act                { return act{key: key, del: true} }

var mark = act{mark: true}

type acts = []act

// flush is one of a flusher's: what fails in it, and whether it is everything that is
// due, or what has not failed.
type flush struct{ fails, all bool }

// mapProgram is a small program on a Map: goroutines that write and make
// checkpoints, the flushers with their own code, and perhaps Stop. After the listed
// flushes each flusher waits for the writers, and delivers what is left.
type mapProgram struct {
	name       string
	partitions int // 0: one
	before     acts
	writers    []acts
	flushes    []flush
	stop       bool // beside everything else, and not at the end
	lossy      bool // GiveUp, or a full buffer
	options    func(*mapOptions)
}

type mapOptions = pbuf.Options[int, int64]

func mapPrograms() []mapProgram {
	giveUp := func(o *mapOptions) { o.Retry = pbuf.Retry{Policy: pbuf.GiveUp} }
	return []mapProgram{
		{
			name: "checkpoints amid writes", writers: []acts{{write(0, 1), mark}, {write(1, 1), mark, write(1, 2)}},
			flushes: []flush{{}},
		},
		{
			name: "checkpoints of nothing, in order", writers: []acts{{mark, mark}, {write(0, 1), mark}},
			flushes: []flush{{}},
		},
		{
			name: "a failed delivery", before: acts{write(0, 1)}, writers: []acts{{mark, write(1, 1), mark}},
			flushes: []flush{{fails: true}, {}},
		},
		{
			name: "a failed delivery that is tried again", before: acts{write(0, 1)}, writers: []acts{{mark}, {mark}},
			flushes: []flush{{fails: true}, {fails: true, all: true}},
		},
		{
			name: "what failed is written again", before: acts{write(0, 1)}, writers: []acts{{write(0, 2), mark}, {mark}},
			flushes: []flush{{fails: true}, {}},
		},
		{
			name: "a stale write", before: acts{write(0, 2)}, writers: []acts{{write(0, 1), mark}, {mark}},
			flushes: []flush{{fails: true}, {}},
		},
		{
			name: "an erased write", before: acts{write(0, 1)}, writers: []acts{{erase(0), mark}, {mark, mark}},
			flushes: []flush{{}, {}},
		},
		{
			name: "what failed is erased", before: acts{write(0, 1)}, writers: []acts{{mark, erase(0), mark}},
			flushes: []flush{{fails: true}, {}},
		},
		{
			name: "beside Stop", before: acts{write(0, 1)}, writers: []acts{{mark, write(1, 1), mark}},
			flushes: []flush{{}}, stop: true,
		},
		{
			name: "a failed delivery beside Stop", before: acts{write(0, 1)}, writers: []acts{{write(0, 2), mark}},
			flushes: []flush{{fails: true}}, stop: true, lossy: true, // Stop tries once
		},
		{
			name: "two partitions", partitions: 2, before: acts{write(0, 1)},
			writers: []acts{{write(1, 1), mark}, {mark}}, flushes: []flush{{}},
		},
		{
			name: "two partitions, one of which fails", partitions: 2, before: acts{write(0, 1), write(1, 1)},
			writers: []acts{{mark, write(1, 2), mark}}, flushes: []flush{{fails: true}},
		},
		{
			name: "given up", before: acts{write(0, 1)}, writers: []acts{{mark, write(1, 1), mark}, {mark}},
			flushes: []flush{{fails: true}, {}}, lossy: true, options: giveUp,
		},
		{
			name: "stale, and given up", before: acts{write(0, 2)}, writers: []acts{{mark, write(0, 1), mark}, {mark}},
			flushes: []flush{{fails: true}, {}}, lossy: true, options: giveUp,
		},
		{
			name: "given up in two partitions", partitions: 2, before: acts{write(0, 1), write(1, 1)}, writers: []acts{{mark}, {mark}},
			flushes: []flush{{fails: true}}, lossy: true, options: giveUp,
		},
		{
			name: "evicted", before: acts{write(0, 1)}, writers: []acts{{mark, write(1, 1), mark}},
			flushes: []flush{{fails: true}}, lossy: true,
			options: func(o *mapOptions) { o.Capacity, o.OnFull = 1, pbuf.DropOldest },
		},
	}
}
