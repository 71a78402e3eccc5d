package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const retireFile = "internal/shard/retire.go"

const (
	setInflight = "\tp.inflight.Store(t)\n"
	setCurrent  = "\tp.current.Store(next)\n"
	closeGate   = "\tt.gate.Close()\n"
	swapToClose = setCurrent + "\tt.turn.Store(taken) // nobody waits for us any more\n" + "\t// E1: afterwards no insert into the index is in progress.\n" + closeGate
	swapToSeal  = swapToClose + "\tr := &Retired[K, V]{p: p, t: t, spilled: t.allSpilled()}\n\tr.live = p.seal(t, r.spilled)\n"
)

func retire() []Mutation {
	return []Mutation{
		control(one("seal without waiting for a claim", "S2", retireFile,
			"\t\t\tif s.settled() > void {\n", "\t\t\tif s.word.Load() > void {\n")),
		control(one("seal before the swap", "S2", retireFile, swapToSeal,
			"\tr := &Retired[K, V]{p: p, t: t, spilled: t.allSpilled()}\n\tr.live = p.seal(t, r.spilled)\n"+setCurrent+closeGate)),
		control(one("swap after close", "S3", retireFile, swapToClose, closeGate+setCurrent)),
		one("the gate is not closed", "E1", retireFile, closeGate, ""),
		one("the index is read before the gate closes", "E1", retireFile,
			closeGate+"\tr := &Retired[K, V]{p: p, t: t, spilled: t.allSpilled()}\n",
			"\tr := &Retired[K, V]{p: p, t: t, spilled: t.allSpilled()}\n"+closeGate),
		one("spilled slots are not waited for", "S2", retireFile,
			"range spilled {\n\t\tif s.settled() > void {\n", "range spilled {\n\t\tif s.word.Load() > void {\n"),
		one("Retire does not wait for a growth", "G1", retireFile, "\t\tp.finish(t)\n\t\tswitch t.turn", "\t\tswitch t.turn"),
		one("Retire does not ask whether somebody grows", "G1", retireFile,
			"\t\tcase held: // by somebody who grows it\n\t\t\tpause(spins)\n", "\t\tcase held:\n\t\t\treturn t\n"),
		one("nothing is noted to be in flight", "G4", retireFile, setInflight, ""),
		{Name: "in flight is noted after the swap", Invariant: "G4", Edits: []overlay.Edit{
			{File: retireFile, Old: setInflight, New: ""},
			{File: retireFile, Old: setCurrent, New: setCurrent + setInflight},
		}},
		one("what was in flight is forgotten at Stop", "G4", retireFile, "\tt.older.Store(p.inflight.Load())\n", ""),
		one("Release leaves it in flight", "G4", retireFile,
			"\t\tp.inflight.Store(t.older.Load()) // from here on t's versions constrain nobody (G4)\n", "\t\t_ = at\n"),
		one("Release forgets what is in flight behind it", "G4", retireFile,
			"\t\tp.inflight.Store(t.older.Load()) // from here", "\t\tp.inflight.Store(nil) // from here"),
		one("Release of the older one leaves it behind the newer one", "G4", retireFile,
			"\t\tat.older.CompareAndSwap(t, nil) // a reader", "\t\t_ = at // a reader"),
		one("released generations hold each other", "memory", retireFile,
			"\tt.older.Store(nil) // else generations would hold each other for ever\n", ""),
		one("carries are not in the ledger", "G1", "internal/shard/ledger.go", "\twrites += g.carries.Load()<<writesBits + g.left.Load()\n", "\twrites += g.left.Load()\n"),
		one("an empty tick looks at live entries only", "G1", retireFile,
			"\tif taken == 0 {\n", "\tif live == 0 {\n"),
		one("a slot whose page was touched is not busy", "S2", "internal/shard/table.go", "word.Store(0) // as it is", "word.Store(dead) // as it is"),
		one("no more room than the generation before took", "speed", retireFile, "int(taken)*3/2", "int(taken)*8/7"),
		unnoticed(one("the system gives memory when slots are written first", "speed", retireFile, "\tnext.touch()\n", ""), "costs p99.9 of a Put half of its time, which no test measures"),
		one("Stop puts a new generation in the place of the last", "S3", retireFile, "\treturn p.swap(nil)\n", "\treturn p.swap(p.newTable(&generation{number: p.number}, 0))\n"),
	}
}
