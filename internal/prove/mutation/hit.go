package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const hitFile = "internal/shard/hit.go"

const (
	hitClaim  = "\tif !s.word.CompareAndSwap(old, busy) {\n"
	hitCheck  = "\tif p.current.Load() == t {\n"
	hitReturn = "\ts.word.Store(old) // nothing was touched; what we received we hand on\n"
)

// hits are the mutations of claim, check and commit on a live slot, and of the
// short way there.
func hits() []Mutation {
	return append(shortWays(), []Mutation{
		control(one("check omitted: an overwrite does not ask for its generation", "S2", hitFile, hitCheck, "\tif true {\n")),
		control(Mutation{Name: "version compared outside the claim", Invariant: "G2", Edits: []overlay.Edit{
			{
				File: writeFile, Old: "\t\t\t\tif p.claims(t, s, old) {\n",
				New: "\t\t\t\tif old = s.word.Load(); old > void && p.claims(t, s, old) {\n",
			},
			{
				File: writeFile, Old: "\t\tif !p.claims(t, s, old) {\n",
				New: "\t\tif old = s.word.Load(); !isLive(old) || !p.claims(t, s, old) {\n",
			},
		}}),
		one("claim by Store", "S2", hitFile, hitClaim, "\tif s.word.Store(busy); false {\n"),
		{Name: "check before the claim", Invariant: "S2", Edits: []overlay.Edit{
			{File: hitFile, Old: hitClaim, New: "\tmine := p.current.Load() == t\n" + hitClaim},
			{File: hitFile, Old: hitCheck, New: "\tif mine {\n"},
		}},
		one("failed check does not give the claim back", "S3", hitFile, hitReturn, ""),
		one("failed check marks the slot dead", "G1", hitFile, hitReturn, "\ts.word.Store(dead)\n"),
		one("publication before the value", "S2", hitFile,
			"\ts.value = value\n\ts.word.Store(word) // publication of value and meta, to the next claim and to the seal\n",
			"\ts.word.Store(word)\n\ts.value = value\n"),
		one("a wrap of the writes is not carried", "G1", hitFile, "\t\tg.carries.Add(1) ", "\t\tg.carries.Load() "),
	}...)
}

// shortWays are the mutations of what Put, PutNewer and Get do before they call
// anything.
func shortWays() []Mutation {
	return []Mutation{
		one("Put takes the first slot with its tag", "G1", writeFile,
			"\t\t\tif old > void && s.key == key && p.claims", "\t\t\tif old > void && p.claims"),
		one("PutNewer takes the first slot with its tag", "G1", writeFile,
			"\t\t\tif old > void && s.key == key {\n", "\t\t\tif old > void {\n"),
		one("Get takes the first slot with its tag", "G2", readFile, "w > void && s.key == key && p.claims", "w > void && p.claims"),
		one("Put takes a dead slot for a live one", "G1", writeFile,
			"\t\t\tif old > void && s.key == key && p.claims", "\t\t\tif old != busy && s.key == key && p.claims"),
		one("PutNewer takes a dead slot for a live one", "G1", writeFile,
			"\t\t\tif old > void && s.key == key {\n", "\t\t\tif old != busy && s.key == key {\n"),
		one("Get takes a dead slot for a live one", "G2", readFile, "w > void && s.key == key && p.claims", "w != busy && s.key == key && p.claims"),
		one("PutNewer: an equal version is newer", "G2", writeFile, "\t\t\t\tif old >= word {\n", "\t\t\t\tif old > word {\n"),
		one("PutNewer does not count its update", "Updates", writeFile,
			"\t\t\t\t\ts.commit(t.gen, value, word, s.oneUpdate())\n", "\t\t\t\t\ts.commit(t.gen, value, word, versioned)\n"),
		one("Get by the general way keeps its claim", "S3", readFile, "\ts.word.Store(w) // as above\n", "\t_ = w\n"),
	}
}
