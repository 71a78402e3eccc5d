package reference

import (
	"maps"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"pgregory.net/rapid"
)

// TestRivalIsItsReference: the mutexes that the benchmarks compare pbuf with are
// this buffer made fast, and answer and deliver as it does. So what is measured
// there does the same work, and what is proved here is no weaker than its rival.
func TestRivalIsItsReference(t *testing.T) {
	actions := 0
	for _, c := range rival.Mutexes[int, int]() {
		t.Run(c.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				delivered := map[int]int64{} // versions, by key; every value is its key's and version's
				b := c.New(rival.Config[int, int]{
					Hash: func(key int) uint64 { return uint64(key) * 0x9E3779B97F4A7C15 },
					Sink: func(batch []rival.Entry[int, int]) {
						for _, e := range batch {
							if _, again := delivered[e.Key]; again {
								t.Errorf("key %d is delivered twice", e.Key)
							}
							delivered[e.Key] = int64(e.Value)
						}
					},
				})
				defer b.Close()
				p := New[int, int](1)[0]
				key, version := rapid.IntRange(0, 7), rapid.Int64Range(1, 9)
				flush := func(t *rapid.T) {
					clear(delivered)
					b.Flush()
					want := map[int]int64{}
					for k, e := range p.Retire() {
						want[k] = int64(e.Value)
					}
					p.Release()
					if !maps.Equal(want, delivered) {
						t.Fatalf("delivered %v, want %v", delivered, want)
					}
				}
				t.Repeat(map[string]func(*rapid.T){
					"": func(*rapid.T) { actions++ },
					"Put": func(t *rapid.T) {
						k, v := key.Draw(t, "key"), rapid.Int().Draw(t, "value")
						b.Put(k, v)
						p.Put(k, v)
					},
					"PutNewer": func(t *rapid.T) {
						k, v := key.Draw(t, "key"), version.Draw(t, "version")
						if got, want := b.PutNewer(k, int(v), v), p.PutNewer(k, int(v), v); got != want {
							t.Fatalf("PutNewer(%d, %d) = %v, want %v", k, v, got, want)
						}
					},
					"Get": func(t *rapid.T) {
						k := key.Draw(t, "key")
						v, ok := b.Get(k)
						if want, wantOK := p.Get(k); ok != wantOK || v != want {
							t.Fatalf("Get(%d) = %d, %v, want %d, %v", k, v, ok, want, wantOK)
						}
					},
					"Delete": func(t *rapid.T) {
						k := key.Draw(t, "key")
						if got, want := b.Delete(k), p.Delete(k); got != want {
							t.Fatalf("Delete(%d) = %v, want %v", k, got, want)
						}
					},
					"Flush": flush,
				})
				flush(t)
			})
		})
	}
	t.Logf("explored: %d actions on the rivals", actions)
}
