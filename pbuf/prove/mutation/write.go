package mutation

import "github.com/partitioned-buffer/go/pbuf/prove/overlay"

const writeFile = "internal/shard/write.go"

const claimedWrite = "\t\tif !s.word.CompareAndSwap(old, busy) {\n\t\t\tcontinue\n\t\t}\n"

func write() []Mutation {
	return []Mutation{
		control(one("check omitted: overwrite commits without asking for its generation", "S2", writeFile,
			"\t\tif p.current.Load() != g {\n", "\t\tif false {\n")),
		control(Mutation{Name: "version compared outside the claim", Invariant: "G2", Edits: []overlay.Edit{
			{File: writeFile, Old: claimedWrite, New: "\t\tfor {\n\t\t\tif old = s.word.Load(); old != busy && s.word.CompareAndSwap(old, busy) {\n" +
				"\t\t\t\tbreak\n\t\t\t}\n\t\t\tpause(spinsBeforeYield)\n\t\t}\n"},
		}}),
		one("claim by Store", "S2", writeFile, "\t\tif !s.word.CompareAndSwap(old, busy) {\n", "\t\tif s.word.Store(busy); false {\n"),
		one("a claimed word is not waited for", "S2", writeFile, "\t\tif old == busy {\n", "\t\tif false {\n"),
		{Name: "check before the claim", Invariant: "S2", Edits: []overlay.Edit{
			{File: writeFile, Old: claimedWrite, New: "\t\tmine := p.current.Load() == g\n" + claimedWrite},
			{File: writeFile, Old: "\t\tif p.current.Load() != g {\n", New: "\t\tif !mine {\n"},
		}},
		one("failed check does not give the claim back", "S3", writeFile,
			"\t\t\ts.word.Store(old) // nothing was touched; what we received we hand on\n", ""),
		one("failed check marks the slot dead", "G1", writeFile,
			"\t\t\ts.word.Store(old) // nothing was touched; what we received we hand on\n", "\t\t\ts.word.Store(dead)\n"),
		one("a write that Full refuses keeps its claim", "S3", writeFile,
			"\t\t\t\ts.word.Store(old)\n\t\t\t\treturn Full, 0, true\n", "\t\t\t\treturn Full, 0, true\n"),
		one("an equal version is newer", "G2", writeFile,
			"\treturn p.write(hash, key, &write[V]{value: value, word: wordOf(version), floor: wordOf(version) - 1, kind: versioned})\n",
			"\treturn p.write(hash, key, &write[V]{value: value, word: wordOf(version), floor: wordOf(version), kind: versioned})\n"),
		one("revival is not counted", "G1", writeFile,
			"live, status = uint32(g.store.counts.Add(oneLive)), Inserted", "live, status = uint32(g.store.counts.Load()), Inserted"),
		one("revival does not look in flight", "G4", writeFile,
			"\t\tif old == dead && w.kind == versioned && p.newerInFlight", "\t\tif false && p.newerInFlight"),
		one("insert does not look in flight", "G4", writeFile,
			"\tif w.kind == versioned && p.newerInFlight(g, hash, key, w.word) {\n\t\treturn Stale, 0, true\n\t}\n\t// Before",
			"\t// Before"),
		one("the look does not pass the own generation", "G4", writeFile,
			"\tif f == g {\n\t\tf = g.older.Load()\n\t}\n", "\tif f == g {\n\t\treturn false\n\t}\n"),
		one("the look does not wait for a claim", "G4", writeFile,
			"\treturn s != nil && s.settled() >= word\n", "\treturn s != nil && s.word.Load() >= word\n"),
		one("publication before the value", "S2", writeFile,
			"\ts.meta = next | writes\n\ts.value = value\n\ts.word.Store(word) // publication of value and meta, to the next claim and to the seal\n",
			"\ts.word.Store(word)\n\ts.meta = next | writes\n\ts.value = value\n"),
		one("a wrap of the writes is not carried", "G1", writeFile, "\t\tst.carries.Add(1) ", "\t\tst.carries.Load() "),
		{Name: "insert outside the gate", Invariant: "E1", Edits: []overlay.Edit{
			{
				File: writeFile, Old: "\tstripe, ok := g.gate.Enter()\n",
				New: "\tstripe, ok := g.gate.Enter()\n\tif ok {\n\t\tg.gate.Leave(stripe)\n\t}\n",
			},
			{File: writeFile, Old: "\t\tg.gate.Leave(stripe)\n\t}\n\tif !ok", New: "\t}\n\tif !ok"},
		}},
		control(one("check omitted: an insert into a retired generation counts", "G1", writeFile,
			"\t\tif ok = s != nil && p.current.Load() == g; ok {\n", "\t\tif ok = s != nil; ok {\n")),
		one("a refused insert stays claimed", "S3", writeFile,
			"\t\t\ts.word.Store(dead)                       // gives", "\t\t\t// gives"),
		one("a refused insert stays counted", "G1", writeFile,
			"\t\t\tg.store.counts.Add(^uint64(oneLive - 1)) // minus one", "\t\t\t// minus one"),
		one("an insert never leaves the gate", "E1", writeFile, "\t\tg.gate.Leave(stripe)\n", ""),
		one("a refused insert keeps its unit of the limit", "limit", writeFile,
			"\tif !ok && w.kind != restored {\n\t\tp.limit.Give(1)\n\t}\n", ""),
		one("restored inserts are not counted", "G1", writeFile,
			"\t\t\tif w.kind == restored {\n\t\t\t\tg.store.restored.Add(1)\n\t\t\t}\n\t\t\ts.commit", "\t\t\ts.commit"),
		one("restored revivals are not counted", "G1", writeFile,
			"\t\t\tif w.kind == restored {\n\t\t\t\tg.store.restored.Add(1)\n\t\t\t} else if", "\t\t\tif w.kind == restored {\n\t\t\t} else if"),
	}
}
