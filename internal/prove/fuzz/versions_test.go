package fuzz

import (
	"errors"
	"math"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// FuzzVersions writes three versions to one key, with a plain Put and a
// flush between them or not, at any int64: the lowest three are refused and
// leave no trace, all others compare as numbers do.
func FuzzVersions(f *testing.F) {
	for _, v := range []int64{math.MinInt64, pbuf.MinVersion - 1, pbuf.MinVersion, pbuf.MinVersion + 1, -1, 0, 1, math.MaxInt64} {
		f.Add(v, v, v, byte(0))
		f.Add(v, v-1, v+1, byte(1))
		f.Add(v, -v, v^1, byte(6))
	}
	f.Fuzz(func(t *testing.T, a, b, c int64, between byte) {
		r := newRunner(t, 0)
		for i, version := range []int64{a, b, c} {
			r.n++
			stored, err := r.m.PutNewer(1, r.n, version)
			switch {
			case version < pbuf.MinVersion:
				if stored || !errors.Is(err, pbuf.ErrVersion) {
					t.Fatalf("PutNewer(version %d) = %v, %v, want ErrVersion", version, stored, err)
				}
			case err != nil:
				t.Fatalf("PutNewer(version %d) = %v", version, err)
			default:
				if want := r.part(1).PutNewer(1, r.n, version); stored != want {
					t.Fatalf("PutNewer(version %d), number %d, = %v, want %v", version, i, stored, want)
				}
			}
			if between>>(2*i)&1 != 0 {
				r.step([]byte{0x01}, 0) // Put
			}
			if between>>(2*i)&2 != 0 {
				r.flush(between&0x40 != 0)
			}
		}
		r.step([]byte{0x31}, 0) // Get
		r.end()
	})
}
