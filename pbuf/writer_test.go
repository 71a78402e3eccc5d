package pbuf_test

import (
	"context"
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
	DeleteNewer(key K, version int64) (stored bool, err error)
	PutContext(ctx context.Context, key K, value V) error
	PutNewerContext(ctx context.Context, key K, value V, version int64) (stored bool, err error)
	PutIfNewer(key K, value V) (stored bool, err error)
	PutIfNewerContext(ctx context.Context, key K, value V) (stored bool, err error)
	PutAllContext(ctx context.Context, entries iter.Seq2[K, V]) (stored int, err error)
	PutAllNewerContext(ctx context.Context, entries iter.Seq[pbuf.Versioned[K, V]]) (stored int, err error)
	DeleteContext(ctx context.Context, key K) (deleted bool, err error)
	DeleteNewerContext(ctx context.Context, key K, version int64) (stored bool, err error)
	Lookup(key K) (entry pbuf.Entry[K, V], place pbuf.Place)
}

// bothWriters runs the test on a Map of one partition, so that deliveries come
// in one order, and on a Routed of a Map of eight; and on the same with an option
// that makes writes take the slow path and changes nothing else.
func bothWriters(t *testing.T, test func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int])) {
	for name, option := range map[string]func(*options){
		"":                      func(*options) {},
		" that could evict":     func(o *options) { o.Capacity, o.OnFull = 1_000_000, pbuf.DropOldest },
		" that keeps the newer": func(o *options) { o.Merge = func(_ string, _, newer int) int { return newer } },
	} {
		t.Run("Map"+name, func(t *testing.T) {
			var r recorder[string, int]
			o := options{Partitions: 1, FlushInterval: never, Processor: r.process}
			option(&o)
			m := start(t, o)
			test(t, m, m, &r)
		})
		t.Run("Routed"+name, func(t *testing.T) {
			var r recorder[string, int]
			o := options{Partitions: 8, FlushInterval: never, Processor: r.process}
			option(&o)
			m := start(t, o)
			test(t, pbuf.Route(m, "pinned"), m, &r)
		})
	}
}
