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
			{
				File: growFile, Old: "\tg := t.growth.Load()\n\tif s = t.find(hash, key); s != nil || g == nil {\n",
				New: "\ts = t.find(hash, key)\n\tg := t.growth.Load()\n\tif s != nil || g == nil {\n",
			},
		}},
		one("no second look after a move", "G1", growFile, "\t\treturn t.find(hash, key), false\n", "\t\treturn nil, false\n"),
		one("a dead slot of the table before is revived", "G1", writeFile, "} else if old == dead && !before {", "} else if old == dead || before {"),
		one("Walk does not wait for a growth", "Walk", walkFile, "\t\tp.finish(t)\n", ""),
		one("a move counts as an insert", "G1", growFile, "\t\t\td.word.Store(w) ", "\t\t\tt.gen.counts.Add(oneLive)\n\t\t\td.word.Store(w) "),
		one("a move loses the count of writes", "G1", growFile, "d.key, d.meta, d.value = s.key, s.meta, s.value", "d.key, d.value = s.key, s.value"),
		one("each table has counts of its own", "G1", growFile, "\tnext := p.newTable(g, slots)\n", "\tnext := p.newTable(&generation{number: g.number}, slots)\n"),
		one("the index of the table before is not asked", "G1", growFile, "\ts = g.from.find(hash, key)\n",
			"\ts = g.from.find(hash, key)\n\tif _, front := indexIn(g.from.slots, s); !front {\n\t\ts = nil\n\t}\n"),
		one("the index of a table without slots is forgotten", "G1", growFile, "\tif len(t.slots) > 0 || t.index.Load() != nil {\n", "\tif len(t.slots) > 0 {\n"),
		{Name: "the tags of the table before are read before the swap", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: "import (\n", New: "import (\n\t\"math/bits\"\n"},
			{File: growFile, Old: "\tchunks uint32\n", New: "\tchunks uint32\n\tearly  []uint64\n"},
			{
				File: growFile, Old: "(len(t.tags) + n - 1) / n)})\n",
				New: "(len(t.tags) + n - 1) / n)})\n\t\tfor b := range t.tags {\n\t\t\tg := next.growth.Load()\n\t\t\tg.early = append(g.early, t.tags[b].Load())\n\t\t}\n",
			},
			{File: growFile, Old: "\t\tslots := g.from.bucket(b)\n", New: "\t\tslots := g.from.slots[b*perBucket:][:bits.OnesCount64(g.early[b]&highBits)]\n"},
		}},
		one("a growth that a walk stops keeps the turn", "S3", growFile, "\t\tt.turn.Store(free) // ownership goes to whoever asks next\n", ""),
		{Name: "Walk counts itself after it has looked at the turn", Invariant: "Walk", Edits: []overlay.Edit{
			{File: walkFile, Old: "\tg.walks.Add(1) // before", New: "\t// before"},
			{File: walkFile, Old: "\tmore = true\n", New: "\tg.walks.Add(1)\n\tmore = true\n"},
			{File: walkFile, Old: "\tdefer g.walks.Add(-1)\n", New: ""},
			{File: walkFile, Old: "\t\treturn more\n\t})\n", New: "\t\treturn more\n\t})\n\tg.walks.Add(-1)\n"},
		}},
		one("Walk does not look at the turn", "Walk", walkFile, "\t\tswitch t.turn.Load() {\n", "\t\tswitch uint32(free) {\n"),
	}
}
