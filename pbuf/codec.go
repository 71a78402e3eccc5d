package pbuf

// Codec turns keys and values into bytes and back; package pbuf/codec has ready ones
// (github.com/partitioned-buffer/go/pbuf/codec). Both functions get a pointer: Marshal
// to the key or value, Unmarshal to a zero one, with exactly what Marshal returned, which
// it may keep and change. If one panics, that is the entry's error, a [*PanicError].
type Codec struct {
	Marshal   func(v any) ([]byte, error)
	Unmarshal func(data []byte, v any) error
}

// check says what the codec lacks.
func (c Codec) check(method string) error {
	switch {
	case c.Marshal == nil:
		return argumentError(method, "codec's Marshal")
	case c.Unmarshal == nil:
		return argumentError(method, "codec's Unmarshal")
	}
	return nil
}

// same is equality under which a key like NaN, which equals nothing, comes back too. It
// panics if an interface in a key holds what cannot be compared.
func same[K comparable](a, b K) bool {
	return a == b || a != a && b != b
}
