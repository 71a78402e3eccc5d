package mutation

const (
	frontFile = "internal/shard/front.go"
	spillFile = "internal/shard/spill.go"
	limitFile = "internal/shard/limit.go"
)

func memory() []Mutation {
	return []Mutation{
		one("the counts are not atomic", "G1", insertFile,
			"\tn := t.gen.counts.Add(oneTaken + oneLive)\n", "\tn := t.gen.counts.Load() + oneTaken + oneLive\n\tt.gen.counts.Store(n)\n"),
		one("install makes a slot for a key that is there", "G1", spillFile, "\t\tif s = there; !loaded {\n", "\t\tif s = there; true {\n"),
		one("two make an index", "G1", spillFile, "\tt.index.CompareAndSwap(nil, m) ", "\tt.index.Store(m) "),
		one("a place is taken without asking whose it is", "S1", frontFile,
			"\t\t\tif t.tags[at].CompareAndSwap(w, w|tag<<place) {\n", "\t\t\tif t.tags[at].Store(w | tag<<place); true {\n"),
		one("a place is taken whatever else came into its bucket", "G1", frontFile,
			"\t\t\tif t.tags[at].CompareAndSwap(w, w|tag<<place) {\n", "\t\t\tif t.tags[at].Or(tag<<place)>>place&0xff == 0 {\n"),
		one("a key takes the lowest place", "cost", frontFile, "int(own<<3&63) ", "int(own<<3&0) "),
		one("a key's own place is not looked at first", "cost", frontFile, "Load()>>(at<<3&63))", "Load()>>((at+1)<<3&63))"),
		one("a look does not go past the home bucket", "G1", frontFile,
			"i <= t.probe; i++ {\n\t\t// Pairs", "i < 1; i++ {\n\t\t// Pairs"),
		one("the index is asked while there is room", "G1", insertFile, "\tif s, fresh := t.reserve(hash, key); fresh {\n",
			"\tif m&versioned != 0 {\n\t\tlive, ok = p.insertSpilled(t, key, value, word, m, size)\n\t} else if s, fresh := t.reserve(hash, key); fresh {\n"),
		one("an insert does not wait for what is being born", "G1", frontFile,
			"\t\t\t\tif s.settled(); s.key == key {\n\t\t\t\t\treturn s, false\n", "\t\t\t\tif s.word.Load() != busy && s.key == key {\n\t\t\t\t\treturn s, false\n"),
		one("a look does not wait for what is being born", "G1", frontFile,
			"\t\t\tif s.settled(); s.key == key {\n\t\t\t\treturn s\n", "\t\t\tif s.word.Load() != busy && s.key == key {\n\t\t\t\treturn s\n"),
		one("full buckets prove a miss", "G1", frontFile, "\treturn t.spilled(key)\n", "\treturn nil\n"),
		one("a full bucket proves a miss", "G1", frontFile, "\t\tif (w-lowBits)&^w&highBits != 0 {\n", "\t\tif true {\n"),
		one("a unit of the limit is taken twice", "limit", limitFile,
			"\t\tif left.CompareAndSwap(was, was-n) {", "\t\tif left.Store(was - n); true {"),
		one("units are not given back", "limit", limitFile, "\t\tl.entries.Add(entries) ", "\t\tl.entries.Load() "),
		one("bytes are not given back", "limit", limitFile, "\t\tl.bytes.Add(bytes) ", "\t\tl.bytes.Load() "),
		one("what both bounds allow is taken twice", "limit", limitFile, "\tl.both.Lock()\n\tdefer l.both.Unlock()\n", ""),
	}
}
