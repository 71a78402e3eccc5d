package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const recycleFile = "internal/shard/recycle.go"

func recycle() []Mutation {
	return []Mutation{
		one("reset does not claim", "S1", recycleFile,
			"\t\t\tif w := slot.settled(); w == dead || slot.word.CompareAndSwap(w, dead) {\n", "\t\t\tif slot.word.Store(dead); true {\n"),
		one("reset does not wait for a claim", "S1", recycleFile,
			"if w := slot.settled(); w == dead", "if w := slot.word.Load(); w == dead"),
		one("reset leaves slots live", "S1", recycleFile,
			"w == dead || slot.word.CompareAndSwap(w, dead) {\n", "w >= dead {\n"),
		one("reset keeps the counts of writes", "G1", recycleFile, "\t\tslot.meta = 0\n", ""),
		unnoticed(one("reset keeps values", "memory", recycleFile, "\t\tslot.value = none // may be collected now\n", "\t\t_ = none\n"),
			"costs memory: what a dead slot holds is not read"),
		one("reset keeps the count of live entries", "G1", recycleFile,
			"\ts.counts.Store(uint64(taken) << 32)\n", ""),
		one("reset keeps the erased", "G1", recycleFile, "\ts.erased.Store(0)\n", ""),
		one("reset keeps the carries", "G1", recycleFile, "\ts.carries.Store(0)\n", ""),
		one("reset keeps the restored", "G1", recycleFile, "\ts.restored.Store(0)\n", ""),
		one("reset keeps the merged", "G1", recycleFile, "\ts.merged.Store(0)\n", ""),
		one("a store is reset before it leaves flight", "G4", recycleFile,
			"\tp.mu.Lock()\n\tp.unlink(r.g)\n\tp.recycling.takeSample(r)\n",
			"\tr.g.store.reset(r.taken)\n\tp.mu.Lock()\n\tp.unlink(r.g)\n\tp.recycling.takeSample(r)\n\tr.live = int(r.taken)\n"),
		{Name: "a recycled store keeps its generation, gate and all", Invariant: "E1", Edits: []overlay.Edit{
			{File: "internal/shard/generation.go", Old: "\tg.gate.Init()\n", New: "\tif s.again != nil {\n\t\treturn s.again\n\t}\n\ts.again = g\n\tg.gate.Init()\n"},
			{File: storeFile, Old: "\tcarries  atomic.Uint64", New: "\tagain *Generation[K, V]\n\tcarries  atomic.Uint64"},
		}},
		unnoticed(one("a stopped partition keeps a standby", "memory", recycleFile,
			"\tif p.recycling.recur && p.current.Load() != nil {\n", "\tif p.recycling.recur {\n"),
			"costs memory: nothing takes a standby after Stop"),
	}
}

func merge() []Mutation {
	const file = "internal/shard/conditional.go"
	return []Mutation{
		one("a merge commits whatever happened meanwhile", "S1", file,
			"\tif s.meta.writes() != seen.writes || g.store.carries.Load() != seen.carries {\n", "\tif false {\n"),
		one("a merge that gives up keeps its claim", "S3", file,
			"\t\ts.word.Store(w) // something happened: give it back as it is\n", ""),
		one("a merge ignores the carries", "S1", file,
			" || g.store.carries.Load() != seen.carries {\n", " {\n"),
		one("a look for a merge keeps its claim", "S3", file,
			"\ts.word.Store(w) // publication to the next claim: as it was\n", ""),
		one("a write on the condition that the key is absent finds it there", "G4", file,
			"\tif s.settled() != dead {", "\tif false {"),
		one("a write on the condition that the key is absent ignores its generation", "G4", file,
			"\ts := seen.g.store.find(hash, i.Key)\n", "\tseen.g = p.current.Load()\n\ts := seen.g.store.find(hash, i.Key)\n"),
		one("what is in flight beside it is looked for in the generation itself", "G4", file,
			"\t\tif f != seen.g {\n", "\t\tif f == seen.g {\n"),
		one("merged restores are not counted", "G1", file, "\t\tg.store.merged.Add(1)\n", ""),
	}
}
