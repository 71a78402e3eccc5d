package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const writeFile = "internal/shard/write.go"

func write() []Mutation {
	return append(hits(), []Mutation{
		one("a claimed word is not waited for", "S2", writeFile, "\t\tif !isLive(old) {\n", "\t\tif old == dead {\n"),
		one("an equal version is newer", "G2", writeFile, "\t\tif old > floor {\n", "\t\tif old > floor && old != floor+1 {\n"),
		one("revival is not counted", "G1", writeFile,
			"\tlive = uint32(g.store.counts.Add(oneLive))\n", "\tlive = uint32(g.store.counts.Load())\n"),
		one("revival by Store", "S2", writeFile, "\tif !s.word.CompareAndSwap(dead, busy) {", "\tif s.word.Store(busy); false {"),
		one("check omitted: a revival does not ask for its generation", "S1", writeFile,
			"\tif p.current.Load() != g { // check", "\tif false { // check"),
		one("a revival's failed check keeps the claim", "S3", writeFile,
			"\t\ts.word.Store(dead)\n\t\treturn 0, 0, false\n", "\t\treturn 0, 0, false\n"),
		one("a revival that Full refuses keeps its claim", "S3", writeFile,
			"\t\ts.word.Store(dead)\n\t\treturn Full, 0, true\n", "\t\treturn Full, 0, true\n"),
		one("revival does not look in flight", "G4", writeFile,
			"newerInFlight(g, hash, s.key, word) {\n", "newerInFlight(g, hash, s.key, word) && false {\n"),
		one("insert does not look in flight", "G4", writeFile,
			"newerInFlight(g, hash, key, word) {\n", "newerInFlight(g, hash, key, word) && false {\n"),
		one("the look does not pass the own generation", "G4", writeFile,
			"\tif f == g {\n\t\tf = g.older.Load()\n\t}\n", "\tif f == g {\n\t\treturn false\n\t}\n"),
		one("the look does not wait for a claim", "G4", writeFile,
			"s != nil && s.settled() >= word {", "s != nil && s.word.Load() >= word {"),
		one("the memory of versions is not asked", "G4", writeFile,
			"\treturn p.versions != nil && p.versions.newer(key, word)\n", "\treturn false\n"),
		{Name: "insert outside the gate", Invariant: "E1", Edits: []overlay.Edit{
			{
				File: writeFile, Old: "\tstripe, ok := g.gate.Enter()\n",
				New: "\tstripe, ok := g.gate.Enter()\n\tif ok {\n\t\tg.gate.Leave(stripe)\n\t}\n",
			},
			{File: writeFile, Old: "\t\tg.gate.Leave(stripe)\n\t}\n\tif !ok", New: "\t}\n\tif !ok"},
		}},
		control(one("check omitted: an insert does not ask for its generation", "G2", writeFile,
			"\t\tif ok = s != nil && p.current.Load() == g; ok {\n", "\t\tif ok = s != nil; ok {\n")),
		one("a refused insert stays claimed", "S3", writeFile,
			"again.\n\t\t\ts.word.Store(dead)\n", "again.\n"),
		one("an insert never leaves the gate", "E1", writeFile, "\t\tg.gate.Leave(stripe)\n", "\t\t_ = stripe\n"),
		one("a refused insert keeps its unit of the limit", "limit", writeFile,
			"\tif !ok && m&restored == 0 {\n\t\tp.Give(1, size)\n\t}\n", ""),
		one("restored inserts are not counted", "G1", writeFile,
			"\t\t\tif m&restored != 0 {\n\t\t\t\tg.store.restored.Add(1)\n\t\t\t}\n\t\t\tif m&sized", "\t\t\tif m&sized"),
		one("restored revivals are not counted", "G1", writeFile,
			"\tif m&restored != 0 {\n\t\tg.store.restored.Add(1)\n\t} else if", "\tif m&restored != 0 {\n\t} else if"),
		one("an insert does not note its size", "limit", writeFile,
			"\t\t\tif m&sized != 0 {\n\t\t\t\t*g.store.size(s) = size\n\t\t\t}\n", ""),
		one("a revival does not note its size", "limit", writeFile,
			"\tif m&sized != 0 {\n\t\t*g.store.size(s) = size\n\t}\n\tlive", "\tlive"),
		one("an overwrite does not note its size", "limit", writeFile,
			"\tif m&sized != 0 {\n\t\tp.resize(st, s, size)\n\t}\n", ""),
		one("a value does not tell of the tombstone before it", "Reset", writeFile,
			"\tif m&resetting != 0 && m&deletedBit == 0 &&", "\tif false && m&deletedBit == 0 &&"),
	}...)
}
