package shard

import "testing"

func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, p table) {
		p.putNewer(1, 10, 5)
		r := retire(t, p)
		for _, test := range []struct {
			key     int
			version int64
			want    Status
		}{
			{1, MinVersion - 1, Full}, // a plain write replaces anything
			{1, 4, Stale},
			{1, 5, Stale},
			{1, 6, Full},
			{2, MinVersion, Full},
		} {
			if got := p.Refusal(test.key, test.version); got != test.want {
				t.Errorf("Refusal(%d, %d) = %v, want %v", test.key, test.version, got, test.want)
			}
		}
		p.Release(r)
		if got := p.Refusal(1, 5); got != Full {
			t.Errorf("Refusal = %v after the delivery, want Full", got)
		}
		p.Stop()
		if got := p.Refusal(1, 5); got != Closed {
			t.Errorf("Refusal = %v after Stop, want Closed", got)
		}
	})
}
