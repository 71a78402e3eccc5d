package mutation

const (
	storeFile = "internal/shard/store.go"
	placeFile = "internal/shard/place.go"
	arenaFile = "internal/shard/arena.go"
	hintFile  = "internal/shard/hint.go"
	tuneFile  = "internal/shard/tune.go"
	limitFile = "internal/shard/limit.go"
)

func memory() []Mutation {
	return []Mutation{
		one("the count of slots is not atomic", "S1", storeFile,
			"\t\tn := s.counts.Add(oneTaken + oneLive)\n", "\t\tn := s.counts.Load() + oneTaken + oneLive\n\t\ts.counts.Store(n)\n"),
		one("the count of spilled slots is not atomic", "S1", storeFile,
			"\tn := s.spilled.Add(1) - 1\n", "\tn := s.spilled.Load()\n\ts.spilled.Store(n + 1)\n"),
		one("install makes a slot for a key that is there", "G1", storeFile,
			"\t\tif loaded {\n\t\t\treturn number, false\n\t\t}\n", ""),
		one("a spilled key is published before it is written", "S1", storeFile,
			"\tslot.key = key\n\ts.remember(hash, n)\n", "\ts.remember(hash, n)\n\tslot.key = key\n"),
		one("a place is taken without asking whose it is", "S1", placeFile,
			"\t\t\tif p.tags[b].CompareAndSwap(w, w|born<<(8*at)) {\n", "\t\t\tif p.tags[b].Store(w | born<<(8*at)); true {\n"),
		one("a place is published before its key is written", "S1", storeFile,
			"\t\tslot.key = key\n\t\ts.places.publish(number, hash)\n", "\t\ts.places.publish(number, hash)\n\t\tslot.key = key\n"),
		one("publish writes over its neighbours", "S1", placeFile,
			"\tp.tags[number/perBucket].Add((tagOf(hash) - born) << (8 * (number % perBucket)))\n",
			"\tp.tags[number/perBucket].Store(tagOf(hash) << (8 * (number % perBucket)))\n"),
		one("two full buckets prove a miss", "G1", placeFile, "\t\tb ^= 1\n\t}\n\treturn nil, false\n", "\t\tb ^= 1\n\t}\n\treturn nil, true\n"),
		one("a full bucket proves a miss", "G1", placeFile, "\t\tif (w-lowBits)&^w&highBits != 0 {\n", "\t\tif true {\n"),
		one("places that are being born are walked", "S2", placeFile,
			"p.tags[b].Load() & highBits }", "p.tags[b].Load() << 7 & highBits }"),
		one("two take a segment at once", "S1", arenaFile,
			"\t\tif s = a.more[n].Load(); s == nil {\n", "\t\t{\n"),
		one("a segment is not published", "S1", arenaFile, "\t\t\ta.more[n].Store(s)\n", ""),
		one("hints are believed without a look at the key", "G1", storeFile,
			"slot.key == key {\n\t\t\t\treturn slot\n", "true || slot.key == key {\n\t\t\t\treturn slot\n"),
		unnoticed(one("hints are never published", "speed", tuneFile, "\ts.hints.Store(h)\n", ""),
			"costs time: the index knows what hints don't"),
		unnoticed(one("hints lose what was spilled while they were made", "speed", tuneFile,
			"\tfor i := range s.spilled.Load() {\n", "\tfor i := range h.limit / 4 {\n"),
			"costs time: the index knows what hints don't"),
		one("the builder does not wait for the key", "S1", tuneFile, "\t\t\tslot.settled()\n", ""),
		unnoticed(one("hints are asked for at every write", "speed", tuneFile,
			"s.asked.CompareAndSwap(false, true) {\n", "s.asked.Swap(true) || true {\n"),
			"costs time: Tune does nothing that isn't asked"),
		one("a unit of the limit is taken twice", "limit", limitFile,
			"\t\tif left.CompareAndSwap(was, was-n) {", "\t\tif left.Store(was - n); true {"),
		one("units are not given back", "limit", limitFile, "\t\tl.entries.Add(entries) ", "\t\tl.entries.Load() "),
		one("bytes are not given back", "limit", limitFile, "\t\tl.bytes.Add(bytes) ", "\t\tl.bytes.Load() "),
		one("what both bounds allow is taken twice", "limit", limitFile, "\tl.both.Lock()\n\tdefer l.both.Unlock()\n", ""),
	}
}
