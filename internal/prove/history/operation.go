package history

// Kind is what was done.
type Kind uint8

// The operations of a partition.
const (
	Put Kind = iota
	PutNewer
	Bury
	BuryNewer
	Merge
	PutIfNewer // by what is in the value
	Get
	Delete
	Lookup
	Retire  // of the flusher
	Restore // of an entry in flight
	RestoreMerged
	Remember // of a version that is being delivered
	Release  // of what is in flight
	Stop
)

var kindNames = [...]string{
	"Put", "PutNewer", "Bury", "BuryNewer", "Merge", "PutIfNewer", "Get", "Delete", "Lookup", "Retire", "Restore", "RestoreMerged", "Remember", "Release", "Stop",
}

func (k Kind) String() string { return kindNames[k] }

// Op is one operation as it was called. Version belongs to the kinds with a
// version and Remember, and Cell to those of Restore.
type Op struct {
	Kind    Kind
	Key     int
	Value   int
	Version int64
	Cell    Cell
	Limited bool // the partition has a limit: Full is an answer
}

// Result is how a write ended.
type Result uint8

// The results: the partition's Status, and one more.
const (
	Overwrote Result = iota
	Inserted
	Stale
	Full
	Closed
	Stored  // inserted or overwrote: the Map doesn't tell
	Unknown // any: a Restore of the Map's flusher
)

var resultNames = [...]string{"overwrote", "inserted", "stale", "full", "closed", "stored", "unknown"}

func (r Result) String() string { return resultNames[r] }

// Seen is what an operation returned.
type Seen struct {
	Result Result     // writes, Restore
	OK     bool       // Get, Delete, Lookup: found; Retire: the partition was open
	Flight bool       // Lookup: found in flight
	Cell   Cell       // Get (value alone), Lookup
	Moved  [Keys]Cell // Retire, Stop: what was handed out
}

// Newer is the order of values for PutIfNewer.
func Newer(old, value int) bool { return old < value }

// Combine is the merge function of the histories: the order of its arguments,
// and of merges, shows in the result.
func Combine(old, value int) int { return (old*31 + value) % 1_000_003 }
