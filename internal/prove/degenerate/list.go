package degenerate

import "github.com/partitioned-buffer/go/internal/prove/overlay"

// Construction is one bad way to build the library.
type Construction struct {
	Name  string
	Edits []overlay.Edit
	Room  bool // it is the one without room, where keys are spilled
}

const (
	hashFile  = "internal/shard/hash.go"
	storeFile = "internal/shard/store.go"
	placeFile = "internal/shard/place.go"
	metaFile  = "internal/shard/meta.go"
	gateFile  = "internal/epoch/gate.go"
)

// All are the constructions.
func All() []Construction {
	return []Construction{
		{Name: "constant hash, of routing and index", Edits: []overlay.Edit{
			{File: hashFile, Old: "func mix(x, seed uint64) uint64 {\n", New: "func mix(x, seed uint64) uint64 {\n\tx, seed = 0, 0\n"},
		}},
		{Name: "truncated hash, of routing and index", Edits: []overlay.Edit{
			{File: hashFile, Old: "func mix(x, seed uint64) uint64 {\n", New: "func mix(x, seed uint64) uint64 {\n\tx, seed = x&1, 0\n"},
		}},
		{Name: "no room: two buckets of one place, an arena that grows at once", Room: true, Edits: []overlay.Edit{
			{File: storeFile, Old: "const minSlots = 64", New: "const minSlots = 1"},
			{File: storeFile, Old: "\texpect = max(expect, minSlots)\n", New: "\texpect = 1\n"},
			{File: placeFile, Old: "; zeroBytes(w) != 0; ", New: "; zeroBytes(w)&0x80 != 0; "},
			{File: placeFile, Old: "if (w-lowBits)&^w&highBits != 0 {", New: "if (w-lowBits)&^w&0x80 != 0 {"},
		}},
		{Name: "counts of writes that wrap at eight", Edits: []overlay.Edit{
			{File: metaFile, Old: "writesBits  = 16", New: "writesBits  = 3"},
			{File: metaFile, Old: "return uint16(m) }", New: "return uint16(m & writesMask) }"},
		}},
		{Name: "gate counters near their wrap-around", Edits: []overlay.Edit{
			{
				File: gateFile, Old: "\tg.wake = make(chan struct{}, 1)\n",
				New: "\tg.wake = make(chan struct{}, 1)\n\tfor i := range g.stripes {\n" +
					"\t\tg.stripes[i].n.Store(1 << 62)\n\t\tg.debt.Add(-1 << 62)\n\t}\n",
			},
		}},
	}
}
