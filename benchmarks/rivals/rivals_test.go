package rivals

import (
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/rival/rivaltest"
)

func TestContendersConform(t *testing.T) {
	for _, c := range append(Contenders[int, int](), OTelContender()) {
		t.Run(c.Name, func(t *testing.T) { rivaltest.Conforms(t, c) })
	}
}

// What OTel drops is the oldest: the newest record survives any overload.
func TestOTelDropsTheOldest(t *testing.T) {
	seen := map[int]bool{}
	gate := make(chan struct{})
	m := NewOTel(rival.Config[int, int]{Sink: func(batch []rival.Entry[int, int]) {
		<-gate // holds the exporter until all is queued
		for _, e := range batch {
			seen[e.Key] = true
		}
	}})
	const n = 3 * queueSize
	for key := range n {
		m.Put(key, key)
	}
	close(gate)
	m.Close()
	if !seen[n-1] || len(seen) == n {
		t.Errorf("%d of %d records arrived, the newest: %v", len(seen), n, seen[n-1])
	}
}
