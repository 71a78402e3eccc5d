package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const growFile = "internal/shard/grow.go"

func grow() []Mutation {
	return []Mutation{
		one("two grow a table at once", "G1", growFile, "\tif t.turn.Load() != free || !t.turn.CompareAndSwap(free, held) {\n", "\tif t.turn.Store(held); false {\n"),
		one("a table grows before it has everything", "G1", growFile, "\tif t.growth.Load() == nil {\n", "\tif true {\n"),
		{Name: "current is swapped before what remains to be moved is known", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: "(S3).\n\tp.current.Store(next)\n", New: "(S3).\n"},
			{File: growFile, Old: "\tnext := p.newTable(t.gen, slots)\n", New: "\tnext := p.newTable(t.gen, slots)\n\tp.current.Store(next)\n"},
		}},
		one("what remains to be moved is forgotten", "G1", growFile, "\t\tnext.growth.Store(", "\t\t_ = ("),
		one("a step is taken twice", "G1", growFile, "\ts.copying.Lock() // ownership of the step, to us alone; nobody who holds it waits for us\n\tdefer s.copying.Unlock()\n", ""),
		one("a step that somebody has taken is not waited for", "G1", growFile, "\ts.copying.Lock() // ownership of the step, to us alone; nobody who holds it waits for us\n", "\tif !s.copying.TryLock() {\n\t\treturn\n\t}\n"),
		one("a step is taken over before it is done", "G1", growFile, "\t\tp.copyAll(t, g, i)\n", "\t\ts.taken.Store(true)\n\t\tp.copyAll(t, g, i)\n"),
		one("the growth ends before the last step", "G1", growFile, "\tif next > index {\n\t\tp.finish(t)\n", "\tif next > index {\n\t\tt.growth.Store(nil)\n"),
		one("the growth never ends", "S3", growFile, "\t\tt.growth.Store(nil) ", "\t\t_ = t.growth.Load() "),
		one("the index is not moved", "G1", growFile, "\tif step == len(g.steps)-1 {\n", "\tif false {\n"),
		one("the index of the table before is not waited for", "G1", growFile, "\tp.move(t, g, index)\n", ""),
		one("the group of the table before is not waited for", "G1", growFile, "\tp.move(t, g, int(home)/g.from.groupSize())\n", "\t_ = home\n"),
		one("a key's group is looked for as if the tables were of one size", "G1", growFile,
			"\thome := uint64(uint32(hash)) * uint64(len(g.from.tags)) >> 32\n", "\thome := uint64(uint32(hash)) * uint64(len(t.tags)) >> 32 % uint64(len(g.from.tags))\n"),
		one("a write does not bring its key", "G1", writeFile, "\t\tif t.growth.Load() != nil {\n\t\t\tp.bring(t, hash)\n\t\t}\n", ""),
		one("Walk loses what a growth or a retire takes over", "Walk", walkFile, "\t\t\tw = s.settled() ", "\t\t\tw = void "),
		unnoticed(one("Walk gives back a claim that it does not have", "S2", walkFile, "\t\t\tif ok {\n", "\t\t\tif true {\n"),
			"it is right too: the table is over, and whoever claims the slot fails his check and puts the same word back"),
		one("a read does not bring its key", "G2", readFile, "\t\tif t.growth.Load() != nil {\n\t\t\tp.bring(t, hash)\n\t\t}\n", ""),
		one("a write on the condition that the key is absent does not bring it", "G1", "internal/shard/conditional.go", "\t\tp.bring(t, hash)\n", ""),
		one("writes of slots that stay behind are lost", "G1", growFile, "\t\tt.gen.left.Add(l.writes)\n", ""),
		one("slots that stay behind are taken", "memory", growFile, "\t\tt.gen.counts.Add(-l.slots * oneTaken)\n", ""),
		one("a claim is not waited for before the copy", "G1", growFile, "\tw := s.settled()\n\tif w == dead {", "\tw := s.word.Load()\n\tif w == dead {"),
		one("a refused insert is left behind as if it were counted", "memory", growFile, "\tif w == dead { // a void", "\tif w <= void { // a void"),
		one("sizes are not copied", "limit", growFile, "\t\t*t.size(d) = *from.size(s)\n", ""),
		one("Walk does not wait for a growth", "Walk", walkFile, "\tp.finish(t)\n", ""),
		one("a copy counts as an insert", "G1", growFile, "\td.word.Store(w) ", "\tt.gen.counts.Add(oneLive)\n\td.word.Store(w) "),
		one("a copy loses the count of writes", "G1", growFile, "d.key, d.meta, d.value = s.key, s.meta, s.value", "d.key, d.value = s.key, s.value"),
		one("a copy is published before its value", "S2", growFile, "\td.key, d.meta, d.value = s.key", "\td.key = s.key\n\td.word.Store(w)\n\td.key, d.meta, d.value = s.key"),
		one("each table has counts of its own", "G1", growFile, "\tnext := p.newTable(t.gen, slots)\n", "\tnext := p.newTable(&generation{number: t.gen.number}, slots)\n"),
		one("the index of a table without slots is forgotten", "G1", growFile, "\tif len(t.slots) > 0 || t.index.Load() != nil {\n", "\tif len(t.slots) > 0 {\n"),
		{Name: "the tags of the table before are read before the swap", Invariant: "G1", Edits: []overlay.Edit{
			{File: growFile, Old: "\tsteps []step // the groups of from's buckets, and the last one its index\n", New: "\tsteps []step\n\tearly []uint64\n"},
			{
				File: growFile, Old: "t.groupSize()+1)})\n",
				New: "t.groupSize()+1)})\n\t\tfor b := range t.tags {\n\t\t\tg := next.growth.Load()\n\t\t\tg.early = append(g.early, t.tags[b].Load())\n\t\t}\n",
			},
			{File: growFile, Old: "used := g.from.used(b);", New: "used := g.early[b] & highBits;"},
		}},
	}
}
