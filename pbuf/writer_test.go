package pbuf_test

import (
	"iter"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// writer is what Map and Routed have in common; tests of its semantics run on both.
type writer[K comparable, V any] interface {
	Put(key K, value V) error
	PutAll(entries iter.Seq2[K, V]) (stored int, err error)
	PutNewer(key K, value V, version int64) (stored bool, err error)
	PutAllNewer(entries iter.Seq[pbuf.Versioned[K, V]]) (stored int, err error)
	Get(key K) (value V, ok bool)
	Delete(key K) (deleted bool, err error)
}

// bothWriters runs the test on a Map of one partition, so that deliveries come
// in one order, and on a Routed of a Map of eight.
func bothWriters(t *testing.T, test func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int])) {
	t.Run("Map", func(t *testing.T) {
		var r recorder[string, int]
		m := start(t, options{Partitions: 1, ProcessingInterval: never, Processor: r.process})
		test(t, m, m, &r)
	})
	t.Run("Routed", func(t *testing.T) {
		var r recorder[string, int]
		m := start(t, options{Partitions: 8, ProcessingInterval: never, Processor: r.process})
		test(t, pbuf.Route(m, "pinned"), m, &r)
	})
}
