package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const retireFile = "internal/shard/retire.go"

const (
	setInflight = "\tp.inflight.Store(g)\n"
	setCurrent  = "\tp.current.Store(next)\n"
	closeGate   = "\tg.gate.Close()\n"
	swapToClose = setCurrent + "\t// E1: afterwards no insert is in progress, so taken is final.\n" + closeGate
	swapToSeal  = swapToClose + "\tr := &Retired[K, V]{g: g}\n\tr.taken, _ = g.store.taken()\n\tr.live = p.seal(g.store)\n"
)

func retire() []Mutation {
	return []Mutation{
		control(one("seal without waiting for a claim", "S2", retireFile,
			"\t\tif slot.settled() > reserved {\n", "\t\tif slot.word.Load() > reserved {\n")),
		control(one("seal before the swap", "S2", retireFile, swapToSeal,
			"\tr := &Retired[K, V]{g: g}\n\tr.live = p.seal(g.store)\n"+setCurrent+closeGate+"\tr.taken, _ = g.store.taken()\n")),
		control(one("swap after close", "S3", retireFile, swapToClose, closeGate+setCurrent)),
		one("the gate is not closed", "E1", retireFile, closeGate, ""),
		one("the taken slots are counted before the gate closes", "E1", retireFile,
			closeGate+"\tr := &Retired[K, V]{g: g}\n\tr.taken, _ = g.store.taken()\n",
			"\tr := &Retired[K, V]{g: g}\n\tr.taken, _ = g.store.taken()\n"+closeGate),
		one("nothing is noted to be in flight", "G4", retireFile, setInflight, ""),
		{Name: "in flight is noted after the swap", Invariant: "G4", Edits: []overlay.Edit{
			{File: retireFile, Old: setInflight, New: ""},
			{File: retireFile, Old: setCurrent, New: setCurrent + setInflight},
		}},
		one("what was in flight is forgotten at Stop", "G4", retireFile, "\tg.older.Store(p.inflight.Load())\n", ""),
		one("Release leaves it in flight", "G4", retireFile,
			"\t\tp.inflight.Store(g.older.Load()) // from here on g's versions constrain nobody (G4)\n", "\t\t_ = at\n"),
		one("Release forgets what is in flight behind it", "G4", retireFile,
			"\t\tp.inflight.Store(g.older.Load()) // from here", "\t\tp.inflight.Store(nil) // from here"),
		one("Release of the older one leaves it behind the newer one", "G4", retireFile,
			"\t\tat.older.CompareAndSwap(g, nil) // a reader", "\t\t_ = at // a reader"),
		unnoticed(one("released generations hold each other", "memory", retireFile,
			"\tg.older.Store(nil) // else generations would hold each other for ever\n", ""),
			"costs memory, and only after a Stop beside a delivery: two generations at most"),
		one("carries are not in the ledger", "G1", retireFile, "\twrites += s.carries.Load() << writesBits\n", ""),
		one("an empty tick looks at live entries only", "G1", retireFile,
			"\tif taken == 0 {\n", "\tif live == 0 {\n"),
		one("Stop leaves current", "S3", retireFile, "\tr := p.swap(g, nil)\n", "\tr := p.swap(g, g)\n"),
	}
}
