package workload

// Kind says what is done with a key.
type Kind uint8

// The operations of a stream.
const (
	Put Kind = iota
	PutNewer
	Get
	Delete
)

// Pattern returns the kind of operation i of a stream. A pattern is replayed
// with the keys, so it is drawn once, before the clock starts.
type Pattern func(i int) Kind

// Only is a stream of one kind of operation.
func Only(k Kind) Pattern { return func(int) Kind { return k } }

// Mixed draws 80 % Put, 15 % Get and 5 % Delete.
func Mixed(seed uint64) Pattern {
	r := source(seed)
	return func(int) Kind {
		switch p := r.IntN(100); {
		case p < 80:
			return Put
		case p < 95:
			return Get
		}
		return Delete
	}
}

// Pairs deletes and puts by turns. On keys that come in pairs (see Twice)
// every Delete meets a live key and every Put a deleted one.
func Pairs() Pattern {
	return func(i int) Kind {
		if i%2 == 0 {
			return Delete
		}
		return Put
	}
}
