package history

// Keys is how many keys a history may have.
const Keys = 3

// Cell is what the model knows about a key in one generation.
type Cell struct {
	Live     bool
	Value    int
	Version  int64
	Updates  uint64
	Attempts uint8
	Deleted  bool // a tombstone
}

// atLeast says that the version is not newer than the cell's.
func (c Cell) atLeast(version int64) bool { return c.Live && c.Version >= version }

// cells is one key: now, in flight, and what is remembered of its last delivery,
// the version alone.
type cells struct{ current, flight, memory Cell }

// state is one key's when histories are checked key by key, and all keys' when
// they are checked as a whole.
type state struct {
	keys   [Keys]cells
	closed bool
}
