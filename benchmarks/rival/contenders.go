package rival

// Us is pbuf.
func Us[K comparable, V any]() Contender[K, V] {
	return Contender[K, V]{Name: "pbuf", Can: All, New: NewPBuf[K, V]}
}

// Mutexes are the mutex maps with a swap whose best every report compares
// with: two kinds of table, each with 2, 16 and 64 shards.
func Mutexes[K comparable, V any]() []Contender[K, V] {
	return []Contender[K, V]{
		{Name: "mutex02", Can: All, New: NewMutex[K, V](2)},
		{Name: "mutex16", Can: All, New: NewMutex[K, V](16)},
		{Name: "mutex64", Can: All, New: NewMutex[K, V](64)},
		{Name: "index02", Can: All, New: NewIndex[K, V](2)},
		{Name: "index16", Can: All, New: NewIndex[K, V](16)},
		{Name: "index64", Can: All, New: NewIndex[K, V](64)},
	}
}

// IntMutexes are Mutexes for integer keys.
func IntMutexes[K Integer, V any]() []Contender[K, V] {
	return []Contender[K, V]{
		{Name: "mutex02", Can: All, New: NewIntMutex[K, V](2)},
		{Name: "mutex16", Can: All, New: NewIntMutex[K, V](16)},
		{Name: "mutex64", Can: All, New: NewIntMutex[K, V](64)},
		{Name: "index02", Can: All, New: NewIntIndex[K, V](2)},
		{Name: "index16", Can: All, New: NewIntIndex[K, V](16)},
		{Name: "index64", Can: All, New: NewIntIndex[K, V](64)},
	}
}

// Index-only contenders: see the types for what they cannot do.
const (
	indexOnly = Puts | Gets | Deletes | Answers | Lossless | Coalesces
	oneWay    = Puts | Newer | Deletes | Flushes | Coalesces | Lossless
)

// Floors are the raw indexes, which never flush.
func Floors[K comparable, V any]() []Contender[K, V] {
	return []Contender[K, V]{
		{Name: "xsync3", Can: indexOnly, New: NewXSync[K, V]},
		{Name: "xsync3versioned", Can: indexOnly | Newer, New: NewXSyncVersioned[K, V]},
	}
}

// Others are the remaining hand-written rivals.
func Others[K comparable, V any]() []Contender[K, V] {
	return []Contender[K, V]{
		{Name: "rwmutex16", Can: All, New: NewRWMutex[K, V](16)},
		{Name: "syncmap16", Can: All, New: NewSyncMap[K, V](16)},
		{Name: "channel", Can: oneWay, New: NewChannel[K, V]},
		{Name: "literal", Can: All, New: NewLiteral[K, V]},
	}
}
