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

// cells is one key, now and in flight.
type cells struct{ current, flight Cell }

// state is one key's when histories are checked key by key, and all keys' when
// they are checked as a whole.
type state struct {
	keys   [Keys]cells
	closed bool
}
