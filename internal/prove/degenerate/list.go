package degenerate

import "github.com/partitioned-buffer/go/internal/prove/overlay"

// Construction is one bad way to build the library.
type Construction struct {
	Name  string
	Edits []overlay.Edit
	Room  bool // it is the one without room, where keys are spilled
	Grows bool // it is the one whose tables grow in steps, at every insert
}

const (
	hashFile   = "internal/shard/hash.go"
	insertFile = "internal/shard/insert.go"
	tableFile  = "internal/shard/table.go"
	frontFile  = "internal/shard/front.go"
	growFile   = "internal/shard/grow.go"
	metaFile   = "internal/shard/meta.go"
	gateFile   = "internal/epoch/gate.go"
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
		{Name: "no room: buckets of one place, whose keys go to the index", Room: true, Edits: []overlay.Edit{
			{File: tableFile, Old: "\tt.probe = uint64(min(buckets, perGroup) - 1)\n", New: "\tt.probe = 0\n"},
			{File: frontFile, Old: "\t\t\tif z == 0 {\n", New: "\t\t\tif z&0x80 == 0 {\n"},
			{File: frontFile, Old: "if (w-lowBits)&^w&highBits != 0 {", New: "if (w-lowBits)&^w&0x80 != 0 {"},
		}},
		{Name: "tables of two cells, growth at every insert", Edits: []overlay.Edit{
			{File: tableFile, Old: "\treturn min(max(firstBytes", New: "\treturn 2 + 0*min(max(firstBytes"},
			{File: tableFile, Old: "\tt.limit = uint32(slots - slots/8)\n", New: "\tt.limit = 0\n"},
			{File: insertFile, Old: "taken < t.limit {", New: "taken < uint32(len(t.slots)) {"}, // else equal hashes grow it for ever
			{File: growFile, Old: "\tn := int(live) * 16 / 7 ", New: "\tn := 1 + int(live) "},
			{File: growFile, Old: "\t\tn *= 2\n", New: ""},
		}},
		{Name: "growth at every insert, in steps of a bucket", Grows: true, Edits: []overlay.Edit{
			{File: tableFile, Old: "\tbuckets := (slots + perBucket - 1) / perBucket\n", New: "\tbuckets := 2\n"},
			{File: tableFile, Old: "\tt.probe = uint64(min(buckets, perGroup) - 1)\n", New: "\tt.probe = 0\n"},
			{File: tableFile, Old: "\tt.limit = uint32(slots - slots/8)\n", New: "\tt.limit = 0\n"},
			{File: insertFile, Old: "taken < t.limit {", New: "len(t.slots) > 0 && taken < 1<<31 {"}, // as above: it never has more room
			{File: growFile, Old: "{ return min(len(t.tags), perGroup) }", New: "{ return 1 }"},
		}},
		{Name: "counts of writes that wrap at sixteen", Edits: []overlay.Edit{ // a write's kinds need four bits
			{File: metaFile, Old: "writesBits  = 16", New: "writesBits  = 4"},
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

// Growing are the edits of the construction whose tables grow at every insert.
func Growing() []overlay.Edit {
	for _, c := range All() {
		if c.Grows {
			return c.Edits
		}
	}
	return nil
}
