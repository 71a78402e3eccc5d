package mutation

const (
	readFile   = "internal/shard/read.go"
	lookupFile = "internal/shard/lookup.go"
	slotFile   = "internal/shard/slot.go"
	walkFile   = "internal/shard/walk.go"
)

func read() []Mutation {
	return []Mutation{
		one("Get keeps its claim", "S3", readFile, "\ts.word.Store(w) // gives the claim back as it was: publication to the next one\n", "\t_ = w\n"),
		one("Delete is not counted as erased", "G1", readFile, "\tt.gen.erased.Add(1)\n", ""),
		one("Delete does not count down", "G1", readFile, "\tt.gen.counts.Add(^uint64(oneLive - 1))\n", ""),
		unnoticed(one("Delete counts after publication", "Size", readFile,
			"\tt.gen.counts.Add(^uint64(oneLive - 1))\n\ts.word.Store(dead) // commit: publication; whoever revives the slot gets the meta from here\n",
			"\ts.word.Store(dead)\n\tt.gen.counts.Add(^uint64(oneLive - 1))\n"),
			"it counts one too many for a moment, as if the Delete were yet to come"),
		one("Delete forgets to commit", "S3", readFile,
			"\ts.word.Store(dead) // commit: publication; whoever revives the slot gets the meta from here\n", ""),
		one("readers take a claimed word for a value", "S2", readFile,
			"\t\tcase w == busy || !s.word.CompareAndSwap(w, busy): // claim: ownership of meta and value\n",
			"\t\tcase !s.word.CompareAndSwap(w, busy):\n"),
		one("readers do not claim", "S2", readFile,
			"\t\tcase w == busy || !s.word.CompareAndSwap(w, busy): // claim: ownership of meta and value\n",
			"\t\tcase w == busy:\n"),
		unnoticed(one("a void slot is taken for a dead one", "G2", readFile, "\t\tcase w == void:\n\t\t\treturn 0, false\n", "\t\tcase w == void:\n\t\t\treturn dead, true\n"),
			"it is right too: the key was absent when the table was replaced, which was during the call"),
		one("check omitted: Get and Delete do not ask for their generation", "G2", readFile,
			"\t\tif p.current.Load() == t { // check", "\t\tif true { // check"),
		one("readers' failed check keeps the claim", "S3", readFile,
			"\t\ts.word.Store(w) // hand it back untouched\n", ""),
		one("settled does not wait", "S2", slotFile, "w != busy {\n\t\t\treturn w", "w != busy || true {\n\t\t\treturn w"),
		one("Lookup looks in flight first", "G2", lookupFile,
			"\t\tseen := p.current.Load()\n\t\tnewest := p.inflight.Load()\n", "\t\tnewest := p.inflight.Load()\n\t\tseen := p.current.Load()\n"),
		one("Lookup does not ask whether its generation changed before the claim", "G2", lookupFile,
			"\t\tif t != seen {\n\t\t\tcontinue\n\t\t}\n", "\t\t_ = seen\n"),
		one("Lookup does not ask again", "G2", lookupFile,
			"\t\tif p.current.Load() == t && p.inflight.Load() == newest {\n", "\t\tif true {\n"),
		one("what is in flight is not waited for", "S2", "internal/shard/cursor.go", "\t\tif w = s.settled(); isLive(w) { // as", "\t\tif w = s.word.Load(); isLive(w) { // as"),
		one("Lookup in flight does not check", "G2", lookupFile,
			"\tfor at := p.inflight.Load(); s != nil && at != nil;", "\tfor at := f; s != nil && at != nil;"),
		one("Walk keeps its claims", "S3", walkFile,
			"\t\t\t\ts.word.Store(w) // gives the claim back as it was\n", "\t\t\t\t_ = w\n"),
	}
}
