package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const (
	writeFile    = "internal/shard/write.go"
	insertFile   = "internal/shard/insert.go"
	inflightFile = "internal/shard/inflight.go"
)

func write() []Mutation {
	return append(hits(), []Mutation{
		one("a claimed word is not waited for", "S2", writeFile, "\t\tif !isLive(old) {\n", "\t\tif old == dead {\n"),
		one("an equal version is newer", "G2", writeFile, "\t\tif old > floor {\n", "\t\tif old > floor && old != floor+1 {\n"),
		one("revival is not counted", "G1", writeFile,
			"\tlive = uint32(t.gen.counts.Add(oneLive))\n", "\tlive = uint32(t.gen.counts.Load())\n"),
		one("revival by Store", "S2", writeFile, "\tif !p.claims(t, s, dead) {", "\tif s.word.Store(busy); false {"),
		one("check omitted: a revival does not ask for its generation", "S1", writeFile,
			"\tif !p.claims(t, s, dead) {", "\tif !s.word.CompareAndSwap(dead, busy) {"),
		one("a revival that Full refuses keeps its claim", "S3", writeFile,
			"\t\ts.word.Store(dead)\n\t\treturn Full, 0, true\n", "\t\treturn Full, 0, true\n"),
		one("revival does not look in flight", "G4", writeFile,
			"newerInFlight(t, hash, s.key, word) {\n", "newerInFlight(t, hash, s.key, word) && false {\n"),
		one("insert does not look in flight", "G4", insertFile,
			"newerInFlight(t, hash, key, word) {\n", "newerInFlight(t, hash, key, word) && false {\n"),
		one("the look does not pass the own generation", "G4", inflightFile,
			"\tif f != nil && f.gen == t.gen {\n\t\tf = f.older.Load()\n\t}\n", "\tif f != nil && f.gen == t.gen {\n\t\treturn false\n\t}\n"),
		one("the look does not wait for a claim", "G4", inflightFile,
			"s != nil && s.settled() >= word {", "s != nil && s.word.Load() >= word {"),
		one("the memory of versions is not asked", "G4", inflightFile,
			"\treturn p.versions != nil && p.versions.newer(key, word)\n", "\treturn false\n"),
		{Name: "insert outside the gate", Invariant: "E1", First: "unit tests", Edits: []overlay.Edit{
			{
				File: insertFile, Old: "\ts, ok := p.install(t, key)\n",
				New: "\tt.gate.Leave(stripe)\n\ts, ok := p.install(t, key)\n",
			},
			{File: insertFile, Old: "\tt.gate.Leave(stripe)\n\treturn live, ok\n", New: "\treturn live, ok\n"},
		}},
		control(one("check omitted: an insert does not ask for its generation", "G2", insertFile,
			"\tif p.current.Load() != t {\n\t\t// Gives", "\tif false {\n\t\t// Gives")),
		one("a refused insert stays claimed", "S3", insertFile, "\t\ts.word.Store(void)\n", ""),
		one("a refused insert leaves no key", "G1", insertFile, "\ts.key = key // under the claim; never again (S1)\n", "\tif p.current.Load() == t {\n\t\ts.key = key\n\t}\n"),
		one("an insert never leaves the gate", "E1", insertFile, "\tt.gate.Leave(stripe)\n", "\t_ = stripe\n"),
		{Name: "an insert counts before its check", Invariant: "G1", Edits: []overlay.Edit{
			{File: insertFile, Old: "\tn := t.gen.counts.Add(oneTaken + oneLive)\n", New: ""},
			{File: insertFile, Old: "\ts.key = key // under", New: "\tn := t.gen.counts.Add(oneTaken + oneLive)\n\ts.key = key // under"},
		}},
		one("an insert counts after its publication", "Size", insertFile,
			"\tn := t.gen.counts.Add(oneTaken + oneLive)\n", "\tvar n uint64\n\tdefer t.gen.counts.Add(oneTaken + oneLive)\n"),
		one("a refused insert keeps its unit of the limit", "limit", insertFile,
			"\tif !ok && m&restored == 0 {\n\t\tp.Give(1, size)\n\t}\n", ""),
		one("restored inserts are not counted", "G1", insertFile,
			"\tif m&restored != 0 {\n\t\tt.gen.restored.Add(1)\n\t}\n", ""),
		one("restored revivals are not counted", "G1", writeFile,
			"\tif m&restored != 0 {\n\t\tt.gen.restored.Add(1)\n\t} else if", "\tif m&restored != 0 {\n\t} else if"),
		one("an insert does not note its size", "limit", insertFile,
			"\tif m&sized != 0 {\n\t\t*t.size(s) = size\n\t}\n", ""),
		one("a revival does not note its size", "limit", writeFile,
			"\tif m&sized != 0 {\n\t\t*t.size(s) = size\n\t}\n\tlive", "\tlive"),
		one("an overwrite does not note its size", "limit", writeFile,
			"\tif m&sized != 0 {\n\t\tat := t.size(s)\n\t\tp.Give(0, *at-size) // taken, whatever is left\n\t\t*at = size\n\t}\n", ""),
		one("a value does not tell of the tombstone before it", "Reset", writeFile,
			"\tif m&resetting != 0 && m&deletedBit == 0 &&", "\tif false && m&deletedBit == 0 &&"),
	}...)
}
