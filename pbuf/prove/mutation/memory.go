package mutation

import "github.com/partitioned-buffer/go/pbuf/prove/overlay"

const (
	storeFile = "internal/shard/store.go"
	placeFile = "internal/shard/place.go"
	arenaFile = "internal/shard/arena.go"
	levelFile = "internal/shard/level.go"
	limitFile = "internal/shard/limit.go"
)

func memory() []Mutation {
	return []Mutation{
		one("the count of slots is not atomic", "S1", storeFile,
			"\t\tn := s.counts.Add(oneTaken + oneLive)\n", "\t\tn := s.counts.Load() + oneTaken + oneLive\n\t\ts.counts.Store(n)\n"),
		one("the count of spilled slots is not atomic", "S1", storeFile,
			"\tn := s.spilled.Add(1) - 1\n", "\tn := s.spilled.Load()\n\ts.spilled.Store(n + 1)\n"),
		one("install makes a slot for a key that is there", "G1", storeFile,
			"\t\tif loaded {\n\t\t\treturn number, false\n\t\t}\n", ""),
		one("a place is taken without asking whose it is", "S1", placeFile,
			"\t\t\tif p.tags[b].CompareAndSwap(w, w|born<<(8*at)) {\n", "\t\t\tif p.tags[b].Store(w | born<<(8*at)); true {\n"),
		{
			Name: "a place is published before its key is written", Invariant: "S1",
			Edits: []overlay.Edit{
				{File: placeFile, Old: "\t\t\t\tslot.key = key\n", New: ""},
				{
					File: placeFile, Old: "<< (8 * at))\n\t\t\t\treturn slot, number, true\n",
					New: "<< (8 * at))\n\t\t\t\tslot.key = key\n\t\t\t\treturn slot, number, true\n",
				},
			},
		},
		one("publication writes over its neighbours", "S1", placeFile,
			"\t\t\t\tp.tags[b].Add((tagOf(hash) - born) << (8 * at))\n", "\t\t\t\tp.tags[b].Store(tagOf(hash) << (8 * at))\n"),
		one("two full buckets prove a miss", "G1", placeFile, "\t\tb ^= 1\n\t}\n\treturn nil, false\n", "\t\tb ^= 1\n\t}\n\treturn nil, true\n"),
		one("a full bucket proves a miss", "G1", placeFile, "\t\tif (w-lowBits)&^w&highBits != 0 {\n", "\t\tif true {\n"),
		one("places that are being born are walked", "S2", placeFile,
			"p.tags[b].Load() & highBits }", "p.tags[b].Load() << 7 & highBits }"),
		one("two take a segment at once", "S1", arenaFile,
			"\t\tif s = a.more[n].Load(); s == nil {\n", "\t\t{\n"),
		one("a segment is not published", "S1", arenaFile, "\t\t\ta.more[n].Store(s)\n", ""),
		one("two make a level at once", "S1", levelFile,
			"\tif top := s.top.Load(); top != l {\n\t\treturn top\n\t}\n", ""),
		one("a level is not published", "G1", levelFile, "\ts.top.Store(next)\n", ""),
		one("a level forgets those below it", "G1", levelFile, ", below: l}", "}"),
		one("a miss in the levels is a miss", "G1", storeFile, "\tif s.spilled.Load() == 0 {\n", "\tif true {\n"),
		one("a unit of the limit is taken twice", "limit", limitFile,
			"\t\tif l.left.CompareAndSwap(n, n-1) {", "\t\tif l.left.Store(n - 1); true {"),
		one("units are not given back", "limit", limitFile, "\t\tl.left.Add(int64(n)) ", "\t\tl.left.Load() "),
	}
}
