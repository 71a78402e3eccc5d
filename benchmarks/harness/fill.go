package harness

import (
	"runtime"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

// Fill measures b.N times how long new buffers take to get n keys, each once,
// and reports the time per key. The load puts every key once in n operations.
func (c *Case[K, V]) Fill(b *testing.B, n int, contenders ...[]rival.Contender[K, V]) {
	for _, contender := range c.able(contenders) {
		b.Run("buf="+contender.Name, func(b *testing.B) {
			b.StopTimer()
			for range b.N {
				c.fill(b, contender, n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/key")
		})
	}
}

func (c *Case[K, V]) fill(b *testing.B, contender rival.Contender[K, V], n int) {
	s := c.setup(contender, runtime.GOMAXPROCS(0))
	if c.Collect {
		runtime.GC()
	}
	b.StartTimer()
	s.run(n)
	b.StopTimer()
	s.close()
	if got := s.delivered.Load(); got != int64(n) {
		b.Fatalf("%d keys were in the buffer, want %d", got, n)
	}
}
