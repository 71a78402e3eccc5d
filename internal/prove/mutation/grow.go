package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const growFile = "internal/shard/grow.go"

const setMoved = "\t\t\ts.word.Store(moved) // then those who wait for s look in t\n"

func grow() []Mutation {
	return []Mutation{
		one("two grow a table at once", "G1", growFile, "\tif t.turn.Load() != free || !t.turn.CompareAndSwap(free, held) {\n", "\tif t.turn.Store(held); false {\n"),
		one("a table grows before it has everything", "G1", growFile, "\tif t.growth.Load() == nil {\n", "\tif true {\n"),
		one("a table grows while it is walked over", "Walk", growFile, "\tif g.walks.Load() != 0 &&", "\tif false &&"),
		{Name: "current is swapped before what remains to be moved is known", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: "(S3).\n\tp.current.Store(next)\n", New: "(S3).\n"},
			{File: growFile, Old: "\tnext := p.newTable(g, slots)\n", New: "\tnext := p.newTable(g, slots)\n\tp.current.Store(next)\n"},
		}},
		one("what remains to be moved is forgotten", "G1", growFile, "\t\tnext.growth.Store(", "\t\t_ = ("),
		one("a chunk is moved twice", "G1", growFile, "\tchunk := g.next.Add(1) - 1 ", "\tchunk := g.next.Load()\n\tg.next.Store(chunk + 1) "),
		one("the growth ends before the last move", "G1", growFile, "\tif g.done.Add(1) == g.chunks {\n", "\tif g.done.Add(1); chunk == g.chunks-1 {\n"),
		one("the growth never ends", "G1", growFile, "\t\tt.growth.Store(nil)\n", ""),
		one("the index is not moved", "G1", growFile, "\tif chunk == g.chunks-1 {\n", "\tif false {\n"),
		one("writes of slots that stay behind are lost", "G1", growFile, "\t\tt.gen.left.Add(l.writes)\n", ""),
		one("slots that stay behind are taken", "memory", growFile, "\t\tt.gen.counts.Add(-l.slots * oneTaken)\n", ""),
		one("a slot is moved without a claim", "G1", growFile,
			"\t\t\tif !s.word.CompareAndSwap(w, busy) {\n", "\t\t\tif s.word.Load() != w {\n"),
		one("the mover does not wait for a claim", "G1", growFile, "\t\tswitch w := s.settled(); w {\n\t\tcase moved:", "\t\tswitch w := s.word.Load(); w {\n\t\tcase moved, busy:"),
		{Name: "a slot is marked before its copy is published", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: setMoved, New: ""},
			{File: growFile, Old: "\t\t\td.word.Store(w) ", New: setMoved + "\t\t\td.word.Store(w) "},
		}},
		one("a moved slot stays live", "G1", growFile, setMoved, "\t\t\ts.word.Store(w)\n"),
		one("sizes are not moved", "limit", growFile, "\t\t\t\t*t.size(d) = *t.size(s)\n", ""),
		one("nobody looks in the table before", "G1", growFile,
			"\tif s = t.find(hash, key); s != nil || g == nil {\n", "\tif s = t.find(hash, key); true {\n"),
		{Name: "what remains is loaded after the look", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: "\tg := t.growth.Load()\n\tif s = t.find(hash, key); s != nil || g == nil {\n",
				New: "\ts = t.find(hash, key)\n\tg := t.growth.Load()\n\tif s != nil || g == nil {\n"},
		}},
		one("no second look after a move", "G1", growFile, "\t\treturn t.find(hash, key), false\n", "\t\treturn nil, false\n"),
		one("a dead slot of the table before is revived", "G1", writeFile, "} else if old == dead && !before {", "} else if old == dead {"),
		one("Walk does not wait for a growth", "Walk", walkFile, "\t\tp.finish(t)\n", ""),
	}
}
